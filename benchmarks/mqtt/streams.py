"""A session of the native protocol over either door, as thin as a client can be."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from socket import IPPROTO_TCP, TCP_NODELAY
from typing import Protocol

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.typing import Subprotocol

from kokoro_stream.service import messages
from kokoro_stream.service.messages import PROTOCOL, ClientMessage, ServerMessage, SessionTopics
from kokoro_stream.service.wire import decode_server, encode

from .home import Home

Heard = ServerMessage | bytes


class Stream(Protocol):
    """One session."""

    async def say(self, *said: ClientMessage) -> None:
        """Sends the messages at once."""

    async def hear(self) -> Heard:
        """What comes next: a message, or audio behind its header."""


class WebSocketStream:
    """Over the WebSocket door."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def say(self, *said: ClientMessage) -> None:
        for message in said:
            await self._socket.send(encode(message))

    async def hear(self) -> Heard:
        received = await self._socket.recv()
        return received if isinstance(received, bytes) else decode_server(received)


class MqttStream:
    """Over a pair of topics."""

    def __init__(self, client: aiomqtt.Client, up: str) -> None:
        self._client = client
        self._up = up

    async def say(self, *said: ClientMessage) -> None:
        await asyncio.gather(*(self._client.publish(self._up, encode(message), 1) for message in said))

    async def hear(self) -> Heard:
        payload = await payload_of(self._client)
        return decode_server(payload.decode()) if payload.startswith(b"{") else payload


@asynccontextmanager
async def websocket_stream(home: Home) -> AsyncIterator[Stream]:
    """A session that has been greeted."""
    async with open_websocket(home.server.url, subprotocols=[Subprotocol(PROTOCOL)], compression=None) as socket:
        stream = WebSocketStream(socket)
        await stream.hear()
        yield stream


@asynccontextmanager
async def mqtt_stream(home: Home) -> AsyncIterator[Stream]:
    """The same, opened by a request."""
    async with mqtt_client(home) as client:
        answers = f"benchmark/{secrets.token_hex(4)}"
        await client.subscribe(answers, qos=1)
        request = Properties(PacketTypes.PUBLISH)
        request.ResponseTopic = answers
        await client.publish("kokoro/open", b"", 1, properties=request)
        created = decode_server((await payload_of(client)).decode())
        assert isinstance(created, messages.SessionCreated)
        assert isinstance(created.topics, SessionTopics)
        await client.subscribe(created.topics.down, qos=1)
        stream = MqttStream(client, created.topics.up)
        await stream.say(messages.Ping())
        await stream.hear()
        yield stream


@asynccontextmanager
async def mqtt_client(home: Home) -> AsyncIterator[aiomqtt.Client]:
    """A connection to the broker that does not hold small messages back."""
    async with aiomqtt.Client(
        "127.0.0.1",
        home.broker.port,
        protocol=aiomqtt.ProtocolVersion.V5,
        socket_options=[(IPPROTO_TCP, TCP_NODELAY, 1)],
    ) as client:
        yield client


async def payload_of(client: aiomqtt.Client) -> bytes:
    """What is published next."""
    return bytes((await anext(aiter(client.messages))).payload)
