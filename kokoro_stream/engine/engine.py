"""One worker for the model: jobs wait in order of their deadlines, and cancelling one stops the machine."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

from ..errors import ClosedError, StoppedError
from ..model.session import Stop
from .schedule import Schedule

Result = TypeVar("Result")

# A speech has one job here at a time, so this bounds speeches, not memory: a thousand listeners are far beyond what one
# worker can serve in time.
MOST_WAITING = 1024


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    call: Callable[[Stop], Any]
    stop: Stop
    done: asyncio.Future[Any]


class Engine:
    """Runs blocking model calls, one at a time, on a thread of its own.

    An async context manager: leaving it stops the running job, refuses the waiting ones with `ClosedError` and ends the
    thread. All methods belong to the loop it was entered on.
    """

    def __init__(self, *, capacity: int = MOST_WAITING) -> None:
        self._waiting: Schedule[_Job] = Schedule(capacity)
        self._running: _Job | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="kokoro-stream-engine")
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False

    @property
    def busy(self) -> bool:
        """A job is on the worker now."""
        return self._running is not None

    async def run(self, call: Callable[[Stop], Result], *, deadline: float, owner: Hashable) -> Result:
        """The result of ``call(stop)``, computed when its turn comes; ``deadline`` is in seconds of the loop's clock.

        Cancelling removes a waiting job; a running one is stopped, and the cancellation goes on once the worker is
        free. Raises what ``call`` raises, `queue.Full` when too many jobs wait, `ClosedError`.
        """
        if self._closed:
            raise ClosedError("the engine is closed")
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        job = _Job(call, Stop(), done)
        self._waiting.push(job, deadline=deadline, owner=(owner, id(job)))
        self._next()
        try:
            return await asyncio.shield(done)
        except asyncio.CancelledError:
            self._waiting.remove((owner, id(job)))
            if self._running is job:
                job.stop.set()
                with contextlib.suppress(StoppedError):
                    await _finished(done)
            else:
                done.cancel()
            raise

    def _next(self) -> None:
        if self._running is not None or (job := self._waiting.pop()) is None:
            return
        self._running = job
        self._idle.clear()
        loop = asyncio.get_running_loop()
        self._thread.submit(job.call, job.stop).add_done_callback(
            lambda outcome: loop.call_soon_threadsafe(self._finish, job, outcome)
        )

    def _finish(self, job: _Job, outcome: Future[Any]) -> None:
        self._running = None
        if not job.done.done():
            error = outcome.exception()
            if error is None:
                job.done.set_result(outcome.result())
            else:
                job.done.set_exception(error)
                if job.stop.is_set:
                    job.done.exception()  # nobody may be waiting any more; the stop was asked for
        self._next()
        if self._running is None:
            self._idle.set()

    async def aclose(self) -> None:
        """Stop the running job, refuse the waiting ones, end the thread. Idempotent."""
        self._closed = True
        while (job := self._waiting.pop()) is not None:
            if not job.done.done():
                job.done.set_exception(ClosedError("the engine was closed before the job ran"))
        if self._running is not None:
            self._running.stop.set()
        await self._idle.wait()
        await asyncio.to_thread(self._thread.shutdown)

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
