"""Keys, origins and limits at the doors of a real server."""

from __future__ import annotations

import json
from typing import Any

import httpx2 as httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from kokoro_stream.service.access import AccessSettings, ApiKey
from kokoro_stream.service.app import create_app, lifespan_of
from kokoro_stream.service.secret import Secret
from kokoro_stream.service.settings import ServiceSettings
from tests.fakes import FakeSpeaker
from tests.service.running import serving

KEY = "kitchen-0123456789"
PROTOCOL = Subprotocol("kokoro-stream.v1")
BEARER = {"Authorization": f"Bearer {KEY}"}


def app(origins: tuple[str, ...] = (), *, max_sessions: int = 0, requests_per_minute: int = 0) -> Starlette:
    """The service with one key."""
    key = ApiKey(key=Secret(KEY), max_sessions=max_sessions, requests_per_minute=requests_per_minute)
    keys = {"kitchen": key}
    return create_app(FakeSpeaker(), ServiceSettings(access=AccessSettings(keys=keys, origins=origins)))


async def told(socket: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(await socket.recv(decode=True))
    return message


async def closing_code(socket: ClientConnection) -> int:
    with pytest.raises(ConnectionClosed) as closed:
        await socket.recv()
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


async def test_a_websocket_is_opened_with_the_key_in_the_header_or_among_the_subprotocols() -> None:
    async with serving(app()) as address:
        url = f"ws://{address}/v1/stream"
        async with open_websocket(url, additional_headers=BEARER) as socket:
            assert (await told(socket))["type"] == "session.created"
        async with open_websocket(url, subprotocols=[PROTOCOL, Subprotocol(f"bearer.{KEY}")]) as socket:
            assert socket.subprotocol == PROTOCOL  # never the key
            assert (await told(socket))["type"] == "session.created"


@pytest.mark.parametrize("offered", [[PROTOCOL], [PROTOCOL, Subprotocol("bearer.wrong-0123456789")], None])
async def test_a_websocket_without_the_key_is_told_so_and_closed(offered: list[Subprotocol] | None) -> None:
    async with serving(app()) as address, open_websocket(f"ws://{address}/v1/stream", subprotocols=offered) as socket:
        refusal = await told(socket)
        assert (refusal["type"], refusal["code"], refusal["fatal"]) == ("error", "unauthorized", True)
        assert await closing_code(socket) == 4401


async def test_a_websocket_of_a_strange_page_is_not_even_opened() -> None:
    async with serving(app(origins=("https://chat.example.org",))) as address:
        url = f"ws://{address}/v1/stream"
        with pytest.raises(InvalidStatus) as refused:
            await open_websocket(url, additional_headers=BEARER, origin=Origin("https://evil.example"))
        for origin in ("https://chat.example.org", f"http://{address}"):
            async with open_websocket(url, additional_headers=BEARER, origin=Origin(origin)) as socket:
                assert (await told(socket))["type"] == "session.created"
    assert refused.value.response.status_code == 403
    assert json.loads(refused.value.response.body)["error"]["code"] == "forbidden"


async def test_http_requests_without_the_key_are_refused_as_openai_s_clients_expect() -> None:
    async with serving(app()) as address, httpx.AsyncClient(base_url=f"http://{address}") as http:
        without = await http.get("/v1/models")
        wrong = await http.get("/v1/models", headers={"Authorization": "Bearer wrong-0123456789"})
        right = await http.get("/v1/nothing", headers=BEARER)
        health = await http.get("/healthz")
    assert (without.status_code, wrong.status_code, right.status_code, health.status_code) == (401, 401, 404, 200)
    assert without.headers["WWW-Authenticate"] == "Bearer"
    assert without.json()["error"] == {
        "message": "a key is needed: Authorization: Bearer KEY",
        "type": "authentication_error",
        "param": None,
        "code": "unauthorized",
    }


async def test_a_strange_page_may_not_make_requests_that_change_something() -> None:
    async with serving(app()) as address, httpx.AsyncClient(base_url=f"http://{address}") as http:
        refused = await http.post("/v1/nothing", headers={**BEARER, "Origin": "https://evil.example"})
        allowed = await http.post("/v1/nothing", headers={**BEARER, "Origin": f"http://{address}"})
    assert (refused.status_code, allowed.status_code) == (403, 404)


async def test_listed_pages_are_told_that_they_may_and_others_are_not() -> None:
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "Authorization"}
    page, evil = {"Origin": "https://chat.example.org"}, {"Origin": "https://evil.example"}
    async with (
        serving(app(origins=("https://chat.example.org",))) as address,
        httpx.AsyncClient(base_url=f"http://{address}") as http,
    ):
        asked = await http.options("/v1/nothing", headers={**preflight, **page})
        refused = await http.get("/v1/nothing", headers=page)
        strange = await http.options("/v1/nothing", headers={**preflight, **evil})
    assert asked.status_code == 200
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    assert refused.status_code == 401
    assert refused.headers["Access-Control-Allow-Origin"] == "https://chat.example.org"
    assert strange.status_code == 400
    assert "Access-Control-Allow-Origin" not in strange.headers


