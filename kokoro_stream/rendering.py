"""One speech's lines become its audio and events: prosody, decode windows, stitching, timeline, frames."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

import numpy as np

from .audio.frames import Framer
from .audio.pcm import Pcm, Resampler, encode
from .audio.stitch import Stitcher
from .audio.timeline import Timeline
from .config import SpeechConfig
from .engine.engine import Engine
from .engine.schedule import deadline_of
from .engine.windows import Window, plan
from .events import AudioFrame, Event, MarkReached, SegmentStarted, Warned, Words
from .front_end import Line
from .model.kokoro import KokoroModel, Prosody
from .model.session import Stop
from .text.segments import Ending

Result = TypeVar("Result")

# Silence from the last audible sample of a segment to the next segment, at speed 1; the pauses of read-aloud prose.
PAUSE_MS: dict[Ending, float] = {"clause": 150, "sentence": 350, "block": 500, "cap": 80, "flush": 200}
TAIL_MS = 60  # of them, what a segment keeps itself; the rest is owed only when another segment follows
OVERLAP_MS = 10  # of neighbouring windows; a pitch period of a deep voice
COMFORTABLE_LEAD = 1.0  # seconds of audio ahead from which on short windows only cost
EMPTY_MS = 20  # of silence for a speech without anything speakable: clients take no audio at all for a failure


class Rendering:
    """The audio side of one speech. ``emit`` takes its events in order and waits while the listener is behind.

    Cancelling any coroutine stops the machine first. Model errors are raised.
    """

    def __init__(
        self, model: KokoroModel, engine: Engine, config: SpeechConfig, emit: Callable[[Event], Awaitable[None]]
    ) -> None:
        self._model, self._engine, self._config, self._emit = model, engine, config, emit
        self._rate = model.card.sample_rate
        self._resampler = Resampler(self._rate, config.sample_rate)
        self._framer = Framer(config.sample_rate * config.frame_ms // 1000)
        self._position = 0  # samples of the model's rate that have been stitched
        self._framed = 0  # samples of the listener's rate that have been emitted
        self._owed = 0  # samples of pause, due when another line follows
        self._dry_at = 0.0  # when the listener's buffer runs dry, on the loop's clock
        self._marks: deque[tuple[int, str]] = deque()  # bounded by the speech, which counts `marks_waiting`
        self.timeline = Timeline(self._rate)
        self.compute_seconds = 0.0
        self.lines = 0
        self.windows = 0

    @property
    def audio_ms(self) -> float:
        """Audio made so far, in milliseconds."""
        return self._position * 1000 / self._rate

    @property
    def marks_waiting(self) -> int:
        """Marks that the audio has not reached."""
        return len(self._marks)

    async def speak(self, line: Line, written: str) -> None:
        """Everything that belongs to one line; ``written`` is its text as sent."""
        if line.utterance.unspoken:
            shown = ", ".join(f"{start}–{end}" for start, end in line.utterance.unspoken)
            await self._emit(Warned("unspoken", f"nothing could be said for the characters {shown}"))
        if not line.utterance.words:
            return
        phonemes, voice, speed = line.utterance.phonemes, self._config.voice, self._config.speed
        prosody = await self._run(lambda stop: self._model.prosody(phonemes, voice, speed, stop))
        await self._play(np.zeros(self._owed, np.float32))
        start, stitcher = self._position, Stitcher(self._rate, tail_ms=TAIL_MS / self._config.speed)
        announced = False
        for window in self._windows(prosody):
            audio = await self._decode(prosody, window, stitcher)
            if not announced and stitcher.trimmed_head is not None:
                announced = True
                await self._announce(line, written, prosody, start, stitcher.trimmed_head)
            await self._play(*audio)
        spoken = int(prosody.durations[: line.utterance.words[-1].last + 1].sum())
        rest = stitcher.flush(spoken=spoken * self._model.card.samples_per_duration)
        if not announced:
            await self._announce(line, written, prosody, start, stitcher.trimmed_head or 0)
        await self._play(*rest)
        self._owed = round((PAUSE_MS[line.ends] - TAIL_MS) * self._rate / 1000 / self._config.speed)
        self.lines += 1
        await self._pass_marks(line.end, self.audio_ms)

    async def mark(self, name: str, offset: int) -> None:
        """A mark in front of the character at ``offset`` of the text as sent; 0 for one that the audio has reached."""
        self._marks.append((offset, name))
        await self._pass_marks(0, self.audio_ms)

    async def finish(self, characters: int) -> None:
        """The last audio, of a speech of that many characters; silence and a warning if there has been none."""
        if not self.lines:
            await self._emit(Warned("no_speakable_text", "the text holds nothing that could be spoken"))
            await self._play(np.zeros(round(EMPTY_MS * self._rate / 1000), np.float32))
        await self._pass_marks(characters, self.audio_ms)
        self.timeline.finish(samples=self._position, characters=characters)
        for tail in self._resampler.flush():
            await self._send(self._framer.feed(tail))
        await self._send(self._framer.flush())

    def _windows(self, prosody: Prosody) -> list[Window]:
        card = self._model.card
        lead = self._dry_at - asyncio.get_running_loop().time()
        first = card.longest_window_frames if lead > COMFORTABLE_LEAD else card.first_window_frames
        return plan(
            prosody.f0[0],
            prosody.energy[0],
            frames=prosody.frames,
            margin=card.margin_frames,
            first=first,
            longest=card.longest_window_frames,
        )

    async def _decode(self, prosody: Prosody, window: Window, stitcher: Stitcher) -> list[Pcm]:
        """Decoded and stitched on the worker: two seconds of samples are too many to handle on the event loop."""
        size = self._model.card.samples_per_frame
        overlap = min(round(OVERLAP_MS * self._rate / 1000), window.right * size)
        kept = slice(window.left * size, (window.left + len(window)) * size + overlap)
        self.windows += 1
        return await self._run(
            lambda stop: stitcher.feed(self._model.decode(prosody, window.context, stop)[kept], overlap=overlap)
        )

    async def _run(self, call: Callable[[Stop], Result]) -> Result:
        now = asyncio.get_running_loop().time()
        result, seconds = await self._engine.run(partial(_timed, call), deadline=max(self._dry_at, now), owner=self)
        self.compute_seconds += seconds
        return result

    async def _announce(self, line: Line, written: str, prosody: Prosody, start: int, trimmed: int) -> None:
        as_sent = tuple(
            replace(word, text=written[word.start - line.start : word.end - line.start])
            for word in line.utterance.words
        )
        words = self.timeline.add(
            replace(line.utterance, words=as_sent),
            prosody.durations,
            samples_per_unit=self._model.card.samples_per_duration,
            start=start,
            trimmed=trimmed,
        )
        await self._emit(SegmentStarted(written, line.start, line.end, start * 1000 / self._rate))
        await self._emit(Words(words))
        for word in words:
            await self._pass_marks(word.char_start, word.start_ms)

    async def _pass_marks(self, offset: int, audio_ms: float) -> None:
        while self._marks and self._marks[0][0] <= offset:
            await self._emit(MarkReached(self._marks.popleft()[1], audio_ms))

    async def _play(self, *pieces: Pcm) -> None:
        now = asyncio.get_running_loop().time()
        for piece in pieces:
            self._position += len(piece)
            self._dry_at = deadline_of(self._dry_at, now=now, delivered=len(piece) / self._rate)
            for audio in self._resampler.feed(piece):
                await self._send(self._framer.feed(audio))

    async def _send(self, frames: list[Pcm]) -> None:
        rate = self._config.sample_rate
        for frame in frames:
            end_ms = (self._framed + len(frame)) * 1000 / rate
            await self._emit(
                AudioFrame(
                    pcm=encode(frame, self._config.format),
                    sample_rate=rate,
                    sample_offset=self._framed,
                    samples=len(frame),
                    start_ms=self._framed * 1000 / rate,
                    words=self.timeline.take(end_ms),
                )
            )
            self._framed += len(frame)


def _timed(call: Callable[[Stop], Result], stop: Stop) -> tuple[Result, float]:
    """The result, and the seconds it took on the worker."""
    begun = time.perf_counter()
    result = call(stop)
    return result, time.perf_counter() - begun
