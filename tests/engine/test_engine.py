"""Jobs by deadline on a few threads; cancelling a job stops the machine before the cancellation goes on."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

import pytest

from kokoro_stream.config import Priority
from kokoro_stream.engine.cost import Costs
from kokoro_stream.engine.engine import Engine
from kokoro_stream.engine.policy import MOST_RERUNS
from kokoro_stream.errors import ClosedError, OverloadedError, StoppedError
from kokoro_stream.model.session import Stop

FAR = 1e12  # seconds: nobody waits for it


class Machine:
    """A blocking job that runs until it is let go or stopped, and tells when it began and how often."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.may_end = threading.Event()
        self.stopped = False
        self.runs = 0

    def __call__(self, stop: Stop) -> str:
        self.runs += 1
        self.began.set()
        while not self.may_end.wait(0.001):
            if stop.is_set:
                self.stopped = True
                self.began.clear()
                raise StoppedError("stopped")
        return "done"

    async def running(self) -> None:
        await asyncio.to_thread(self.began.wait)


def engine_of(*, slots: int = 1, capacity: int = 8) -> Engine:
    costs = Costs(prosody=0.1, phonemes=100, decoder=1.0, frames=100, audio=5.0)
    return Engine(costs, slots=slots, capacity=capacity)


def returning(value: str) -> Callable[[Stop], str]:
    return lambda stop: value


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    async with engine_of() as engine:
        yield engine


@pytest.fixture
async def two_slots() -> AsyncIterator[Engine]:
    async with engine_of(slots=2) as engine:
        yield engine


async def test_a_job_returns_its_result_and_raises_its_error(engine: Engine) -> None:
    def failing(stop: Stop) -> None:
        raise LookupError("nothing there")

    result, seconds = await engine.run(returning("yes"), deadline=0, owner="a")
    assert result == "yes"
    assert 0 <= seconds < 1
    with pytest.raises(LookupError, match="nothing there"):
        await engine.run(failing, deadline=0, owner="a")
    assert (await engine.run(returning("still alive"), deadline=0, owner="a"))[0] == "still alive"


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
    assert running.result()[0] == "done"
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
        with pytest.raises(OverloadedError, match="try again in"):
            await engine.run(returning("no"), deadline=0, owner="late")
        machine.may_end.set()


async def test_closing_stops_the_running_job_and_refuses_the_waiting_ones() -> None:
    engine, machine = engine_of(), Machine()
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


async def test_one_speech_has_its_jobs_run_one_at_a_time(two_slots: Engine) -> None:
    first, second = Machine(), Machine()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(two_slots.run(first, deadline=0, owner="a"))
        await first.running()
        tasks.create_task(two_slots.run(second, deadline=FAR, owner="a"))
        await asyncio.sleep(0)
        assert len(two_slots._running) == 1
        first.may_end.set()
        await second.running()
        second.may_end.set()


async def test_two_speeches_share_the_machine_and_a_third_waits(two_slots: Engine) -> None:
    machines = [Machine(), Machine(), Machine()]
    async with asyncio.TaskGroup() as tasks:
        for name, machine in zip("abc", machines, strict=True):
            tasks.create_task(two_slots.run(machine, deadline=FAR, owner=name))
        for machine in machines[:2]:
            await machine.running()
        assert machines[2].runs == 0
        machines[0].may_end.set()
        await machines[2].running()
        machines[1].may_end.set()
        machines[2].may_end.set()


async def test_jobs_that_run_side_by_side_are_charged_the_machine_once(two_slots: Engine) -> None:
    one, two = Machine(), Machine()
    began = asyncio.get_running_loop().time()
    async with asyncio.TaskGroup() as tasks:
        jobs = [tasks.create_task(two_slots.run(m, deadline=FAR, owner=m)) for m in (one, two)]
        await one.running()
        await two.running()
        one.may_end.set()
        two.may_end.set()
    assert sum(job.result()[1] for job in jobs) <= asyncio.get_running_loop().time() - began


@pytest.mark.parametrize(("deadline", "priority"), [(FAR, "interactive"), (0.0, "bulk")])
async def test_who_can_wait_makes_room_for_a_start_and_runs_again_behind_it(
    engine: Engine, deadline: float, priority: Priority
) -> None:
    patient, order = Machine(), list[str]()

    def start(stop: Stop) -> None:
        order.append("start")
        patient.may_end.set()

    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(
            engine.run(patient, deadline=deadline, owner="patient", seconds=1e6, priority=priority)
        )
        await patient.running()
        await engine.run(start, deadline=0, owner="start")
    assert waiting.result()[0] == "done"
    assert order == ["start"]
    assert (patient.stopped, patient.runs) == (True, 2)


async def test_a_job_that_somebody_waits_for_is_not_stopped_for_another(engine: Engine) -> None:
    machine = Machine()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(engine.run(machine, deadline=0, owner="a", seconds=1e6))
        await machine.running()
        tasks.create_task(engine.run(returning("b"), deadline=0, owner="b"))
        for _ in range(10):
            await asyncio.sleep(0)
        machine.may_end.set()
    assert machine.runs == 1


async def test_a_job_is_not_stopped_for_ever(engine: Engine) -> None:
    machine = Machine()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(engine.run(machine, deadline=FAR, owner="patient", seconds=1e6))
        for _ in range(MOST_RERUNS):
            await machine.running()
            await engine.run(returning("start"), deadline=0, owner="start")
        await machine.running()
        late = tasks.create_task(engine.run(returning("start"), deadline=0, owner="start"))
        for _ in range(10):
            await asyncio.sleep(0)
        assert not late.done()
        machine.may_end.set()
    assert machine.runs == MOST_RERUNS + 1


async def test_a_job_that_makes_room_can_be_cancelled_meanwhile(engine: Engine) -> None:
    patient, start = Machine(), Machine()
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(engine.run(patient, deadline=FAR, owner="patient", seconds=1e6))
        await patient.running()
        tasks.create_task(engine.run(start, deadline=0, owner="start"))
        await asyncio.sleep(0)  # asked to stop
        waiting.cancel()
        await start.running()
        start.may_end.set()
    assert waiting.cancelled()
    assert patient.runs == 1
    assert not engine.busy


async def test_a_job_that_has_made_room_can_be_cancelled_while_it_waits(engine: Engine) -> None:
    patient, start = Machine(), Machine()
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(engine.run(patient, deadline=FAR, owner="patient", seconds=1e6))
        await patient.running()
        tasks.create_task(engine.run(start, deadline=0, owner="start"))
        await start.running()
        waiting.cancel()
        await asyncio.wait([waiting])
        start.may_end.set()
    assert waiting.cancelled()
    assert patient.runs == 1


async def test_it_says_what_waits_and_for_how_long_the_running_has_been_running(engine: Engine) -> None:
    assert (engine.vitals.waiting, engine.vitals.running, engine.vitals.longest_s) == (0, 0, 0)
    machine = Machine()
    jobs = [asyncio.create_task(engine.run(machine, deadline=FAR, owner=number)) for number in range(3)]
    await machine.running()
    before, after = engine.vitals, engine.vitals
    assert (before.waiting, before.running) == (2, 1)
    assert 0 < before.longest_s < after.longest_s
    machine.may_end.set()
    await asyncio.gather(*jobs)
    assert (engine.vitals.running, engine.vitals.longest_s) == (0, 0)
