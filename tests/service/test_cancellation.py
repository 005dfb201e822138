"""A cancellation is not lost when a task group has errors of its own."""

from __future__ import annotations

import asyncio

import pytest

from kokoro_stream.service.cancellation import remember_cancellation


async def fail_when(event: asyncio.Event) -> None:
    try:
        await event.wait()
    except asyncio.CancelledError:
        raise ValueError("at the same time") from None


async def test_a_cancellation_that_meets_an_error_is_remembered() -> None:
    began = asyncio.Event()

    async def work() -> str:
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(fail_when(asyncio.Event()))
                await asyncio.sleep(0)
                began.set()
                await asyncio.Event().wait()
        except* ValueError:
            pass
        remember_cancellation()
        return "went on"

    working = asyncio.create_task(work())
    await began.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working


async def test_a_task_that_is_not_cancelled_goes_on() -> None:
    remember_cancellation()
