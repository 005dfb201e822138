"""A home: a broker, a server with the built-in voice, and players, each in a process of its own."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import psutil

from tests.service.mqtt.mosquitto import Mosquitto

COMMAND = (sys.executable, "-m", "kokoro_stream")
PATIENCE_S = 60  # a loaded machine is slow, not wrong; only what never happens may fail


class Running:
    """A process of ours. ``first_line`` is what it printed when it was ready."""

    def __init__(self, process: Process, first_line: str) -> None:
        self.process = process
        self.first_line = first_line

    async def line(self) -> str:
        """What it prints next."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            return (await self.process.stdout.readline()).decode()

    @property
    def memory(self) -> int:
        """Bytes resident."""
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def pause(self) -> None:
        """Stops doing anything, without leaving."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    async def end(self) -> int:
        """Asks it to end; its status."""
        self.process.terminate()
        async with asyncio.timeout(PATIENCE_S):
            return await self.process.wait()


@asynccontextmanager
async def running(*arguments: str) -> AsyncIterator[Running]:
    """``kokoro-stream ARGUMENTS``, ready, until the block is left."""
    process = await asyncio.create_subprocess_exec(*COMMAND, *arguments, stdout=PIPE)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE_S):
            yield Running(process, (await process.stdout.readline()).decode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


class Resident:
    """Somebody who asks for announcements and sees what becomes of them."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client

    async def asks(self, target: str, text: str, **fields: object) -> None:
        await self._client.publish(f"kokoro/say/{target}", json.dumps({"text": text, **fields}), 1)

    async def sees(self, kind: str, **fields: object) -> dict[str, Any]:
        """The next event of that kind; its topic is a field too."""
        return await self._next({"type": kind, **fields})

    async def hears(self, target: str, ms: float) -> None:
        """Returns once a player of the target has played so much of a speech."""
        async with asyncio.timeout(PATIENCE_S):
            while (ack := await self._next({"type": "playback.ack"}))["played_ms"] < ms or f"/{target}/" not in ack[
                "topic"
            ]:
                pass

    async def sees_status(self, topic: str, state: str) -> None:
        """Returns once the player or server has that state."""
        await self._next({"topic": topic, "state": state})

    async def sees_online(self, count: int) -> None:
        """Returns once that many servers and players are there."""
        online: set[str] = set()
        while len(online) < count:
            online.add((await self._next({"state": "online"}))["topic"])

    async def _next(self, wanted: dict[str, object]) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE_S):
            async for message in self._client.messages:
                event: dict[str, Any] = {"topic": message.topic.value, **json.loads(bytes(message.payload) or b"{}")}
                if event | wanted == event:
                    return event
        raise AssertionError("the connection ended")


@asynccontextmanager
async def resident_at(broker: Mosquitto) -> AsyncIterator[Resident]:
    """Has subscribed to events and to who is there."""
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        for topic in ("kokoro/event", "kokoro/player/+/status", "kokoro/player/+/+/+/up", "kokoro/server/+/status"):
            await client.subscribe(topic, qos=1)
        yield Resident(client)


def wavs(folder: Path) -> list[Path]:
    """The finished files, oldest first."""
    return sorted(folder.glob("*.wav"))
