"""How late the event loop runs what is due: a timer that is set again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PERIOD_S = 0.25  # often enough to meet a loop that is held; a thousandth of a percent of a core


class LagProbe:
    """Hands ``observe`` the seconds by which each of its timers was late."""

    def __init__(self, observe: Callable[[float], None]) -> None:
        self._observe = observe

    @contextmanager
    def measuring(self) -> Iterator[None]:
        """On the running loop, until this is left."""
        self._loop = asyncio.get_running_loop()
        self._set()
        try:
            yield
        finally:
            self._timer.cancel()

    def _set(self) -> None:
        self._timer = self._loop.call_later(PERIOD_S, self._ring)

    def _ring(self) -> None:
        self._observe(max(0.0, self._loop.time() - self._timer.when()))
        self._set()
