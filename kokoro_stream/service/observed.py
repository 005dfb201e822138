"""A speaker that is watched: what its speeches do is measured, logged and set against what their callers may use.

It wraps any `Speaker` and changes nothing of what is said, so neither the doors nor the engine know of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from types import TracebackType
from typing import Self

from ..config import SpeechConfig
from ..events import AudioFrame, Done, Event, Failed, Interrupted, SegmentStarted, Words
from .access import Caller
from .guard import CALLER
from .metrics import Metrics, Outcome
from .reckoning import Reckoning
from .speaker import Speaker, Speech
from .watchdog import BUSY, Watchdog
from .wrapped import WrappedSpeaker, WrappedSpeech

logger = logging.getLogger(__name__)
spoken = logging.getLogger("kokoro_stream.spoken")
"""Tells every segment, once whoever configures the log enables it."""
spoken.disabled = True


class ObservedSpeaker(WrappedSpeaker):
    """``speaker``, watched."""

    def __init__(self, speaker: Speaker, metrics: Metrics, watchdog: Watchdog) -> None:
        super().__init__(speaker)
        self._metrics, self._watchdog = metrics, watchdog

    def speak(self, *, config: SpeechConfig) -> ObservedSpeech:
        speech = self._speaker.speak(config=config)
        return ObservedSpeech(speech, self._metrics, self._watchdog, CALLER.get() or Caller(""))


class ObservedSpeech(WrappedSpeech):
    """One speech of an `ObservedSpeaker`. `feed` also raises `RateLimitError`, when nothing of the text was taken."""

    def __init__(self, speech: Speech, metrics: Metrics, watchdog: Watchdog, caller: Caller) -> None:
        super().__init__(speech)
        self._metrics, self._watchdog, self._caller = metrics, watchdog, caller
        self._characters = metrics.characters.labels(caller.name)
        self._times = Reckoning()
        self._counted_s = 0.0
        self._fed = 0
        self._outcome: Outcome | None = None
        self._now = asyncio.get_running_loop().time

    def feed(self, text: str) -> None:
        now = self._now()
        self._caller.spend(len(text), now)
        try:
            self._speech.feed(text)
        except Exception:
            self._caller.refund(len(text))
            raise
        if text:
            self._fed += len(text)
            self._times.text(len(text), now)
            self._characters.inc(len(text))

    async def events(self) -> AsyncGenerator[Event, None]:
        stream = self._speech.events()
        try:
            asked_at = self._now()
            async for event in stream:
                self._watch(event, asked_at)
                yield event
                asked_at = self._now()
        except Exception:
            self._fail("internal")
            raise
        finally:
            await stream.aclose()

    async def interrupt(self, played_ms: float | None = None) -> Interrupted:
        self._metrics.interruptions.inc()
        outcome = await self._speech.interrupt(played_ms)
        self._end("interrupted")
        return outcome

    async def __aenter__(self) -> Self:
        await self._speech.__aenter__()
        self._metrics.speaking.inc()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        try:
            return await self._speech.__aexit__(kind, error, trace)
        finally:
            self._metrics.speaking.dec()
            self._end("abandoned")

    def _watch(self, event: Event, asked_at: float) -> None:
        match event:
            case AudioFrame(samples=samples, sample_rate=rate):
                self._hand_out(samples / rate, asked_at)
            case SegmentStarted(text=text, char_end=char_end):
                self._note_lead(self._times.segment(char_end))
                spoken.info("a segment begins", extra={"text": text})
            case Words(words=words) if words:
                self._times.words(words[-1].end_ms / 1000)
            case Done(rtf=rtf):
                self._metrics.realtime_factor.observe(rtf)
                self._end("done", rtf=round(rtf, 4))
            case Interrupted():
                self._end("interrupted")
            case Failed(code=code):
                self._fail(code)

    def _hand_out(self, duration_s: float, asked_at: float) -> None:
        times, now = self._times, self._now()
        first = times.first_audio_at is None
        if cause := times.frame(duration_s, asked_at=asked_at, now=now):
            self._metrics.underruns.labels(cause).inc()
        if first and times.first_text_at is not None:
            self._watchdog.heard()
            self._metrics.first_audio.labels("first_text").observe(now - times.first_text_at)
            self._metrics.first_audio.labels("complete_text").observe(now - times.text_complete_at)

    def _fail(self, code: str) -> None:
        if code == BUSY:
            self._metrics.refused.labels("machine").inc()
            self._caller.refund(self._fed)  # it is to come back with the same text
        self._watchdog.failed(code)
        self._metrics.errors.labels(code).inc()
        self._end("failed", code=code)

    def _note_lead(self, least_lead_s: float | None) -> None:
        if least_lead_s is not None:
            self._metrics.lead.observe(least_lead_s)
        self._metrics.audio.inc(self._times.audio_s - self._counted_s)
        self._counted_s = self._times.audio_s

    def _end(self, outcome: Outcome, **more: float | str) -> None:
        """Once; what comes after the first end does not change it."""
        if self._outcome:
            return
        self._outcome = outcome
        times = self._times
        self._note_lead(times.least_lead())
        self._metrics.speeches.labels(outcome).inc()
        facts: dict[str, float | str] = {"characters": self._fed, "audio_ms": round(times.audio_s * 1000), **more}
        if times.first_audio_at is not None and times.first_text_at is not None:
            facts["first_audio_ms"] = round((times.first_audio_at - times.first_text_at) * 1000, 1)
        logger.info("a speech has ended: %s", outcome, extra=facts)
