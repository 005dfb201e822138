"""Streams over a real broker: a request, a pair of topics, and then the native protocol as over WebSocket."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from kokoro_stream.service.mqtt import link, streams
from kokoro_stream.service.settings import ServiceSettings
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
async def opened(broker: Mosquitto, *, greet: bool = True) -> AsyncIterator[Stream]:
    """A stream that a client of its own has opened; unless it greets, the server waits for its first message."""
    async with paho_client(broker, "answers/me") as client:
        client.publish("kokoro/open", reply_to="answers/me", correlation=b"first")
        stream = Stream(client, await client.hear())
        await client.subscribe(stream.created["topics"]["down"])
        if greet:
            stream.say("ping")
            assert (await client.hear())["type"] == "pong"
        yield stream


async def answer(client: Paho) -> Heard:
    client.publish("kokoro/open", reply_to="answers/me")
    return await client.hear()


async def test_a_stream_is_a_session_of_the_native_protocol(broker: Mosquitto) -> None:
    async with open_door(broker.url, FakeSpeaker()) as door:
        await door.broker.available()
        async with opened(broker, greet=False) as stream:
            assert stream.created["type"] == "session.created"
            up = stream.created["topics"]["up"]
            assert up == f"kokoro/session/n1/{stream.created['session_id']}/up"
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


@pytest.mark.parametrize("qos", [0, 1])
async def test_audio_may_be_lost_or_not_by_setting(qos: int, broker: Mosquitto) -> None:
    async with open_door(broker.url, FakeSpeaker(), audio_qos=qos) as door:
        await door.broker.available()
        async with opened(broker) as stream:
            stream.say("text.append", text="Hello there. ")
            while (message := await stream.client.heard.get()).payload[:1] != b"K":
                assert message.qos == 1
            assert message.qos == qos
            assert 1 <= getattr(message.properties, "MessageExpiryInterval", 0) <= 2


async def test_the_answer_bears_the_requests_correlation(broker: Mosquitto) -> None:
    async with open_door(broker.url, FakeSpeaker()) as door, paho_client(broker, "answers/me") as client:
        await door.broker.available()
        client.publish("kokoro/open", reply_to="answers/me", correlation=b"mine")
        message = await client.heard.get()
    assert getattr(message.properties, "CorrelationData", None) == b"mine"


@pytest.mark.parametrize(
    ("payload", "reply_to"),
    [(b"", ""), (b"{}", ""), (b"not JSON", ""), (b'{"reply_to": "a/#"}', ""), (b'{"reply_to": "$SYS/x"}', "")],
)
async def test_who_does_not_say_where_to_answer_gets_none(
    payload: bytes, reply_to: str, broker: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_door(broker.url, FakeSpeaker()) as door, paho_client(broker, "answers/me") as client:
        await door.broker.available()
        client.publish("kokoro/open", payload, reply_to=reply_to)
        assert (await answer(client))["type"] == "session.created"
    assert "does not say where to answer" in caplog.text


async def test_nothing_comes_down_before_the_client_has_said_something(broker: Mosquitto) -> None:
    async with open_door(broker.url, FakeSpeaker(), ServiceSettings(grace_ms=0)) as door:
        await door.broker.available()
        async with opened(broker, greet=False) as stream:
            stream.say("ping", t=1)
            assert (await stream.client.hear())["t"] == 1


async def test_who_never_says_anything_loses_the_session(broker: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "UNANSWERED_S", 0.01)
    async with open_door(broker.url, FakeSpeaker()) as door:
        await door.broker.available()
        async with opened(broker, greet=False) as stream:
            await door._service._empty.wait()  # the session has ended
            stream.say("ping")
            error = await stream.client.hear()
    assert (error["code"], error["fatal"]) == ("unknown_session", True)


async def test_a_session_that_hears_nothing_ends(broker: Mosquitto) -> None:
    async with open_door(broker.url, FakeSpeaker(), idle_ms=50) as door:
        await door.broker.available()
        async with opened(broker) as stream:
            assert stream.created["limits"]["idle_ms"] == 50
            goodbye = await stream.client.hear()
    assert (goodbye["type"], goodbye["reason"]) == ("session.goodbye", "idle")


async def test_one_session_too_many_is_told_when_to_come_back(broker: Mosquitto) -> None:
    async with open_door(broker.url, FakeSpeaker(), ServiceSettings(max_sessions=1)) as door:
        await door.broker.available()
        async with opened(broker), paho_client(broker, "answers/you") as client:
            client.publish("kokoro/open", reply_to="answers/you")
            refusal = await client.hear()
    assert (refusal["type"], refusal["code"], refusal["fatal"]) == ("error", "overloaded", True)
    assert refusal["retry_after_ms"] > 0


async def test_a_message_that_cannot_be_read_harms_nothing(broker: Mosquitto) -> None:
    async with open_door(broker.url, FakeSpeaker()) as door:
        await door.broker.available()
        async with opened(broker) as stream:
            up = stream.created["topics"]["up"]
            for payload, code in ((b"{", "bad_json"), (b"\xff", "bad_json"), (b'{"type": "x"}', "unknown_type")):
                stream.client.publish(up, payload)
                assert (await stream.client.hear())["code"] == code
            stream.say("ping")
            assert (await stream.client.hear())["type"] == "pong"


async def test_who_sends_faster_than_can_be_looked_at_loses_the_session_and_nobody_else(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "INBOX_BYTES", 100)
    async with open_door(broker.url, FakeSpeaker()) as door:
        await door.broker.available()
        async with opened(broker) as fast, opened(broker) as other:
            hold = door.streams.open[fast.created["session_id"]]
            for _ in range(20):
                hold.deliver(b'{"type": "ping"}')
            error, *_ = [message for message in await fast.client.hear_until("error") if message["type"] == "error"]
            assert (error["code"], error["fatal"]) == ("too_fast", True)
            other.say("ping")
            assert (await other.client.hear())["type"] == "pong"


DEAF = """
import sys, json, paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
client.connect("127.0.0.1", int(sys.argv[1]))
client.on_subscribe = lambda *_: print("ready", flush=True)
client.subscribe(sys.argv[2], 1)
client.loop_forever()
"""


async def test_a_listener_that_stops_reading_harms_nobody(broker: Mosquitto) -> None:
    """Its own process is stopped; the server goes on by the clock, within the lead, and serves the others."""
    speaker = FakeSpeaker(ms_per_char=40)
    async with open_door(broker.url, speaker, ServiceSettings(max_lead_ms=600)) as door:
        await door.broker.available()
        async with opened(broker) as stream, opened(broker) as other:
            down = stream.created["topics"]["down"]
            deaf = await asyncio.create_subprocess_exec(sys.executable, "-c", DEAF, str(broker.port), down, stdout=PIPE)
            try:
                assert deaf.stdout is not None
                assert await deaf.stdout.readline() == b"ready\n"
                os.kill(deaf.pid, signal.SIGSTOP)
                stream.say("text.append", text="A story without an end. " * 1000)
                await stream.client.hear_until("audio")
                other.say("text.append", text="Is it quiet? ")
                other.say("text.end")
                done = (await other.client.hear_until("context.done"))[-1]
                assert done["audio_ms"] == 12 * 40
                # Two speeches by the clock: nothing is made in advance for those who do not listen.
                assert speaker.frames_made < 100
                stream.say("interrupt")
                assert (await stream.client.hear_until("context.interrupted"))[-1]["audio_sent_ms"] < 4000
            finally:
                deaf.kill()
                await deaf.wait()
