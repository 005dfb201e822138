"""A speaker and its speeches behind others, which change what is said or watch over it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from types import TracebackType
from typing import Self

from ..config import SpeechConfig
from ..engine.vitals import Vitals
from ..events import Event, Interrupted
from .speaker import Speaker, Speech


class WrappedSpeaker:
    """``speaker`` as it is; who inherits from it makes other speeches of its own."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker

    @property
    def voices(self) -> tuple[str, ...]:
        return self._speaker.voices

    @property
    def languages(self) -> tuple[str, ...]:
        return self._speaker.languages

    @property
    def model_name(self) -> str:
        return self._speaker.model_name

    @property
    def provider(self) -> str:
        return self._speaker.provider

    @property
    def vitals(self) -> Vitals:
        return self._speaker.vitals

    def check(self, config: SpeechConfig) -> None:
        self._speaker.check(config)

    def speak(self, *, config: SpeechConfig) -> Speech:
        return self._speaker.speak(config=config)

    async def __aenter__(self) -> Self:
        await self._speaker.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._speaker.__aexit__(kind, error, trace)


class WrappedSpeech:
    """``speech`` as it is; who inherits from it makes other events of its."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech

    def feed(self, text: str) -> None:
        self._speech.feed(text)

    def flush(self) -> None:
        self._speech.flush()

    def mark(self, name: str) -> None:
        self._speech.mark(name)

    def end(self) -> None:
        self._speech.end()

    def events(self) -> AsyncGenerator[Event, None]:
        return self._speech.events()

    async def interrupt(self, played_ms: float | None = None) -> Interrupted:
        return await self._speech.interrupt(played_ms)

    async def __aenter__(self) -> Self:
        await self._speech.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._speech.__aexit__(kind, error, trace)
