"""Who sounds next: one at a time."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ...config import Priority

_RANKS: dict[Priority, int] = {"interactive": 0, "announcement": 1, "bulk": 2}


class Turns:
    """A lock that goes to who is most urgent, and among equals to who came first. Nobody is cut short."""

    def __init__(self) -> None:
        self._taken = False
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    @asynccontextmanager
    async def turn(self, priority: Priority) -> AsyncIterator[None]:
        """Waits for its turn, which lasts as long as the block. Cancelling it while it waits gives up the place."""
        if self._taken:
            await self._wait(_RANKS[priority])
        self._taken = True
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, rank: int) -> None:
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (rank, next(self._numbers), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it has come in the same moment
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            turn = heapq.heappop(self._waiting)[2]
            if not turn.done():
                turn.set_result(None)  # the lock stays taken: nobody gets in between
                return
        self._taken = False
