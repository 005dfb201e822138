"""Other people's clients: plain paho, which knows nothing of ours."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from kokoro_stream.service.wire import AudioHeader
from tests.service.mqtt.mosquitto import Mosquitto

Heard = dict[str, Any]


class Paho:
    """A client in a thread of its own; what it hears waits in a queue of the test's event loop."""

    def __init__(self, broker: Mosquitto, *, five: bool = True, user: str = "", password: str = "") -> None:
        self._loop = asyncio.get_running_loop()
        self._broker = broker
        self.heard: asyncio.Queue[paho.MQTTMessage] = asyncio.Queue()
        self.five = five
        self._done: asyncio.Queue[int] = asyncio.Queue()
        self.client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5 if five else paho.MQTTv311)
        if user:
            self.client.username_pw_set(user, password)
        self.client.on_message = self._on_message
        self.client.on_connect = lambda *_: self._tell()
        self.client.on_subscribe = lambda *_: self._tell()

    def _on_message(self, client: paho.Client, userdata: Any, message: paho.MQTTMessage) -> None:
        self._loop.call_soon_threadsafe(self.heard.put_nowait, message)

    def _tell(self) -> None:
        self._loop.call_soon_threadsafe(self._done.put_nowait, 1)

    async def connect(self) -> None:
        await asyncio.to_thread(self.client.connect, "127.0.0.1", self._broker.port)
        self.client.loop_start()
        await self._done.get()

    async def leave(self) -> None:
        self.client.disconnect()
        await asyncio.to_thread(self.client.loop_stop)
        self.client._reset_sockets()  # of its thread; paho leaves them to the garbage collector

    async def returned(self, *topics: str) -> None:
        """Returns once it has found a broker again that had gone, and subscribed again."""
        await self._done.get()
        await self.subscribe(*topics)

    async def subscribe(self, *topics: str, qos: int = 1) -> None:
        for topic in topics:
            self.client.subscribe(topic, qos)
            await self._done.get()

    def publish(
        self,
        topic: str,
        payload: str | bytes | dict[str, Any] = b"",
        *,
        qos: int = 1,
        retain: bool = False,
        reply_to: str = "",
        correlation: bytes = b"",
    ) -> None:
        properties = None
        if reply_to:
            properties = Properties(PacketTypes.PUBLISH)
            properties.ResponseTopic = reply_to
            if correlation:
                properties.CorrelationData = correlation
        body = json.dumps(payload) if isinstance(payload, dict) else payload
        self.client.publish(topic, body, qos, retain, properties)

    async def hear(self) -> Heard:
        """The next message: JSON, ``{"type": "audio", "header", "pcm"}`` or noise; ``"topic"`` says where it came."""
        message = await self.heard.get()
        if message.payload[:1] == b"K":
            header, pcm = AudioHeader.unpack(bytes(message.payload))
            return {"type": "audio", "header": header, "pcm": pcm, "topic": message.topic}
        try:
            return {**json.loads(message.payload), "topic": message.topic}
        except (ValueError, TypeError):
            return {"type": "noise", "topic": message.topic}

    async def hear_until(self, *kinds: str) -> list[Heard]:
        """Everything up to and including the first message of one of these types."""
        heard = [await self.hear()]
        while heard[-1].get("type") not in kinds:
            heard.append(await self.hear())
        return heard


@asynccontextmanager
async def paho_client(broker: Mosquitto, *topics: str, **options: Any) -> AsyncIterator[Paho]:
    """A connected client that has subscribed to the topics."""
    client = Paho(broker, **options)
    await client.connect()
    try:
        await client.subscribe(*topics)
        yield client
    finally:
        await client.leave()
