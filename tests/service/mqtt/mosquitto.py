"""A real broker: Debian's mosquitto 2 on a free port of the loopback interface."""

from __future__ import annotations

import asyncio
import getpass
import shutil
import socket
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/opt/homebrew/sbin") or "mosquitto"


class Mosquitto:
    """A broker that can be killed and started again on the same port."""

    def __init__(self, folder: Path, *settings: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._config = folder / f"mosquitto-{self.port}.conf"
        lines = [
            f"listener {self.port} 127.0.0.1",
            f"user {getpass.getuser()}",  # else it could not read the test's files when root runs it
            "persistence false",
            "set_tcp_nodelay true",
            "log_dest stderr",
            *settings,
        ]
        if not any(line.startswith("allow_anonymous") for line in lines):
            lines.append("allow_anonymous true")
        self._config.write_text("\n".join(lines) + "\n", "utf-8")
        self._process: Process | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Returns once it accepts connections."""
        self._process = await asyncio.create_subprocess_exec(
            MOSQUITTO, "-c", str(self._config), stdout=DEVNULL, stderr=PIPE
        )
        assert self._process.stderr is not None
        said = b""
        while not said.rstrip().endswith(b"running"):
            said = await self._process.stderr.readline()
            assert said, "mosquitto did not start"
        self._log = asyncio.create_task(self._process.stderr.read(), name="mosquitto's log")

    async def kill(self) -> None:
        """As by a power cut: nobody is told."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()
        await self._log
        self._process = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None


@asynccontextmanager
async def mosquitto(folder: Path, *settings: str) -> AsyncIterator[Mosquitto]:
    """A running broker; ``settings`` are lines of its configuration."""
    broker = Mosquitto(folder, *settings)
    await broker.start()
    try:
        yield broker
    finally:
        if broker.running:
            await broker.kill()
