"""Streams over a real broker: a request, a pair of topics, and then the native protocol as over WebSocket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.fakes import FakeSpeaker, fake_samples
from tests.service.mqtt.clients import Heard, Paho, paho_client
from tests.service.mqtt.doors import open_door
from tests.service.mqtt.mosquitto import Mosquitto


@dataclass
class Stream:
    client: Paho
    created: Heard

    def say(self, kind: str, **fields: Any) -> None:
        self.client.publish(self.created["topics"]["up"], {"type": kind, **fields})


@asynccontextmanager
async def opened(broker: Mosquitto) -> AsyncIterator[Stream]:
    async with paho_client(broker, "answers/me") as client:
        client.publish("kokoro/open", reply_to="answers/me", correlation=b"first")
        created = await client.hear()
        await client.subscribe(created["topics"]["down"])
        yield Stream(client, created)


async def test_a_stream_is_a_session_of_the_native_protocol(broker: Mosquitto) -> None:
    async with open_door(broker.url, FakeSpeaker()) as door:
        await door.broker.available()
        async with opened(broker) as stream:
            assert stream.created["type"] == "session.created"
            assert stream.created["topics"]["up"].startswith("kokoro/session/n1/")
            stream.say("text.append", text="Hello there. ")
            stream.say("text.append", text="Good bye.")
            stream.say("text.end")
            stream.say("session.close")
            heard = await stream.client.hear_until("session.goodbye")
    kinds = [message["type"] for message in heard]
    assert kinds[:3] == ["context.started", "segment.started", "words"]
    assert kinds[-2:] == ["context.done", "session.goodbye"]
    pcm = b"".join(message["pcm"] for message in heard if message["type"] == "audio")
    assert pcm == fake_samples(0, len(pcm) // 2)
