from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from kokoro_stream.service.background import Background

Job = Callable[[], Coroutine[None, None, None]]


async def nothing() -> None:
    await asyncio.sleep(0)


async def forever() -> None:
    await asyncio.Event().wait()


async def fail() -> None:
    raise ValueError("as asked")


class Beside:
    """A block with a task beside it."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self.started = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    async def run(self, block: Job) -> None:
        async with Background() as background:
            self.task = background.create_task(self._job())
            self.started.set()
            await block()

    @property
    def was_cancelled(self) -> bool:
        return self.task is not None and self.task.cancelled()


async def test_what_runs_beside_a_block_ends_with_it() -> None:
    beside = Beside(forever)
    await beside.run(nothing)
    assert beside.was_cancelled


async def test_what_the_block_raises_comes_out_as_it_is() -> None:
    beside = Beside(forever)
    with pytest.raises(ValueError, match="as asked"):
        await beside.run(fail)
    assert beside.was_cancelled


async def test_a_task_that_fails_ends_the_block() -> None:
    with pytest.raises(ExceptionGroup) as raised:
        await Beside(fail).run(forever)
    assert [str(error) for error in raised.value.exceptions] == ["as asked"]


async def test_cancelling_the_block_cancels_what_runs_beside_it() -> None:
    beside = Beside(forever)
    running = asyncio.create_task(beside.run(forever))
    await beside.started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert beside.was_cancelled
