"""Rhasspy's side of a real broker: a dialogue that asks, and a satellite that plays."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import paho.mqtt.client as paho
import pytest

from kokoro_stream.audio import wav
from kokoro_stream.errors import ConnectionLostError, InputError
from kokoro_stream.service.mqtt.connection import Broker
from kokoro_stream.service.mqtt.door import MqttDoor
from kokoro_stream.service.mqtt.hermes import Hermes
from kokoro_stream.service.mqtt.packets import Arrival, Post
from kokoro_stream.service.mqtt.settings import HermesSettings, MqttSettings
from kokoro_stream.service.service import Service
from kokoro_stream.service.settings import ServiceSettings
from tests.fakes import FakeSpeaker, fake_samples
from tests.service.mqtt.clients import Paho, paho_client
from tests.service.mqtt.doors import open_door
from tests.service.mqtt.mosquitto import Mosquitto

SAY = {"text": "Hello.", "siteId": "kitchen", "lang": "", "id": "req-1", "sessionId": "talk-1"}
FINISHED = {"id": "req-1", "siteId": "kitchen", "sessionId": "talk-1"}
PLAY = "hermes/audioServer/kitchen/playBytes"


@asynccontextmanager
async def rhasspy(
    broker: Mosquitto, speaker: FakeSpeaker, service: ServiceSettings | None = None, **settings: Any
) -> AsyncIterator[tuple[MqttDoor, Paho]]:
    """The door, and a client that hears all of Hermes but what it asks for itself."""
    hermes = HermesSettings(**{"enabled": True, "patience_ms": 60_000, **settings})
    async with open_door(broker.url, speaker, service, hermes=hermes) as door:
        await door.broker.available()
        topics = ("hermes/audioServer/+/playBytes/+", "hermes/tts/sayFinished", "hermes/error/tts", "+/tts/voices")
        async with paho_client(broker, *topics) as client:
            yield door, client


async def heard(client: Paho) -> tuple[str, bytes]:
    message: paho.MQTTMessage = await client.heard.get()
    return message.topic, bytes(message.payload)


async def told(client: Paho) -> tuple[str, dict[str, Any]]:
    topic, payload = await heard(client)
    return topic, json.loads(payload)


def played(client: Paho, id: str | None, site: str = "kitchen") -> None:
    """The satellite says that it has played a file."""
    client.publish(f"hermes/audioServer/{site}/playFinished", {"id": id, "sessionId": "talk-1"})


async def test_what_is_said_is_a_whole_wav_file_and_finished_when_it_has_been_played(broker: Mosquitto) -> None:
    async with rhasspy(broker, FakeSpeaker()) as (_, client):
        client.publish("hermes/tts/say", SAY)
        topic, file = await heard(client)
        assert topic == f"{PLAY}/req-1"
        sound = wav.read(file)
        assert (sound.sample_rate, sound.encoding) == (16_000, "pcm_s16le")
        assert file.endswith(fake_samples(0, 16 * len("Hello.")))
        assert len(sound.samples) == 16 * len("Hello.")
        assert client.heard.empty()
        played(client, "another")
        played(client, "req-1")
        assert await told(client) == ("hermes/tts/sayFinished", FINISHED)


async def test_a_satellite_need_not_say_which_file_it_has_played(broker: Mosquitto) -> None:
    async with rhasspy(broker, FakeSpeaker()) as (_, client):
        client.publish("hermes/tts/say", SAY)
        await heard(client)
        played(client, None)
        assert (await told(client))[0] == "hermes/tts/sayFinished"


@pytest.mark.parametrize("settings", [{"wait": False}, {"patience_ms": 0}])
async def test_a_satellite_that_says_nothing_holds_up_nobody_for_ever(
    broker: Mosquitto, settings: dict[str, Any]
) -> None:
    async with rhasspy(broker, FakeSpeaker(), **settings) as (_, client):
        client.publish("hermes/tts/say", SAY)
        assert (await heard(client))[0] == f"{PLAY}/req-1"
        assert await told(client) == ("hermes/tts/sayFinished", FINISHED)


async def test_chunks_are_numbered_files_that_hold_everything_once(broker: Mosquitto) -> None:
    text = "x" * 1100  # at a millisecond a character
    async with rhasspy(broker, FakeSpeaker(), chunk_ms=250) as (_, client):
        client.publish("hermes/tts/say", {**SAY, "text": text})
        files = [await heard(client) for _ in range(5)]
        played(client, "req-1-0005")
        assert (await told(client))[0] == "hermes/tts/sayFinished"
    assert [topic for topic, _ in files] == [f"{PLAY}/req-1-{number:04}" for number in range(1, 6)]
    samples = np.concatenate([wav.read(file).samples for _, file in files])
    assert samples.tolist() == wav.read(wav.file(fake_samples(0, 16 * 1100), "pcm_s16le", 16_000)).samples.tolist()


async def test_the_first_chunk_comes_while_the_rest_is_being_made(broker: Mosquitto) -> None:
    speaker = FakeSpeaker(gate=asyncio.Semaphore(6))  # 240 ms
    async with rhasspy(broker, speaker, chunk_ms=200) as (_, client):
        client.publish("hermes/tts/say", {**SAY, "text": "x" * 300})
        assert (await heard(client))[0] == f"{PLAY}/req-1-0001"
        assert speaker.gate is not None
        speaker.gate.release()
        speaker.gate.release()
        assert (await heard(client))[0] == f"{PLAY}/req-1-0002"
        played(client, "req-1-0002")
        await told(client)


async def test_a_site_hears_one_after_the_other_and_sites_do_not_wait_for_one_another(broker: Mosquitto) -> None:
    async with rhasspy(broker, FakeSpeaker()) as (_, client):
        for id in ("one", "two"):
            client.publish("hermes/tts/say", {**SAY, "id": id})
        client.publish("hermes/tts/say", {**SAY, "siteId": "hall"})
        topics = {(await heard(client))[0] for _ in range(2)}
        assert topics == {f"{PLAY}/one", "hermes/audioServer/hall/playBytes/req-1"}
        played(client, "one")
        assert (await told(client))[1]["id"] == "one"
        assert (await heard(client))[0] == f"{PLAY}/two"
        played(client, "two")
        played(client, "req-1", "hall")
        assert {(await told(client))[1]["id"] for _ in range(2)} == {"two", "req-1"}


async def test_volume_rate_and_language_are_the_requests(broker: Mosquitto) -> None:
    speaker = FakeSpeaker()
    async with rhasspy(broker, speaker, sample_rate=8000, wait=False) as (_, client):
        client.publish("hermes/tts/say", {**SAY, "volume": 0.5, "lang": "en_GB"})
        await heard(client)
    (config,) = speaker.configs
    assert (config.volume, config.sample_rate, config.voice) == (0.5, 8000, "af_fake")


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({**SAY, "lang": "de_DE"}, "'de_DE' is not available"),
        ({**SAY, "volume": 3}, "volume: 3.0 is outside"),
        ({**SAY, "text": "fail"}, "asked to fail"),
        ({**SAY, "text": "explode"}, "the server's log says why"),
        ({**SAY, "text": "x" * 100_001}, "text: 100001 characters"),
    ],
)
async def test_what_fails_is_told_and_finished(broker: Mosquitto, request_: dict[str, Any], error: str) -> None:
    async with rhasspy(broker, FakeSpeaker(), wait=False) as (_, client):
        client.publish("hermes/tts/say", request_)
        topic, failure = await told(client)
        assert topic == "hermes/error/tts"
        assert error in failure.pop("error")
        assert failure == {"siteId": "kitchen", "context": "req-1", "sessionId": "talk-1"}
        assert await told(client) == ("hermes/tts/sayFinished", FINISHED)
        client.publish("hermes/tts/say", SAY)
        assert (await heard(client))[0] == f"{PLAY}/req-1"


@pytest.mark.parametrize("payload", [b"", b"Hello.", b"[]", b'{"siteId":"x"}', b'{"text":1}', b"\xff", b"{" * 9999])
async def test_what_cannot_be_read_is_told(broker: Mosquitto, payload: bytes) -> None:
    async with rhasspy(broker, FakeSpeaker()) as (_, client):
        client.publish("hermes/tts/say", payload)
        assert (await told(client))[0] == "hermes/error/tts"
        played(client, "nobody asked")
        client.publish("rhasspy/tts/getVoices", {"id": "still there"})
        assert (await told(client))[1]["id"] == "still there"


async def test_a_name_that_cannot_be_a_topic_is_no_topic(broker: Mosquitto) -> None:
    async with rhasspy(broker, FakeSpeaker(), wait=False) as (_, client):
        client.publish("hermes/tts/say", {**SAY, "siteId": "a/b"})
        assert "siteId" in (await told(client))[1]["error"]
        assert (await told(client))[0] == "hermes/tts/sayFinished"
        client.publish("hermes/tts/say", {**SAY, "id": "a/#"})
        topic, _ = await heard(client)
        assert topic.count("/") == 4
        assert (await told(client))[1]["id"] == "a/#"


async def test_too_many_requests_are_refused(broker: Mosquitto) -> None:
    speaker = FakeSpeaker(gate=asyncio.Semaphore(0))
    async with rhasspy(broker, speaker, wait=False) as (_, client):
        for number in range(65):
            client.publish("hermes/tts/say", {**SAY, "id": f"{number}"})
        topic, refusal = await told(client)
        assert (topic, refusal["context"]) == ("hermes/error/tts", "64")
        assert (await told(client))[1]["id"] == "64"
        assert speaker.gate is not None
        for _ in range(64):
            speaker.gate.release()
        topics = [(await heard(client))[0] for _ in range(128)]
    assert topics[::2] == [f"{PLAY}/{number}" for number in range(64)]
    assert set(topics[1::2]) == {"hermes/tts/sayFinished"}


async def test_voices_are_told_in_both_spellings(broker: Mosquitto) -> None:
    voices = [{"voiceId": name, "description": name} for name in FakeSpeaker.voices]
    async with rhasspy(broker, FakeSpeaker()) as (_, client):
        for base in ("rhasspy", "hermes"):
            client.publish(f"{base}/tts/getVoices", {"id": "v", "siteId": "kitchen"})
            assert await told(client) == (f"{base}/tts/voices", {"voices": voices, "id": "v", "siteId": "kitchen"})


async def test_only_the_sites_that_are_ours_are_served(broker: Mosquitto) -> None:
    speaker = FakeSpeaker()
    async with rhasspy(broker, speaker, sites=("hall",), wait=False) as (_, client):
        client.publish("hermes/tts/say", SAY)
        client.publish("hermes/tts/say", {**SAY, "siteId": "hall"})
        assert (await heard(client))[0] == "hermes/audioServer/hall/playBytes/req-1"
    assert len(speaker.configs) == 1


async def test_servers_of_different_sites_do_not_take_requests_from_each_other(broker: Mosquitto) -> None:
    hermes = HermesSettings(enabled=True, sites=("hall",), wait=False)
    async with (
        rhasspy(broker, FakeSpeaker(), sites=("kitchen",), wait=False) as (_, client),
        open_door(broker.url, FakeSpeaker(), node="n2", hermes=hermes) as other,
    ):
        await other.broker.available()
        for site in ("kitchen", "hall"):
            for number in range(4):
                client.publish("hermes/tts/say", {**SAY, "siteId": site, "id": f"{site}-{number}"})
        topics = {(await heard(client))[0] for _ in range(2 * 8)}
    assert len(topics - {"hermes/tts/sayFinished"}) == 8


class Away(Broker):
    """A broker that is there once it is waited for; it remembers what it is given."""

    def __init__(self) -> None:
        super().__init__(MqttSettings(url="mqtt://nowhere"), Post("will", ""))
        self.found = False
        self.taken: asyncio.Queue[str] = asyncio.Queue()

    async def available(self) -> None:
        self.found = True

    async def publish(self, post: Post) -> None:
        if not self.found:
            raise ConnectionLostError("there is no connection to the broker")
        self.post(post)

    def post(self, post: Post) -> None:
        self.taken.put_nowait(post.topic)


async def test_what_waits_during_an_outage_is_spoken_after_it() -> None:
    broker, service = Away(), Service(FakeSpeaker(), ServiceSettings())
    settings = MqttSettings(url="mqtt://nowhere", hermes=HermesSettings(enabled=True, wait=False))
    async with service.lifespan(None), asyncio.TaskGroup() as tasks:
        hermes = Hermes(broker, service, settings, tasks)
        for id in ("one", "two"):
            hermes._ask(Arrival("hermes/tts/say", json.dumps({**SAY, "id": id}).encode()))
        topics = [await broker.taken.get() for _ in range(4)]
    assert topics == [f"{PLAY}/one", "hermes/tts/sayFinished", f"{PLAY}/two", "hermes/tts/sayFinished"]


async def test_when_the_service_ends_speech_is_cut_and_the_dialogue_told(broker: Mosquitto) -> None:
    speaker = FakeSpeaker(gate=asyncio.Semaphore(0))
    async with rhasspy(broker, speaker, ServiceSettings(grace_ms=0)) as (door, client):
        service: Service = door._service
        client.publish("hermes/tts/say", SAY)
        client.publish("rhasspy/tts/getVoices", {})
        await told(client)
        await service.drain()
        topic, failure = await told(client)
        assert (topic, failure["error"]) == ("hermes/error/tts", "the server is going away")
        assert (await told(client))[0] == "hermes/tts/sayFinished"
        assert speaker.live == 0


async def test_it_is_off_unless_it_is_wanted(broker: Mosquitto) -> None:
    async with rhasspy(broker, FakeSpeaker(), enabled=False) as (door, client):
        client.publish("hermes/tts/say", SAY)
        client.publish("kokoro/say", {"text": "Hello.", "reply_to": "hermes/error/tts"})
        assert (await told(client))[1]["type"] == "say.accepted"
        assert door.hermes is None


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [({"sample_rate": 1}, "sample_rate"), ({"chunk_ms": 1}, "chunk_ms"), ({"patience_ms": -1}, "patience_ms")],
)
def test_a_setting_that_cannot_be_used_is_named(settings: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=rf"hermes\.{complaint}"):
        HermesSettings(**settings)
