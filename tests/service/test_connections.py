"""Slow, silent and surplus connections are cut off, and harm nobody. What no client does is written byte by byte."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from websockets.asyncio.client import connect as open_websocket

from kokoro_stream.client import connect
from kokoro_stream.errors import InputError
from kokoro_stream.events import Done
from kokoro_stream.service.app import create_app
from kokoro_stream.service.http import HttpSettings
from kokoro_stream.service.secret import Secret
from kokoro_stream.service.settings import ServiceSettings
from tests.fakes import FakeSpeaker
from tests.service.running import serving

TLS = Path(__file__).parent.parent / "fixtures" / "tls"
SOON = 50  # ms: what is never waited for in full where it is not due
NEVER = 600_000


class Rude:
    """A client that writes what it is told to, byte by byte if need be."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def status_of(self, request: bytes) -> int:
        """What a request without an answering body is answered with."""
        self.writer.write(request)
        return int((await self.reader.readuntil(b"\r\n\r\n")).split()[1])

    async def until_cut_off(self, *, dripping: bytes = b"") -> bytes:
        """What the server says until it hangs up, while the client writes this again and again."""
        heard = asyncio.create_task(self.reader.read())
        while dripping and not heard.done():
            try:
                self.writer.write(dripping)
                await self.writer.drain()
            except ConnectionError:
                break
            await asyncio.wait([heard], timeout=0.01)
        try:
            return await heard
        except ConnectionResetError:
            return b""


@asynccontextmanager
async def rude(address: str, said: bytes = b"") -> AsyncIterator[Rude]:
    host, _, port = address.rpartition(":")
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # the kernel would take megabytes for it
    connection.setblocking(False)
    await asyncio.get_running_loop().sock_connect(connection, (host, int(port)))
    reader, writer = await asyncio.open_connection(sock=connection)
    writer.write(said)
    try:
        yield Rude(reader, writer)
    finally:
        writer.transport.abort()


def head(path: str, *lines: str, method: str = "GET") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: x", *lines, "", ""]).encode()


def upgrade() -> bytes:
    key = base64.b64encode(bytes(16)).decode()
    return head("/v1/stream", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                f"Sec-WebSocket-Key: {key}")  # fmt: skip


def masked(message: dict[str, object]) -> bytes:
    """A text message as clients send it, masked with zeros: RFC 6455 §5.2."""
    data = json.dumps(message).encode()
    length = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2)
    return b"\x81" + length + bytes(4) + data


async def echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(await request.body())


def plain_app() -> Starlette:
    return Starlette(routes=[Route("/echo", echo, methods=["GET", "POST"])])


@pytest.mark.parametrize("dripping", [b"", b"X-A: b\r\n"], ids=["silent", "dripping"])
@pytest.mark.parametrize("requests", [0, 1])
async def test_a_head_that_does_not_come_to_an_end_is_answered_with_408(dripping: bytes, requests: int) -> None:
    async with serving(plain_app(), http=HttpSettings(head_ms=SOON)) as address, rude(address) as client:
        for _ in range(requests):
            assert await client.status_of(head("/echo")) == 200
        client.writer.write(b"GET /echo HTTP/1.1\r\n")
        heard = await client.until_cut_off(dripping=dripping)
    assert heard.startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("dripping", [b"", b"x"], ids=["silent", "dripping"])
async def test_a_body_that_does_not_come_to_an_end_is_answered_with_408(dripping: bytes) -> None:
    async with (
        serving(plain_app(), http=HttpSettings(body_ms=SOON)) as address,
        rude(address, head("/echo", "Content-Length: 100000", method="POST")) as client,
    ):
        heard = await client.until_cut_off(dripping=dripping)
    assert heard.startswith(b"HTTP/1.1 408 ")
    assert heard.count(b"HTTP/1.1") == 1  # the application has nothing to add


async def test_a_body_that_nobody_wants_may_not_drip_for_ever_either() -> None:
    async with (
        serving(plain_app(), http=HttpSettings(body_ms=SOON)) as address,
        rude(address, head("/nothing", "Content-Length: 100000", method="POST")) as client,
    ):
        heard = await client.until_cut_off(dripping=b"x")
    assert heard.startswith(b"HTTP/1.1 404 ")


