"""What the doors need of whoever speaks: the public face of `kokoro_stream.speech`, and of the fakes in tests."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from types import TracebackType
from typing import Protocol, Self

from ..config import SpeechConfig
from ..engine.vitals import Vitals
from ..events import Event, Interrupted


class Speech(Protocol):
    """One speech. An async context manager; leaving it stops what is still being computed for it."""

    def feed(self, text: str) -> None:
        """More text. Never blocks. Raises `TextLimitError` (nothing was taken) or `ClosedError`."""

    def flush(self) -> None:
        """Speak what is there."""

    def mark(self, name: str) -> None:
        """Report in `events` when the text so far has become audio."""

    def end(self) -> None:
        """No more text."""

    def events(self) -> AsyncGenerator[Event, None]:
        """Everything in order; the last event is terminal."""

    async def interrupt(self, played_ms: float | None = None) -> Interrupted:
        """Stop the machine and tell what was heard; also after the last event, as the listener is behind."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None: ...


class Speaker(Protocol):
    """Who speaks. An async context manager: entered when the service starts, left when it stops."""

    @property
    def voices(self) -> tuple[str, ...]:
        """Names of its voices."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of what its model speaks; the first is that of voices whose names do not say."""

    @property
    def model_name(self) -> str:
        """Name of its model."""

    @property
    def provider(self) -> str:
        """What computes: the execution provider that is really active."""

    @property
    def vitals(self) -> Vitals:
        """How its machine is doing."""

    def check(self, config: SpeechConfig) -> None:
        """Raises `InputError` naming the field when it cannot speak so. May load a language, so call it on a thread."""

    def speak(self, *, config: SpeechConfig) -> Speech:
        """A new speech, still without text."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None: ...
