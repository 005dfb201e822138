"""A speaker behind another one, which changes what it says or how."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from ..config import SpeechConfig
from ..engine.vitals import Vitals
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
