"""One worker, jobs by deadline; cancelling a job stops the machine before the cancellation goes on."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from queue import Full

import pytest

from kokoro_stream.engine.engine import Engine
from kokoro_stream.errors import ClosedError, StoppedError
from kokoro_stream.model.session import Stop


class Machine:
    """A blocking job that runs until it is let go or stopped, and tells when it began."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.may_end = threading.Event()
        self.stopped = False

    def __call__(self, stop: Stop) -> str:
        self.began.set()
        while not self.may_end.wait(0.001):
            if stop.is_set:
                self.stopped = True
                raise StoppedError("stopped")
        return "done"

    async def running(self) -> None:
        await asyncio.to_thread(self.began.wait)


def returning(value: str) -> Callable[[Stop], str]:
    return lambda stop: value


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    async with Engine(capacity=8) as engine:
        yield engine


async def test_a_job_returns_its_result_and_raises_its_error(engine: Engine) -> None:
    def failing(stop: Stop) -> None:
        raise LookupError("nothing there")

    assert await engine.run(returning("yes"), deadline=0, owner="a") == "yes"
    with pytest.raises(LookupError, match="nothing there"):
        await engine.run(failing, deadline=0, owner="a")
    assert await engine.run(returning("still alive"), deadline=0, owner="a") == "still alive"


async def test_waiting_jobs_run_in_order_of_their_deadlines(engine: Engine) -> None:
    machine, order = Machine(), list[float]()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(engine.run(machine, deadline=0, owner="first"))
        await machine.running()
        for deadline in (3.0, 1.0, 2.0):
            tasks.create_task(engine.run(lambda stop, d=deadline: order.append(d), deadline=deadline, owner=deadline))  # type: ignore[misc]
        await asyncio.sleep(0)
        machine.may_end.set()
    assert order == [1.0, 2.0, 3.0]


async def test_cancelling_a_running_job_stops_it_and_returns_only_when_the_worker_is_free(engine: Engine) -> None:
    machine = Machine()
    task = asyncio.create_task(engine.run(machine, deadline=0, owner="a"))
    await machine.running()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert machine.stopped
    assert not engine.busy


async def test_cancelling_a_waiting_job_leaves_the_running_one_alone(engine: Engine) -> None:
    machine, ran = Machine(), list[str]()
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(engine.run(machine, deadline=0, owner="a"))
        await machine.running()
        waiting = tasks.create_task(engine.run(lambda stop: ran.append("ran"), deadline=0, owner="b"))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        machine.may_end.set()
    assert running.result() == "done"
    assert ran == []


async def test_a_second_cancellation_does_not_leave_the_machine_running(engine: Engine) -> None:
    machine = Machine()
    task = asyncio.create_task(engine.run(machine, deadline=0, owner="a"))
    await machine.running()
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert machine.stopped
    assert not engine.busy


async def test_too_many_waiting_jobs_are_refused(engine: Engine) -> None:
    machine = Machine()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(engine.run(machine, deadline=0, owner="a"))
        await machine.running()
        for number in range(8):
            tasks.create_task(engine.run(returning("ok"), deadline=0, owner=number))
        await asyncio.sleep(0)
        with pytest.raises(Full):
            await engine.run(returning("no"), deadline=0, owner="late")
        machine.may_end.set()


async def test_closing_stops_the_running_job_and_refuses_the_waiting_ones() -> None:
    engine, machine = Engine(), Machine()
    running = asyncio.create_task(engine.run(machine, deadline=0, owner="a"))
    await machine.running()
    waiting = asyncio.create_task(engine.run(returning("never"), deadline=0, owner="b"))
    await asyncio.sleep(0)
    await engine.aclose()
    assert machine.stopped
    with pytest.raises(StoppedError):
        await running
    with pytest.raises(ClosedError):
        await waiting
    with pytest.raises(ClosedError):
        await engine.run(returning("never"), deadline=0, owner="c")
