"""Behind a real nginx and a real Caddy, with TLS and below a path, a real server is what it is without them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from starlette.routing import Route
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from kokoro_stream.client import connect
from kokoro_stream.events import Done
from kokoro_stream.service.app import create_app
from tests.docs.proxies import PATH, PROXIES, TLS
from tests.fakes import FakeSpeaker
from tests.system.process import Server, running

PATHS = [
    route.path
    for route in create_app(FakeSpeaker()).routes
    if isinstance(route, Route) and "GET" in (route.methods or ()) and "{" not in route.path
]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Set as the page and the snippets tell."""
    with running(HTTP__ROOT_PATH=PATH, HTTP__PROXIES="127.0.0.1", SERVICE__ACCESS__METRICS="local") as server:
        yield server


@pytest.fixture(scope="module", params=PROXIES)
def proxy(request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """``localhost:PORT`` of the proxy."""
    folder: Path = tmp_path_factory.mktemp("proxy")
    with PROXIES[request.param](folder, server.address) as address:
        yield address


@pytest.fixture
def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(TLS / "cert.pem"))


@pytest.mark.parametrize("path", PATHS)
async def test_every_page_is_there_below_the_path(
    path: str, proxy: str, server: Server, trusting: ssl.SSLContext
) -> None:
    async with httpx.AsyncClient(verify=trusting) as http:
        direct = await http.get(f"http://{server.address}{path}")
        shown = await http.get(f"https://{proxy}{PATH}{path}")
    assert direct.status_code == 200
    # Who comes through the proxy is no local program, though the proxy is.
    assert shown.status_code == (403 if path == "/metrics" else 200)
    assert path == "/metrics" or shown.headers["Content-Type"] == direct.headers["Content-Type"]


async def test_without_the_last_slash_one_is_sent_there(proxy: str, trusting: ssl.SSLContext) -> None:
    async with httpx.AsyncClient(verify=trusting) as http:
        answer = await http.get(f"https://{proxy}{PATH}")
    assert answer.is_redirect
    assert httpx.URL(f"https://{proxy}{PATH}").join(answer.headers["Location"]) == f"https://{proxy}{PATH}/"


async def test_the_websocket_speaks(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "cert.pem"))  # whom the client trusts
    async with connect(f"wss://{proxy}{PATH}/v1/stream") as client, client.speak("Hello through the proxy.") as speech:
        assert isinstance([event async for event in speech.events()][-1], Done)


async def test_its_own_page_is_known_and_others_are_not(proxy: str, trusting: ssl.SSLContext) -> None:
    url = f"wss://{proxy}{PATH}/v1/stream"
    async with open_websocket(url, ssl=trusting, origin=Origin(f"https://{proxy}")) as socket:
        assert '"session.created"' in await socket.recv(decode=True)
    with pytest.raises(InvalidStatus) as refused:
        async with open_websocket(url, ssl=trusting, origin=Origin("https://elsewhere.example")):
            pass
    assert refused.value.response.status_code == 403


async def test_audio_comes_as_it_is_made(proxy: str, trusting: ssl.SSLContext) -> None:
    """The first frame is here while the text is still being written."""
    url = f"wss://{proxy}{PATH}/v1/stream"
    async with asyncio.timeout(60), open_websocket(url, ssl=trusting) as socket:
        await socket.send('{"type": "text.append", "text": "The first sentence is complete. The second"}')
        while not isinstance(await socket.recv(), bytes):
            pass
