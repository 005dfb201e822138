"""A speech with a short sound before it. All its times are later by the length of the sound."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace

from ... import events
from ...audio.chime import chime
from ...audio.packer import Packer
from ...config import SpeechConfig
from ...events import TERMINAL, AudioFrame, Event, Interrupted, TimedWord
from ..speaker import Speech
from ..wrapped import WrappedSpeaker, WrappedSpeech


class ChimingSpeaker(WrappedSpeaker):
    """Another speaker, with a short sound before each of its speeches."""

    def speak(self, *, config: SpeechConfig) -> Speech:
        return ChimedSpeech(self._speaker.speak(config=config), config)


class ChimedSpeech(WrappedSpeech):
    """The sound comes with the speech's first event, so that none is heard before a speech that fails at once."""

    def __init__(self, speech: Speech, config: SpeechConfig) -> None:
        super().__init__(speech)
        self._frames = list(_frames(config))
        self._samples = sum(frame.samples for frame in self._frames)
        self._shift_ms = 1000 * self._samples / config.sample_rate
        self._chimed = False

    async def events(self) -> AsyncGenerator[Event, None]:
        stream = self._speech.events()
        try:
            async for event in stream:
                if not self._chimed and not isinstance(event, TERMINAL):
                    self._chimed = True
                    for frame in self._frames:
                        yield frame
                yield self._later(event)
        finally:
            await stream.aclose()

    async def interrupt(self, played_ms: float | None = None) -> Interrupted:
        heard_ms = None if played_ms is None else max(0.0, played_ms - self._offset_ms)
        inner = await self._speech.interrupt(heard_ms)
        played_ms = inner.audio_played_ms + self._offset_ms if played_ms is None else played_ms
        return replace(inner, audio_sent_ms=inner.audio_sent_ms + self._offset_ms, audio_played_ms=played_ms)

    @property
    def _offset_ms(self) -> float:
        return self._shift_ms if self._chimed else 0.0

    def _later(self, event: Event) -> Event:
        shift_ms = self._offset_ms
        match event:
            case AudioFrame():
                return replace(
                    event,
                    sample_offset=event.sample_offset + self._samples,
                    start_ms=event.start_ms + shift_ms,
                    words=self._words(event.words),
                )
            case events.SegmentStarted():
                return replace(event, audio_start_ms=event.audio_start_ms + shift_ms)
            case events.Words():
                return replace(event, words=self._words(event.words))
            case events.MarkReached() | events.Done():
                return replace(event, audio_ms=event.audio_ms + shift_ms)
            case Interrupted():
                return replace(
                    event,
                    audio_sent_ms=event.audio_sent_ms + shift_ms,
                    audio_played_ms=event.audio_played_ms + shift_ms,
                )
        return event

    def _words(self, words: tuple[TimedWord, ...]) -> tuple[TimedWord, ...]:
        shift_ms = self._offset_ms
        return tuple(replace(word, start_ms=word.start_ms + shift_ms, end_ms=word.end_ms + shift_ms) for word in words)


def _frames(config: SpeechConfig) -> Iterator[AudioFrame]:
    packer = Packer(config.sample_rate, config)
    position = 0
    for pcm in (*packer.feed([chime(config.sample_rate)]), *packer.flush()):
        samples = packer.samples(pcm)
        yield AudioFrame(pcm, config.sample_rate, position, samples, 1000 * position / config.sample_rate)
        position += samples
