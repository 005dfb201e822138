"""Pipecat: a TTS service that speaks through a server of ours::

    tts = KokoroStreamTTSService(url="ws://127.0.0.1:8880/v1/stream")
    pipeline = Pipeline([transport.input(), stt, users, llm, tts, transport.output(), assistants])

A turn of the assistant is one context of the protocol: its tokens go to the server as they come, its words come back
with their times, and an interruption stops the machine. Nothing here computes; the server may be on another machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pipecat.frames.frames import Frame, TTSAudioRawFrame, TTSStoppedFrame
from pipecat.processors.frame_processor import FrameProcessorSetup
from pipecat.services.settings import NOT_GIVEN, TTSSettings
from pipecat.services.tts_service import TextAggregationMode, TTSService
from pipecat.transcriptions.language import Language
from pipecat.utils.types import NotGiven

from .. import events
from ..client import Client, RemoteSpeech, connect
from ..errors import ClosedError, ConnectionLostError, KokoroStreamError
from .kept import KeptClient
from .transcript import Transcript


@dataclass
class KokoroStreamTTSSettings(TTSSettings):
    """What may be changed while the pipeline runs; it holds from the next turn on. ``speed`` 0.5 is half as fast."""

    speed: float | NotGiven = field(default_factory=lambda: NOT_GIVEN)


class KokoroStreamTTSService(TTSService):
    """Speaks the turns of an assistant. ``api_key`` is for servers that want one, ``changes`` are further fields of
    `SessionUpdate` (latency, lexicon …).

    When a turn is interrupted, the event handler ``on_speech_interrupted`` is called with the service and an
    `Interrupted`, which says what had been heard by the server's clock. A turn that the server refuses or that fails is
    reported by an `ErrorFrame`; the next one is tried again. Lost connections are restored.
    """

    Settings = KokoroStreamTTSSettings
    _settings: KokoroStreamTTSSettings

    def __init__(
        self,
        *,
        url: str = "ws://127.0.0.1:8880/v1/stream",
        api_key: str = "",
        settings: KokoroStreamTTSSettings | None = None,
        text_aggregation_mode: TextAggregationMode = TextAggregationMode.TOKEN,
        changes: Mapping[str, Any] | None = None,
        stop_frame_timeout_s: float = 10.0,  # a loaded server may need longer for its first sound than pipecat's 3 s
        **kwargs: Any,
    ) -> None:
        chosen = self.Settings(model=None, voice="", language=None, speed=1.0)
        if settings is not None:
            chosen.apply_update(settings)
        super().__init__(
            settings=chosen,
            text_aggregation_mode=text_aggregation_mode,
            append_trailing_space=True,
            push_text_frames=False,  # the words are pushed, at their times
            push_start_frame=True,
            stop_frame_timeout_s=stop_frame_timeout_s,
            **kwargs,
        )
        self._register_event_handler("on_speech_interrupted")
        self._url = url
        self._api_key = api_key
        self._changes = dict(changes or {})
        self._client = KeptClient(self._connection, partial(self.create_task, name="kokoro-stream connection"))
        self._turns: dict[str, _Turn] = {}

    def can_generate_metrics(self) -> bool:
        """It can: time to the first byte and the first audible sound."""
        return True

    def language_to_service_language(self, language: Language) -> str | None:
        """The code in our notation; the server says so where it does not speak the language."""
        return str(language.value).lower()

    async def setup(self, setup: FrameProcessorSetup) -> None:
        """Connects in advance, so that the first turn need not wait for it."""
        await super().setup(setup)
        try:
            await self._client.get()
        except KokoroStreamError as error:  # tried again at the first turn
            await self._complain(error)

    async def cleanup(self) -> None:
        """Ends every turn, and the connection."""
        for turn in tuple(self._turns.values()):
            await self.cancel_task(turn.task)
        await self._client.aclose()
        await super().cleanup()

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        """Sends more text of a turn; the turn's task brings its audio."""
        turn = self._turns.get(context_id) or self._begin_turn(context_id)
        with suppress(ClosedError, ConnectionLostError):  # the turn's task says so
            await turn.feed(text)
        yield None

    async def flush_audio(self, context_id: str | None = None) -> None:
        """The text of the turn is complete."""
        turn = self._turns.get(context_id or self.get_active_audio_context_id() or "")
        if turn is not None:
            with suppress(ClosedError, ConnectionLostError):
                await turn.end()

    async def on_audio_context_interrupted(self, context_id: str) -> None:
        """The user cut in. The pipeline does not wait for the server's answer."""
        await self.stop_all_metrics()
        turn = self._turns.pop(context_id, None)
        if turn is not None:
            self.create_task(self._interrupt_turn(turn), name=f"interrupt {context_id}")
        await super().on_audio_context_interrupted(context_id)

    def _connection(self) -> Client:
        return connect(self._url, api_key=self._api_key, **self._changes)

    def _begin_turn(self, context_id: str) -> _Turn:
        turn = self._turns[context_id] = _Turn()
        turn.task = self.create_task(self._relay(context_id, turn), name=f"speak {context_id}")
        return turn

    async def _relay(self, context_id: str, turn: _Turn) -> None:
        """A turn, from its first token to its last event."""
        try:
            client = await self._client.get()
            async with client.speak(acks=False, **self._wishes()) as speech:
                turn.opened(speech)
                async for event in speech.events():
                    await self._pass_on(context_id, turn, event)
        except KokoroStreamError as error:
            await self._complain(error)
            await self._end_context(context_id)
        finally:
            turn.close()
            if self._turns.get(context_id) is turn:
                del self._turns[context_id]

    def _wishes(self) -> dict[str, Any]:
        wishes: dict[str, Any] = {"sample_rate": self.sample_rate, "format": "pcm_s16le"}
        wishes |= {"voice": self._settings.voice or "", "lang": self._settings.language or ""}
        return wishes | {"speed": self._settings.speed}

    async def _pass_on(self, context_id: str, turn: _Turn, event: events.Event) -> None:
        match event:
            case events.AudioFrame(pcm=pcm, sample_rate=rate):
                await self.append_to_audio_context(context_id, TTSAudioRawFrame(pcm, rate, 1, context_id=context_id))
            case events.Words(words=words):
                await self.add_word_timestamps(turn.timed(words), context_id)
            case events.Done():
                await self._end_context(context_id)
            case events.Failed(message=message):
                raise KokoroStreamError(message)
            case events.Interrupted():
                await self._call_event_handler("on_speech_interrupted", event)

    async def _interrupt_turn(self, turn: _Turn) -> None:
        try:
            await turn.interrupt()
        except KokoroStreamError as error:
            await self._complain(error)

    async def _end_context(self, context_id: str) -> None:
        if self.audio_context_available(context_id):
            await self.append_to_audio_context(context_id, TTSStoppedFrame(context_id=context_id))
            await self.remove_audio_context(context_id)

    async def _complain(self, error: KokoroStreamError) -> None:
        await self.push_error(f"kokoro-stream: {error}", exception=error)


