"""The benchmark's side of the contestants' processes."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from .turns import Answer, Outcome, Setting, Turn

ROOT = Path(__file__).parents[2]  # where `python -m benchmarks…` works
START_SECONDS = 300  # some simplify the graph when they load it
TURN_SECONDS = 600  # a minute of speech on a slow and crowded machine
LINE_BYTES = 1 << 20
APART = {"pykokoro": "pykokoro", "kokoro_pi": "kokoro-pi"}  # what they need cannot be installed beside the others'


class Worker:
    """A contestant's process, ready to speak; made by `started`."""

    def __init__(self, player: str, process: Process) -> None:
        self._player, self._process = player, process
        self.rss_mb = 0.0
        self.versions: dict[str, str] = {}

    async def speak(self, turn: Turn) -> Outcome:
        """How the turn went. RuntimeError when the process has ended, TimeoutError when it takes too long."""
        async with asyncio.timeout(TURN_SECONDS):
            await self._tell(turn.to_json())
            answer = await self._hear()
        if answer.outcome is None:
            raise RuntimeError(f"{self._player} did not speak")
        return answer.outcome

    async def begin(self, setting: Setting) -> None:
        """Waits until the graph is loaded."""
        async with asyncio.timeout(START_SECONDS):
            await self._tell(setting.to_json())
            self.versions = dict((await self._hear()).versions)

    async def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        await self._process.stdin.drain()

    async def _hear(self) -> Answer:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(
                f"{self._player} ended with status {await self._process.wait()}; see what it wrote above"
            )
        answer = Answer.from_json(line.decode())
        self.rss_mb = answer.rss_mb
        return answer


def environment(player: str, peers: Path) -> Path:
    """The interpreter of a peer; ``peers`` is the environment of most, and the others' are in it."""
    return peers / APART.get(player, "") / "bin" / "python"


@asynccontextmanager
async def started(player: str, python: str, setting: Setting) -> AsyncIterator[Worker]:
    """The module ``player`` of `players` in a process of the interpreter ``python``, until the block is left."""
    module = f"{__package__}.players.{player}"
    process = await asyncio.create_subprocess_exec(
        python, "-m", module, stdin=PIPE, stdout=PIPE, cwd=ROOT, limit=LINE_BYTES
    )
    try:
        worker = Worker(player, process)
        await worker.begin(setting)
        yield worker
        assert process.stdin is not None
        process.stdin.close()  # it ends when there are no more turns
        async with asyncio.timeout(START_SECONDS):
            await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
