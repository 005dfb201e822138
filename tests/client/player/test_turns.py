from __future__ import annotations

import asyncio

from kokoro_stream.client.player.turns import Turns
from kokoro_stream.config import Priority


class Stage:
    """Who has sounded, in order; each sounds until it is told to leave."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.sounded: list[str] = []
        self.leave = asyncio.Semaphore(0)
        self.sounds = asyncio.Event()

    async def sound(self, name: str, priority: Priority = "announcement") -> None:
        async with self.turns.turn(priority):
            self.sounded.append(name)
            self.sounds.set()
            await self.leave.acquire()


async def arrived(task: asyncio.Task[None]) -> asyncio.Task[None]:
    """The task, once it has either its turn or a place to wait at."""
    await asyncio.sleep(0)
    return task


async def test_who_comes_first_sounds_first() -> None:
    stage = Stage()
    async with asyncio.TaskGroup() as tasks:
        for name in "abc":
            await arrived(tasks.create_task(stage.sound(name)))
        assert stage.sounded == ["a"]
        for _ in "abc":
            stage.leave.release()
    assert stage.sounded == ["a", "b", "c"]


async def test_the_urgent_go_before_those_who_wait_but_cut_nobody_short() -> None:
    stage = Stage()
    async with asyncio.TaskGroup() as tasks:
        everybody: list[tuple[str, Priority]] = [
            ("first", "announcement"),
            ("book", "bulk"),
            ("news", "announcement"),
            ("answer", "interactive"),
        ]
        for name, priority in everybody:
            await arrived(tasks.create_task(stage.sound(name, priority)))
        assert stage.sounded == ["first"]
        for _ in everybody:
            stage.leave.release()
    assert stage.sounded == ["first", "answer", "news", "book"]


async def test_who_gives_up_waiting_keeps_nobody_from_sounding() -> None:
    stage = Stage()
    async with asyncio.TaskGroup() as tasks:
        await arrived(tasks.create_task(stage.sound("a")))
        impatient = await arrived(tasks.create_task(stage.sound("b")))
        await arrived(tasks.create_task(stage.sound("c")))
        impatient.cancel()
        stage.leave.release()
        stage.leave.release()
    assert stage.sounded == ["a", "c"]


async def test_a_turn_that_comes_to_somebody_who_is_being_cancelled_is_passed_on() -> None:
    stage = Stage()
    async with asyncio.TaskGroup() as tasks:
        async with stage.turns.turn("announcement"):
            second = await arrived(tasks.create_task(stage.sound("b")))
            await arrived(tasks.create_task(stage.sound("c")))
        second.cancel()  # the turn is his, but he has not been told yet
        stage.leave.release()
    assert stage.sounded == ["c"]


async def test_one_who_fails_gives_up_the_turn() -> None:
    turns = Turns()
    try:
        async with turns.turn("interactive"):
            raise ValueError
    except ValueError:
        pass
    async with turns.turn("bulk"):
        pass
