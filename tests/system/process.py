"""A server process of our own, and how tests talk to it."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import psutil
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket

from kokoro_stream.client import RemoteSpeech
from kokoro_stream.events import AudioFrame, Event, TimedWord, Words
from tests.service.test_app import get

LONG = "The quick brown fox jumps over the lazy dog. " * 60
MEGABYTE = 1 << 20
PATIENCE_S = 60  # a loaded machine is slow, not wrong; only what never happens may fail


class Server:
    """A running server process."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url
        self.address = url.split("/")[2]
        self._vitals = psutil.Process(process.pid)

    @property
    def memory(self) -> int:
        """Bytes resident."""
        return int(self._vitals.memory_info().rss)

    @property
    def open_files(self) -> int:
        """Descriptors, sockets included."""
        return int(self._vitals.num_fds())

    @property
    def threads(self) -> int:
        return int(self._vitals.num_threads())

    async def becomes_idle(self) -> None:
        """Returns once the server has no sessions. Raises TimeoutError if that never happens."""
        async with asyncio.timeout(PATIENCE_S):
            while (await get(self.address, "/healthz"))[1]["sessions"]:
                pass


@contextmanager
def running(**environ: str) -> Iterator[Server]:
    """``kokoro-stream serve`` on a free port, with the built-in voice; ``environ`` are settings, as ``LOG__LEVEL``."""
    command = [sys.executable, "-m", "kokoro_stream", "serve", "--port", "0"]
    settings = {f"KOKORO_STREAM_{name}": value for name, value in environ.items()}
    with started(command, {**os.environ, **settings}) as server:
        yield server


@contextmanager
def started(command: Sequence[str], environ: Mapping[str, str], *, cwd: Path | None = None) -> Iterator[Server]:
    """The server that the command starts, once it says where it is."""
    with subprocess.Popen(command, cwd=cwd, env=environ, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"ws://\S+", process.stdout.readline())
            assert found, "the server did not start"
            yield Server(process, found[0])
        finally:
            process.kill()


async def all_of(speech: RemoteSpeech) -> list[Event]:
    return [event async for event in speech.events()]


async def first_frame(speech: RemoteSpeech, word: TimedWord | None = None) -> AudioFrame:
    """The first frame, or that in which ``word`` begins; what comes before it is dropped."""
    async for frame in speech:
        if word is None or word in frame.words:
            return frame
    raise AssertionError(f"{speech} ended without it")


def words_of(events: list[Event]) -> list[TimedWord]:
    return [word for event in events if isinstance(event, Words) for word in event.words]


def spoken(events: list[Event]) -> list[str]:
    return [word.word for word in words_of(events)]


def pcm_of(events: list[Event]) -> bytes:
    """The audio received; fails when some is missing."""
    pcm, samples = b"", 0
    for event in events:
        if isinstance(event, AudioFrame):
            assert event.sample_offset == samples
            samples += event.samples
            pcm += event.pcm
    return pcm


def cut(text: str, dice: random.Random) -> Iterator[str]:
    """The text in pieces as short as tokens, cut anywhere."""
    start = 0
    while start < len(text):
        end = start + dice.randint(1, 7)
        yield text[start:end]
        start = end


@asynccontextmanager
async def raw(server: Server) -> AsyncIterator[ClientConnection]:
    """A connection without the client library, after session.created."""
    async with open_websocket(server.url, compression=None, max_queue=1) as socket:
        assert json.loads(await socket.recv(decode=True))["type"] == "session.created"
        yield socket


async def say(socket: ClientConnection, kind: str, **fields: object) -> None:
    await socket.send(json.dumps({"type": kind, **fields}))


async def until(socket: ClientConnection, kind: str) -> dict[str, object]:
    """The first message of that type; what comes before it is dropped."""
    while isinstance(message := await socket.recv(), bytes) or json.loads(message)["type"] != kind:
        pass
    found: dict[str, object] = json.loads(message)
    return found
