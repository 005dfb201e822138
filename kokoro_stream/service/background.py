"""Tasks that live as long as a block."""

from __future__ import annotations

import asyncio
from types import TracebackType

from .cancellation import remember_cancellation


class _Left(Exception):
    """Ends the task group, and with it whatever still runs."""


class Background:
    """An async context manager that gives a task group, ``tasks``; leaving it cancels what still runs, and waits.

    What the block raises comes out as it is, not in a group. A task that fails cancels the block, and is raised.
    """

    def __init__(self) -> None:
        self.tasks = asyncio.TaskGroup()

    async def __aenter__(self) -> asyncio.TaskGroup:
        return await self.tasks.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.tasks.__aexit__(_Left, _Left(), None)  # the group need not know why the block ended
        except* _Left:
            pass
        remember_cancellation()