async def test_more_sessions_than_the_key_allows_are_told_when_to_come_back() -> None:
    async with serving(app(max_sessions=1)) as address:
        url = f"ws://{address}/v1/stream"
        async with open_websocket(url, additional_headers=BEARER) as first:
            await told(first)
            async with open_websocket(url, additional_headers=BEARER) as second:
                refusal = await told(second)
                assert (refusal["code"], refusal["fatal"]) == ("rate_limit", True)
                assert refusal["retry_after_ms"] > 0
                assert await closing_code(second) == 4429
        async with open_websocket(url, additional_headers=BEARER) as third:
            assert (await told(third))["type"] == "session.created"


async def test_more_requests_than_the_key_allows_are_refused_until_later() -> None:
    async with (
        serving(app(requests_per_minute=1)) as address,
        httpx.AsyncClient(base_url=f"http://{address}", headers=BEARER) as http,
    ):
        first, second = await http.get("/v1/nothing"), await http.get("/v1/nothing")
    assert (first.status_code, second.status_code) == (404, 429)
    assert 0 < int(second.headers["Retry-After"]) <= 60
    assert second.json()["error"]["code"] == "rate_limit"


async def test_mounted_below_a_path_the_same_holds() -> None:
    speech = app()
    outer = Starlette(routes=[Mount("/speech", speech)], lifespan=lifespan_of(speech))
    async with serving(outer) as address, httpx.AsyncClient(base_url=f"http://{address}") as http:
        assert (await http.get("/speech/healthz")).status_code == 200
        assert (await http.get("/speech/v1/nothing")).status_code == 401
        assert (await http.get("/speech/v1/nothing", headers=BEARER)).status_code == 404


async def test_whoever_floods_his_session_loses_it_and_nobody_else_does() -> None:
    settings = ServiceSettings(max_messages_per_second=1)
    async with serving(create_app(FakeSpeaker(), settings)) as address:
        url = f"ws://{address}/v1/stream"
        async with open_websocket(url) as flood, open_websocket(url) as other:
            for _ in range(32):
                await flood.send('{"type": "ping"}')
            answers = [await told(flood) for _ in range(32)]
            assert [answer["type"] for answer in answers] == ["session.created", *["pong"] * 30, "error"]
            assert (answers[-1]["code"], answers[-1]["fatal"]) == ("rate_limit", True)
            assert answers[-1]["retry_after_ms"] > 0
            assert await closing_code(flood) == 4429
            await other.send('{"type": "ping"}')
            assert [(await told(other))["type"] for _ in range(2)] == ["session.created", "pong"]


async def test_the_headers_of_openai_s_client_may_come_from_a_listed_page() -> None:
    page = "https://chat.example.org"
    asks = {"Origin": page, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-stainless-os"}
    async with serving(app(origins=(page,))) as address, httpx.AsyncClient() as client:
        allowed = await client.options(f"http://{address}/v1/audio/speech", headers=asks)
    assert allowed.status_code == 200
    assert "x-stainless-os" in allowed.headers["access-control-allow-headers"]


async def test_text_that_a_busy_machine_does_not_take_costs_the_key_nothing() -> None:
    key = ApiKey(key=Secret(KEY), characters_per_minute=20)
    speaker = FakeSpeaker(places=0)
    busy = create_app(speaker, ServiceSettings(access=AccessSettings(keys={"kitchen": key})))
    body = {"input": "Sixteen letters.", "response_format": "pcm"}
    async with serving(busy) as address, httpx.AsyncClient(headers=BEARER) as client:
        url = f"http://{address}/v1/audio/speech"
        assert [(await client.post(url, json=body)).status_code for _ in range(3)] == [503, 503, 503]
        speaker.places = 1
        assert (await client.post(url, json=body)).status_code == 200
        assert (await client.post(url, json=body)).status_code == 429