async def test_requests_that_come_in_time_are_not_hurried() -> None:
    async with (
        serving(plain_app(), http=HttpSettings(head_ms=200, body_ms=200)) as address,
        rude(address) as client,
    ):
        for number in range(5):
            client.writer.write(head("/echo", "Content-Length: 1", method="POST"))
            await asyncio.sleep(0.05)
            client.writer.write(b"x")
            assert (await client.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 "), number
            assert await client.reader.readexactly(1) == b"x"


async def test_a_websocket_is_no_request_that_comes_too_slowly() -> None:
    http = HttpSettings(head_ms=SOON, body_ms=SOON)
    async with (
        serving(create_app(FakeSpeaker()), http=http) as address,
        open_websocket(f"ws://{address}/v1/stream") as client,
    ):
        assert json.loads(await client.recv())["type"] == "session.created"
        await asyncio.sleep(4 * SOON / 1000)
        await client.send('{"type": "ping"}')
        assert json.loads(await client.recv())["type"] == "pong"


async def test_who_takes_no_more_of_an_answer_is_cut_off() -> None:
    ended = asyncio.Event()

    async def zeros() -> AsyncIterator[bytes]:
        try:
            while True:
                await asyncio.sleep(0)
                yield bytes(65536)
        finally:
            ended.set()

    async def endless(request: Request) -> StreamingResponse:
        return StreamingResponse(zeros())

    app = Starlette(routes=[Route("/endless", endless)])
    async with serving(app, http=HttpSettings(stall_ms=SOON)) as address, rude(address, head("/endless")) as client:
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await ended.wait()


async def test_a_listener_who_reads_nothing_is_cut_off_and_his_speech_ends() -> None:
    app = create_app(FakeSpeaker(ms_per_char=1000))
    async with serving(app, http=HttpSettings(stall_ms=SOON)) as address, rude(address, upgrade()) as client:
        await client.reader.readuntil(b"session.created")
        client.writer.write(masked({"type": "session.update", "max_lead_ms": NEVER}))
        client.writer.write(masked({"type": "text.append", "text": "A long speech. " * 100}))
        await client.reader.readuntil(b"context.started")
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.wait([task for task in asyncio.all_tasks() if task.get_name() == "speak default"])


async def test_a_peer_that_answers_no_ping_is_cut_off_and_others_are_not() -> None:
    async with (
        serving(create_app(FakeSpeaker()), http=HttpSettings(ping_ms=SOON)) as address,
        rude(address, upgrade()) as gone,
        open_websocket(f"ws://{address}/v1/stream") as here,
    ):
        await gone.until_cut_off()
        await here.send('{"type": "ping"}')
        assert [json.loads(await here.recv())["type"] for _ in range(2)] == ["session.created", "pong"]


async def test_one_connection_too_many_is_answered_with_503_until_another_has_gone() -> None:
    bye = head("/echo", "Connection: close")
    async with (
        serving(plain_app(), http=HttpSettings(max_connections=2)) as address,
        rude(address) as first,
        rude(address) as second,
    ):
        assert [await each.status_of(head("/echo")) for each in (first, second)] == [200, 200]
        async with rude(address) as third:
            assert (await third.until_cut_off()).startswith(b"HTTP/1.1 503 ")
        first.writer.write(bye)
        await first.until_cut_off()
        async with rude(address) as fourth:
            assert await fourth.status_of(bye) == 200


async def test_five_hundred_idle_connections_and_sessions_cost_a_listener_nothing() -> None:
    settings = ServiceSettings(max_sessions=1000)
    async with serving(create_app(FakeSpeaker(), settings)) as address, AsyncExitStack() as idle:
        for number in range(500):
            await idle.enter_async_context(rude(address, upgrade() if number % 2 else b"GET /"))
        async with connect(f"ws://{address}/v1/stream") as client, client.speak("Still here.") as speech:
            assert isinstance([event async for event in speech.events()][-1], Done)


@pytest.mark.parametrize("shown_below", ["", "/speech"], ids=["the proxy takes the path off", "it does not"])
async def test_behind_a_proxy_the_service_may_lie_below_a_path(shown_below: str) -> None:
    async def where(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(request.url_for("where")))

    app = Starlette(routes=[Route("/where", where)])
    async with (
        serving(app, http=HttpSettings(root_path="/speech/")) as address,
        rude(address, head(f"{shown_below}/where", "Connection: close")) as client,
    ):
        assert (await client.until_cut_off()).endswith(b"http://x/speech/where")


@pytest.mark.parametrize(("proxies", "seen"), [((), "127.0.0.1 http"), (("127.0.0.0/8",), "203.0.113.9 https")])
async def test_only_proxies_that_are_known_are_believed(proxies: tuple[str, ...], seen: str) -> None:
    async def who(request: Request) -> PlainTextResponse:
        assert request.client is not None
        return PlainTextResponse(f"{request.client.host} {request.url.scheme}")

    forwarded = ("X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https", "Connection: close")
    async with (
        serving(Starlette(routes=[Route("/who", who)]), http=HttpSettings(proxies=proxies)) as address,
        rude(address, head("/who", *forwarded)) as client,
    ):
        assert (await client.until_cut_off()).endswith(seen.encode())


@pytest.mark.parametrize("keyfile", ["key.pem", "locked.pem"])
async def test_with_a_certificate_the_service_is_encrypted(keyfile: str) -> None:
    http = HttpSettings(certfile=str(TLS / "cert.pem"), keyfile=str(TLS / keyfile), key_password=Secret("opensesame"))
    await asyncio.to_thread(http.check_certificate)
    trusting = await asyncio.to_thread(ssl.create_default_context, cafile=str(TLS / "cert.pem"))
    async with (
        serving(create_app(FakeSpeaker()), http=http) as address,
        open_websocket(f"wss://{address}/v1/stream", ssl=trusting) as socket,
    ):
        assert json.loads(await socket.recv())["type"] == "session.created"


@pytest.mark.parametrize(
    ("certfile", "keyfile", "complaint"),
    [
        ("nowhere.pem", "", "nowhere.pem: No such file"),
        ("cert.pem", "nowhere.pem", "No such file"),
        ("cert.pem", "other.pem", "cannot be used"),
        ("cert.pem", "locked.pem", "key_password is wrong"),
        ("cert.pem", "", "cannot be used"),
    ],
)
def test_a_certificate_that_cannot_be_used_is_named(certfile: str, keyfile: str, complaint: str) -> None:
    http = HttpSettings(certfile=str(TLS / certfile), keyfile=str(TLS / keyfile) if keyfile else "")
    with pytest.raises(InputError, match=f"certfile: .*{complaint}"):
        http.check_certificate()
