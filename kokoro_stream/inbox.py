"""What a speech has been given and not looked at yet: text, marks in it, flushes, its end."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

PIECE = 400  # characters handed to the front end at once: one or two milliseconds of its thread


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark in front of the character at ``offset``."""

    name: str
    offset: int


class Flush:
    """Speak what is there."""


class End:
    """No more text."""


Item = str | Mark | Flush | End


class Inbox:
    """Items in order, bounded by whoever puts them. ``idle_flush_s`` is the producer's silence that ends his text."""

    def __init__(self, idle_flush_s: float) -> None:
        self._idle_flush_s = idle_flush_s
        self._items: deque[Item] = deque()  # bounded by the speech, in characters; a mark counts as one
        self._arrived = asyncio.Event()

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: Item) -> None:
        """One more. Flushes that follow one another are one."""
        if isinstance(item, Flush) and self._items and isinstance(self._items[-1], Flush):
            return
        self._items.append(item)
        self._arrived.set()

    async def next(self, *, held: bool) -> Item:
        """The next thing to do; text in pieces; a flush when the producer is silent and text is ``held``.

        Cancelling it loses nothing.
        """
        while not self._items:
            self._arrived.clear()
            try:
                async with asyncio.timeout(self._idle_flush_s if held else None):
                    await self._arrived.wait()
            except TimeoutError:
                return Flush()
        item = self._items.popleft()
        if not isinstance(item, str):
            return item
        while len(item) < PIECE and self._items and isinstance(self._items[0], str):
            more = self._items.popleft()
            assert isinstance(more, str)
            item += more
        if len(item) > PIECE:
            self._items.appendleft(item[PIECE:])
        return item[:PIECE]
