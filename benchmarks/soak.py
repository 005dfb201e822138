"""Does a server stand rude clients for long? ``python -m benchmarks.soak --minutes 15``; status 1 if it does not.

Clients come and go, each with a connection of his own, as many at a time as half (``--share``) of what the machine
keeps up with. At random, one hears a reply to its end while it is being written, cuts in, stops reading for some
seconds and goes on, or vanishes without a word. After a first part of the time they all go: what the server has then
(memory, threads of its pool, which come as they are needed) is what stays. Then they come again; the resident memory is
looked at every second, and when all have gone, threads are compared with those, and sessions, tasks and open files with
what there were before the first came.

"memory_growth" is the median of the last quarter over that of the first, less 1. "underruns" are
those of honest listeners, as a player with `BUFFER_SECONDS` noticed them; "machine_underruns" what the server itself
counted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import numpy as np
from websockets.asyncio.client import connect as open_websocket

from kokoro_stream.client import RemoteSpeech, connect
from kokoro_stream.errors import OverloadedError
from kokoro_stream.events import AudioFrame, Failed

from .listening import Listening
from .replies import REPLIES, written
from .report import publish
from .server import running_server
from .vitals import ProcessVitals

BUFFER_SECONDS = 0.06  # what players in browsers and telephones keep at least
WARM_SHARE = 0.2  # of the time
QUIET_SECONDS = 60  # at most for the last to be forgotten; a connection that vanished is noticed after two pings
MEMORY_GROWTH = 0.03


@dataclass(slots=True)
class Soak:
    """What went on, and what was noticed."""

    url: str
    dice: random.Random
    visits: Counter[str] = field(default_factory=Counter)
    underruns: int = 0
    failures: list[str] = field(default_factory=list)

    async def visit(self) -> None:
        """One client, from when he comes until he goes."""
        (manner,) = self.dice.choices(list(MANNERS), weights=list(MANNERS.values()))
        self.visits[manner.__name__] += 1
        try:
            await manner(self, self.dice.choice(REPLIES))
        except OverloadedError as busy:  # the machine is slower than it was when it said what it keeps up with
            self.visits["refused"] += 1
            await asyncio.sleep(busy.retry_after_ms / 1000)

    async def listen(self, speech: RemoteSpeech, *, frames: float = float("inf")) -> None:
        """To so many frames, as a player does."""
        listening: Listening | None = None
        async for event in speech.events():
            if isinstance(event, Failed) and event.code == "overloaded":
                raise OverloadedError(event.message, event.retry_after_ms or 0)
            if isinstance(event, Failed):
                self.failures.append(f"{event.code}: {event.message}")
            if not isinstance(event, AudioFrame):
                continue
            listening = listening or Listening(event.sample_rate, buffer=BUFFER_SECONDS)
            listening.take(time.perf_counter(), np.frombuffer(event.pcm, "<i2") / 32768)
            frames -= 1
            if frames <= 0:
                break
        self.underruns += len(listening.stalls) if listening else 0


async def hear_out(soak: Soak, reply: str) -> None:
    async with connect(soak.url) as client, client.speak(written(reply)) as speech:
        await soak.listen(speech)


async def cut_in(soak: Soak, reply: str) -> None:
    async with connect(soak.url) as client:
        for _ in range(soak.dice.randint(1, 4)):
            async with client.speak(written(reply)) as speech:
                await soak.listen(speech, frames=soak.dice.randint(1, 100))
                await speech.interrupt()


async def stall(soak: Soak, reply: str) -> None:
    async with connect(soak.url) as client, client.speak(reply) as speech:
        stop_at = soak.dice.randint(1, 60)
        async for event in speech.events():
            if isinstance(event, AudioFrame) and (stop_at := stop_at - 1) == 0:
                await asyncio.sleep(soak.dice.uniform(2, 8))


async def vanish(soak: Soak, reply: str) -> None:
    async with open_websocket(soak.url, compression=None) as socket:
        await socket.send(json.dumps({"type": "text.append", "text": reply}))
        for _ in range(soak.dice.randint(1, 50)):
            if '"error"' in str(await socket.recv()):  # refused: nothing more comes
                break
        socket.transport.abort()


# What clients do, and how often.
MANNERS: dict[Callable[[Soak, str], Awaitable[None]], int] = {hear_out: 4, cut_in: 3, stall: 1, vanish: 2}


async def measure(minutes: float, share: float, seed: int) -> dict[str, float | int | str]:
    async with running_server() as server:
        vitals = ProcessVitals(server)
        async with connect(server.url) as client, client.speak(" ".join(REPLIES)) as speech:
            await Soak(server.url, random.Random(seed)).listen(speech, frames=50)
        alone = await standing(vitals)
        metrics = await asyncio.to_thread(vitals.metrics)
        clients = max(1, int(metrics["room_speeches"] * share))
        soak = Soak(server.url, random.Random(seed))
        await churn(soak, vitals, clients, minutes * 60 * WARM_SHARE)
        before = alone | {"threads": (await quiet(vitals, alone))["threads"]}
        memory = await churn(soak, vitals, clients, minutes * 60 * (1 - WARM_SHARE))
        at_last = await quiet(vitals, before)
        metrics = await asyncio.to_thread(vitals.metrics)
    quarter = max(1, len(memory) // 4)
    first, last = statistics.median(memory[:quarter]), statistics.median(memory[-quarter:])
    return {
        "clients_at_a_time": clients,
        **dict(soak.visits),
        "memory_mb": round(last / 1000, 1),
        "memory_growth": round(last / first - 1, 4),
        **{f"{name}_left": at_last[name] - before[name] for name in before},
        "underruns": soak.underruns,
        "machine_underruns": int(metrics["underruns_total{machine}"]),
        "failures": len(soak.failures),
        "first_failure": next(iter(soak.failures), ""),
    }


async def churn(soak: Soak, vitals: ProcessVitals, clients: int, seconds: float) -> list[float]:
    """So many clients at a time; the resident memory in kB, once a second."""
    begun = time.perf_counter()
    memory = []

    async def come_and_go() -> None:
        while time.perf_counter() < begun + seconds:
            await soak.visit()

    async with asyncio.TaskGroup() as tasks:
        for number in range(clients):
            tasks.create_task(come_and_go(), name=f"client {number}")
        while time.perf_counter() < begun + seconds:
            memory.append(vitals.memory_kb)
            await asyncio.sleep(1)
    return memory


async def standing(vitals: ProcessVitals) -> dict[str, int]:
    """What may not grow."""
    metrics = await asyncio.to_thread(vitals.metrics)
    return {
        "sessions": int(metrics["sessions"]),
        "tasks": int(metrics["tasks"]),
        "threads": vitals.threads,
        "open_files": vitals.open_files,
    }


async def quiet(vitals: ProcessVitals, wanted: dict[str, int]) -> dict[str, int]:
    """The same once everybody is forgotten and nothing but threads is above what is ``wanted``, or it never will be."""
    now = await standing(vitals)
    for _ in range(QUIET_SECONDS):
        if all(now[name] <= wanted[name] for name in wanted if name != "threads"):
            break
        await asyncio.sleep(1)
        now = await standing(vitals)
    return now


def faults(found: dict[str, float | int | str]) -> list[str]:
    """The figures that may not be so."""
    counted = ["underruns", "machine_underruns", "failures", *(name for name in found if name.endswith("_left"))]
    grown = ["memory_growth"] if float(found["memory_growth"]) > MEMORY_GROWTH else []
    return grown + [name for name in counted if int(found[name]) > 0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--share", type=float, default=0.5, help="of what the machine keeps up with")
    parser.add_argument("--seed", type=int, default=1, help="of what the clients do")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    options = parser.parse_args()
    found = asyncio.run(measure(options.minutes, options.share, options.seed))
    publish("soak", found, as_json=options.json)
    if wrong := faults(found):
        sys.exit(f"it does not stand that: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