class _Turn:
    """What the pipeline has to say of one context, which may still be opening."""

    task: asyncio.Task[None]

    def __init__(self) -> None:
        self._speech: asyncio.Future[RemoteSpeech] = asyncio.get_running_loop().create_future()
        self._transcript = Transcript()

    def opened(self, speech: RemoteSpeech) -> None:
        self._speech.set_result(speech)

    def close(self) -> None:
        """Nothing can be said any more; who waits to say it is told so."""
        if not self._speech.done():
            self._speech.set_exception(ClosedError("the turn could not begin"))
            self._speech.exception()  # nobody need wait for it

    async def feed(self, text: str) -> None:
        speech = await asyncio.shield(self._speech)
        self._transcript.append(text)
        await speech.feed(text)

    def timed(self, words: Iterable[events.TimedWord]) -> list[tuple[str, float]]:
        """Words with their marks, as they were written, and when they begin, in seconds of the turn's audio."""
        written = [(self._transcript.until(word.char_end).strip(), word.start_ms / 1000) for word in words]
        return [(text, start) for text, start in written if text]

    async def end(self) -> None:
        speech = await asyncio.shield(self._speech)
        await speech.end()

    async def interrupt(self) -> None:
        """Stops the speech, or its opening."""
        if self._speech.done():
            await self._speech.result().interrupt()
        else:
            self.task.cancel()
