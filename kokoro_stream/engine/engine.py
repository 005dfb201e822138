"""The machine's threads: jobs wait in the order of the schedule, and cancelling one stops the machine."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Full
from types import TracebackType
from typing import Any, Self, TypeVar

from ..config import Priority
from ..errors import ClosedError, OverloadedError, StoppedError
from ..model.session import Stop
from .admission import Admission
from .cost import Costs, Share
from .policy import may_join, victim
from .schedule import Schedule, Turn
from .vitals import Vitals

Result = TypeVar("Result")

# A speech has at most two jobs here at a time, so this bounds speeches, not memory: hundreds of listeners are beyond
# what one machine can serve in time, unless it is bulk.
MOST_WAITING = 1024
FULL_RETRY_MS = 10_000  # a thousand jobs take that long at least
# Turns of the event loop in which the owner of a result may ask for his next job before another's is begun: the result
# reaches him in the second.
FIRST_REFUSAL = 3


@dataclass(slots=True, eq=False, kw_only=True)
class _Job(Turn):
    call: Callable[[Stop], Any]
    done: asyncio.Future[Any]
    stop: Stop = field(default_factory=Stop)
    begun: float = 0.0  # on the loop's clock
    entered: float = 0.0  # what the share of the machine gave for `Share.leave`
    spent: float = 0.0  # seconds of the machine, of all its runs
    yields: bool = False  # it is being stopped, to be run again


class Engine:
    """Runs blocking model calls on up to ``slots`` threads of its own, and knows what they cost and who may begin.

    How many run at once, and which makes room for which, is `policy`'s business; what comes next, the `Schedule`'s. An
    async context manager: leaving it stops the running jobs, refuses the waiting ones with `ClosedError` and ends the
    threads. All methods belong to the loop it was entered on.
    """

    def __init__(self, costs: Costs, *, slots: int = 1, capacity: int = MOST_WAITING) -> None:
        self.costs = costs
        self.admission = Admission(costs)
        self._slots = slots
        self._waiting: Schedule[_Job] = Schedule(capacity)
        self._running: set[_Job] = set()
        self._threads = ThreadPoolExecutor(slots, thread_name_prefix="kokoro-stream-engine")
        self._share = Share()
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False

    @property
    def busy(self) -> bool:
        """A job is being computed now."""
        return bool(self._running)

    @property
    def vitals(self) -> Vitals:
        """How the machine is doing."""
        now = time.monotonic()  # the loop's clock, whether or not the loop gets to run
        return Vitals(
            waiting=len(self._waiting),
            running=len(self._running),
            longest_s=max((now - job.begun for job in self._running), default=0.0),
            load=self.admission.load(now),
            room=self.admission.room,
            realtime_factor=self.costs.realtime_factor,
        )

    async def run(
        self,
        call: Callable[[Stop], Result],
        *,
        deadline: float,
        owner: Hashable,
        priority: Priority = "interactive",
        seconds: float = 0.0,
        debt: float = 0.0,
    ) -> tuple[Result, float]:
        """The result of ``call(stop)``, computed when its turn comes, and the seconds of the whole machine it took.

        ``deadline`` is when the owner's listener runs dry, in seconds of the loop's clock; ``seconds`` and ``debt`` are
        explained at `Turn`. The job may be stopped and called again: a call that raises `StoppedError` must not have
        changed anything. Cancelling removes a waiting job; a running one is stopped, and the cancellation goes on once
        its thread is free. Raises what ``call`` raises, `OverloadedError` when too many jobs wait, `ClosedError`.
        """
        if self._closed:
            raise ClosedError("the engine is closed")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[tuple[Result, float]] = loop.create_future()
        job = _Job(call=call, done=done, owner=owner, deadline=deadline, seconds=seconds, debt=debt, priority=priority)
        try:
            self._waiting.push(job, now=loop.time())
        except Full as full:
            raise OverloadedError(f"{full}; try again in {FULL_RETRY_MS} ms", FULL_RETRY_MS) from full
        self._next()
        try:
            return await asyncio.shield(done)
        except asyncio.CancelledError:
            job.yields = False
            if job in self._running:
                job.stop.set()
                with contextlib.suppress(StoppedError):
                    await _finished(done)
            else:
                self._waiting.remove(job)
                done.cancel()
            raise

    async def aclose(self) -> None:
        """Stop the running jobs, refuse the waiting ones, end the threads. Idempotent."""
        self._closed = True
        for job in list(self._waiting):
            self._waiting.remove(job)
            if not job.done.done():
                job.done.set_exception(ClosedError("the engine was closed before the job ran"))
        for job in self._running:
            job.stop.set()
        await self._idle.wait()
        await asyncio.to_thread(self._threads.shutdown)

    def _next(self) -> None:
        """Start what may run now."""
        while not self._closed:
            now = asyncio.get_running_loop().time()
            left = {job: max(0.0, job.seconds - (now - job.begun) / len(self._running)) for job in self._running}
            job = self._waiting.first(now=now, in_hand=sum(left.values()))
            if job is None:
                return
            if not may_join(left, job, slots=self._slots, now=now):
                self._make_room(job, left, now)
                return
            self._waiting.remove(job)
            self._start(job, now)

    def _next_after(self, turns: int) -> None:
        if turns:
            asyncio.get_running_loop().call_soon(self._next_after, turns - 1)
        else:
            self._next()

    def _start(self, job: _Job, now: float) -> None:
        job.begun = now
        job.entered = self._share.enter(time.perf_counter())
        self._running.add(job)
        self._idle.clear()
        loop = asyncio.get_running_loop()
        self._threads.submit(self._compute, job).add_done_callback(
            lambda outcome: loop.call_soon_threadsafe(self._finish, job, outcome)
        )

    def _make_room(self, wanted: _Job, left: dict[_Job, float], now: float) -> None:
        """Stop a job that can wait if the wanted one cannot."""
        late = now + sum(left.values()) + wanted.seconds > wanted.deadline
        if not late or any(job.stop.is_set for job in self._running):
            return
        if (job := victim(left, wanted, now)) is not None:
            job.yields = True
            job.stop.set()

    def _compute(self, job: _Job) -> Any:
        """On a thread."""
        return job.call(job.stop)

    def _finish(self, job: _Job, outcome: Future[Any]) -> None:
        self._running.remove(job)
        job.spent += self._share.leave(job.entered, time.perf_counter())
        error = outcome.exception()
        if job.yields and isinstance(error, StoppedError) and not self._closed:
            self._again(job)
        elif not job.done.done():
            if error is None:
                job.done.set_result((outcome.result(), job.spent))
            else:
                job.done.set_exception(error)
                if job.stop.is_set:
                    job.done.exception()  # nobody may be waiting any more; the stop was asked for
        if not self._running:
            self._idle.set()
        self._next_after(FIRST_REFUSAL)

    def _again(self, job: _Job) -> None:
        job.stop, job.yields = Stop(), False
        job.reruns += 1
        self._waiting.restore(job, now=asyncio.get_running_loop().time())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


async def _finished(done: asyncio.Future[Any]) -> None:
    """Wait for a job to end, whatever else is cancelled meanwhile: the worker must be free before its owner goes on."""
    while not done.done():
        try:
            await asyncio.shield(done)
        except asyncio.CancelledError:
            if done.cancelled():
                raise
    done.result()
