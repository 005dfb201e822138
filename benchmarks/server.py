"""A server of our own in a process of its own, on a free port of this machine."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

SERVE = ("kokoro_stream", "serve", "--port", "0")
READY_SECONDS = 60  # ten times what a slow machine takes
GOODBYE_SECONDS = 30  # speeches under way are allowed to end


@dataclass(slots=True)
class RunningServer:
    """``url`` is where clients connect; ``start_seconds`` went by from creating process ``pid`` until it listened."""

    url: str
    start_seconds: float
    pid: int
    last_words: str = ""
    """What it printed when it was stopped."""


@asynccontextmanager
async def running_server(*command: str, settings: Mapping[str, str] | None = None) -> AsyncIterator[RunningServer]:
    """``python -m COMMAND…``, by default the service, until the block is left. RuntimeError if it never listens.

    ``settings`` are ``KOKORO_STREAM_…`` variables for its environment.
    """
    start = time.perf_counter()
    environ = {**os.environ, **(settings or {})}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", *(command or SERVE), stdout=PIPE, env=environ)
    try:
        async with asyncio.timeout(READY_SECONDS):
            url = await _announced_url(process)
        server = RunningServer(url, time.perf_counter() - start, process.pid)
        yield server
        process.terminate()
        async with asyncio.timeout(GOODBYE_SECONDS):
            server.last_words = (await process.communicate())[0].decode()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _announced_url(process: Process) -> str:
    assert process.stdout is not None
    async for line in process.stdout:
        for word in line.decode().split():
            if word.startswith("ws://"):
                return word
    raise RuntimeError(f"the server ended with status {await process.wait()} before it listened")
