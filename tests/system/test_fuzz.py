"""Whatever is thrown at the doors, nobody else is harmed and nothing is left behind."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx2 as httpx
import pytest
from starlette.routing import Route
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import ConnectionClosed

from kokoro_stream.client import connect
from kokoro_stream.events import Done
from kokoro_stream.service.app import create_app
from kokoro_stream.service.service import Service
from kokoro_stream.service.settings import ServiceSettings
from tests.fakes import FakeSpeaker
from tests.service.running import serving

FRAMES = 8000
BODIES = 2000
PER_CONNECTION = 80
CONNECTIONS_AT_ONCE = 20

# Messages that make sense, to be spoilt.
SEEDS: tuple[dict[str, Any], ...] = (
    {"type": "text.append", "text": "One sentence. ", "context": "a"},
    {"type": "text.append", "text": "**Two** 😀 $5.", "context": "b"},
    {"type": "text.flush", "context": "a"},
    {"type": "text.mark", "name": "here", "context": "a"},
    {"type": "text.end", "context": "a"},
    {"type": "interrupt", "context": "b", "played_ms": 10},
    {"type": "interrupt"},
    {"type": "playback.ack", "context": "a", "played_ms": 1e9},
    {"type": "session.update", "voice": "am_fake", "speed": 1.5, "frame_ms": 20, "sample_rate": 8000},
    {"type": "session.update", "lexicon": {"nginx": "engine x"}, "markup": True, "max_lead_ms": 600_000},
    {"type": "ping", "t": 1.5},
)
BODY: dict[str, Any] = {"model": "tts-1", "input": "Hello.", "voice": "alloy", "response_format": "pcm", "speed": 1.0}
STRANGE: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1e308,
    "",
    "\0",
    "\ud800",
    "x" * 5000,
    [],
    {},
    [[[[]]]],
    {"a": {"b": 1}},
    2**64,
    "NaN",
)


def spoilt(seed: dict[str, Any], dice: random.Random) -> str | bytes:
    """The object as JSON, with a strange value, a field too few or too many, or wrong characters in it."""
    message = dict(seed)
    for _ in range(dice.randint(0, 2)):
        message[dice.choice([*message, "surplus"])] = dice.choice(STRANGE)
    if dice.random() < 0.1:
        del message[dice.choice(list(message))]
    text = json.dumps(message)
    if dice.random() < 0.3:
        place = dice.randrange(len(text))
        text = text[:place] + dice.choice(['"', "{", "}", "\\", "\\u12", "\x00", "é", ""]) + text[place + 1 :]
    if dice.random() < 0.1:
        return bytes(dice.randrange(256) for _ in range(dice.randint(0, 200)))
    return text


def frames(dice: random.Random) -> Iterator[str | bytes]:
    for _ in range(PER_CONNECTION):
        yield spoilt(dice.choice(SEEDS), dice)


async def throw_frames(address: str, dice: random.Random) -> int:
    """How many could be thrown before the session was ended."""
    thrown = 0
    async with open_websocket(f"ws://{address}/v1/stream", max_size=None) as socket:
        hearing = asyncio.create_task(hear_all(socket))
        try:
            for frame in frames(dice):
                await socket.send(frame)
                thrown += 1
            if dice.random() < 0.2:
                socket.transport.abort()
            else:
                await socket.send('{"type": "session.close", "drain": false}')
        except ConnectionClosed:
            pass  # the server may have good reasons
        await hearing
    return thrown


async def hear_all(socket: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        while True:
            await socket.recv()


@pytest.mark.timeout(300)
async def test_ten_thousand_spoilt_frames_and_bodies(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    dice = random.Random(6)
    speaker = FakeSpeaker()
    app = create_app(speaker, ServiceSettings(max_sessions=100))
    service: Service = app.state.service
    async with serving(app) as address:
        thrown = 0
        while thrown < FRAMES:
            crowd = [throw_frames(address, random.Random(dice.random())) for _ in range(CONNECTIONS_AT_ONCE)]
            thrown += sum(await asyncio.gather(*crowd))
        statuses = await throw_bodies(address, app.routes, dice)
        async with connect(f"ws://{address}/v1/stream") as client, client.speak("Unharmed.") as speech:
            assert isinstance([event async for event in speech.events()][-1], Done)
        sessions = [task for task in asyncio.all_tasks() if task.get_name().startswith(("speak", "read", "stop"))]
        await asyncio.gather(*sessions, return_exceptions=True)  # those end that somebody has just left
    assert (service.guests, speaker.live) == (0, 0)
    assert max(statuses) < 500
    assert not caplog.records


async def throw_bodies(address: str, routes: list[Any], dice: random.Random) -> set[int]:
    """At every route, by every method; what was answered."""
    paths = [route.path for route in routes if isinstance(route, Route)] + ["/v1/audio/speech", "/nowhere"]
    statuses = set[int]()

    async def throw(http: httpx.AsyncClient, times: int) -> None:
        for _ in range(times):
            body = spoilt(BODY, dice)
            answer = await http.request(
                dice.choice(["POST", "GET", "PUT", "HEAD"]),
                dice.choice(paths),
                content=body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body,
                headers={"Content-Type": dice.choice(["application/json", "text/plain", "multipart/form-data", ""])},
            )
            statuses.add(answer.status_code)

    async with httpx.AsyncClient(base_url=f"http://{address}", timeout=60) as http:
        await asyncio.gather(*(throw(http, BODIES // CONNECTIONS_AT_ONCE) for _ in range(CONNECTIONS_AT_ONCE)))
    return statuses
