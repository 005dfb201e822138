"""What a player plays to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Output(Protocol):
    """Takes int16 little-endian mono PCM. Leaving its context drops what has not sounded."""

    @property
    def clocked(self) -> bool:
        """True: it takes audio at the pace at which it sounds, and silence is to be heard where none is there."""

    @property
    def latency_ms(self) -> float:
        """From `write` until the audio sounds."""

    async def write(self, pcm: bytes) -> None:
        """Returns when there is room for more."""

    async def drain(self) -> None:
        """Returns when all has sounded; more may be written then."""


# The name of a session, which may stand in the name of a file, and the sample rate in Hz.
OpenOutput = Callable[[str, int], AbstractAsyncContextManager[Output]]
