"""The application at its edges: mounting, health, handshakes, overload, draining; on a real server."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from kokoro_stream.client import connect
from kokoro_stream.errors import ConnectionLostError
from kokoro_stream.events import Done, Words
from kokoro_stream.service.app import create_app, lifespan_of
from kokoro_stream.service.service import Service
from kokoro_stream.service.settings import ServiceSettings
from tests.fakes import FakeSpeaker
from tests.service.running import serving


async def get(address: str, path: str) -> tuple[int, dict[str, Any]]:
    """Status and JSON body of an HTTP request."""
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n".encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return int(head.split()[1]), json.loads(body)


async def told(socket: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(await socket.recv(decode=True))
    return message


async def test_health_is_green_while_the_service_runs() -> None:
    async with serving(create_app(FakeSpeaker())) as address:
        status, health = await get(address, "/healthz")
    assert status == 200
    assert (health["status"], health["model"], health["provider"], health["sessions"]) == ("ok", "fake", "none", 0)


async def test_the_service_speaks_when_mounted_with_its_lifespan() -> None:
    speaker = FakeSpeaker()
    speech = create_app(speaker)
    app = Starlette(routes=[Mount("/speech", speech)], lifespan=lifespan_of(speech))
    async with serving(app) as address:
        assert speaker.entered
        async with connect(f"ws://{address}/speech/v1/stream") as client, client.speak("Mounted.") as said:
            events = [event async for event in said.events()]
    assert isinstance(events[-1], Done)
    assert any(isinstance(event, Words) for event in events)
    assert not speaker.entered


async def test_mounted_without_its_lifespan_it_says_what_is_missing() -> None:
    app = Starlette(routes=[Mount("/speech", create_app(FakeSpeaker()))])
    async with serving(app) as address:
        status, health = await get(address, "/speech/healthz")
        with pytest.raises(InvalidStatus) as refused:
            await open_websocket(f"ws://{address}/speech/v1/stream")
    assert (status, health["status"]) == (503, "starting")
    assert refused.value.response.status_code == 503
    assert b"lifespan_of" in refused.value.response.body


async def test_the_subprotocol_is_chosen_from_what_is_offered() -> None:
    async with serving(create_app(FakeSpeaker())) as address:
        url = f"ws://{address}/v1/stream"
        offered = [Subprotocol("other"), Subprotocol("kokoro-stream.v1")]
        async with open_websocket(url, subprotocols=offered) as socket:
            assert socket.subprotocol == "kokoro-stream.v1"
        async with open_websocket(url) as socket:
            assert socket.subprotocol is None
            assert (await told(socket))["type"] == "session.created"
        with pytest.raises(InvalidStatus) as refused:
            await open_websocket(url, subprotocols=[Subprotocol("other")])
    assert refused.value.response.status_code == 400


async def test_one_session_too_many_is_told_when_to_come_back() -> None:
    async with serving(create_app(FakeSpeaker(), ServiceSettings(max_sessions=1))) as address:
        url = f"ws://{address}/v1/stream"
        async with open_websocket(url) as first:
            await told(first)
            async with open_websocket(url) as second:
                refusal = await told(second)
                with pytest.raises(ConnectionClosed) as closed:
                    await second.recv()
            with pytest.raises(ConnectionLostError, match="too many sessions"):
                await connect(url).__aenter__()
    assert (refusal["code"], refusal["fatal"]) == ("overloaded", True)
    assert refusal["retry_after_ms"] > 0
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4429


async def test_draining_lets_speeches_end_closes_idle_sessions_and_welcomes_nobody() -> None:
    speaker = FakeSpeaker(gate=asyncio.Semaphore(0))
    app = create_app(speaker)
    service: Service = app.state.service
    async with serving(app) as address:
        url = f"ws://{address}/v1/stream"
        async with open_websocket(url) as idle, open_websocket(url) as busy:
            await told(idle)
            await told(busy)
            await busy.send(json.dumps({"type": "text.append", "text": "Let me finish. "}))
            assert [(await told(busy))["type"] for _ in range(3)] == ["context.started", "segment.started", "words"]
            draining = asyncio.create_task(service.drain())
            assert await told(idle) == {"type": "session.goodbye", "reason": "going_away"}
            async with open_websocket(url) as late:
                assert await told(late) == {"type": "session.goodbye", "reason": "going_away"}
            assert (await get(address, "/healthz"))[1]["status"] == "draining"
            assert speaker.gate is not None
            speaker.gate.release()
            await busy.send(json.dumps({"type": "text.end"}))
            rest = [json.loads(message)["type"] async for message in busy if isinstance(message, str)]
            await draining
    assert rest == ["context.done", "session.goodbye"]
    assert busy.close_code == 1001


@pytest.mark.parametrize("hurry", [False, True])
async def test_when_the_grace_is_over_the_rest_is_interrupted(hurry: bool) -> None:
    app = create_app(FakeSpeaker(), ServiceSettings(grace_ms=60_000 if hurry else 0))
    service: Service = app.state.service
    async with serving(app) as address, open_websocket(f"ws://{address}/v1/stream") as socket:
        await told(socket)
        await socket.send(json.dumps({"type": "text.append", "text": "Never comes to an"}))
        assert (await told(socket))["type"] == "context.started"
        draining = asyncio.create_task(service.drain())
        await asyncio.sleep(0)
        if hurry:
            service.hurry()
        rest = [json.loads(message)["type"] async for message in socket]
        await draining
    assert rest == ["context.interrupted", "session.goodbye"]


async def test_an_impatient_second_signal_is_never_too_early_nor_too_late() -> None:
    app = create_app(FakeSpeaker(), ServiceSettings(grace_ms=60_000))
    service: Service = app.state.service
    async with service.lifespan(app):
        service.hurry()
        await service.drain()
        service.hurry()
