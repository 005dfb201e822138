"""Home Assistant's side of a real broker: what it is shown, and what its controls do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from kokoro_stream.config import SpeechConfig
from kokoro_stream.service.mqtt.door import MqttDoor
from kokoro_stream.service.mqtt.settings import HomeAssistantSettings
from kokoro_stream.service.settings import ServiceSettings
from tests.fakes import FakeSpeaker
from tests.service.mqtt.clients import Heard, Paho, paho_client
from tests.service.mqtt.doors import open_door
from tests.service.mqtt.home_assistant_rules import complaints
from tests.service.mqtt.mosquitto import Mosquitto

CONFIG = "homeassistant/device/kokoro_n1/config"
STATE = "kokoro/server/n1/state"


@asynccontextmanager
async def connected(broker: Mosquitto, speaker: FakeSpeaker, **settings: Any) -> AsyncIterator[MqttDoor]:
    async with open_door(broker.url, speaker, **settings) as door:
        await door.broker.available()
        yield door


async def shown(client: Paho, **fields: object) -> Heard:
    """The first state with these fields."""
    while True:
        state = await client.hear()
        if state["topic"] == STATE and fields.items() <= state.items():
            return state


async def test_it_is_shown_a_device_that_it_accepts_and_the_state_of_it(broker: Mosquitto) -> None:
    async with connected(broker, FakeSpeaker()), paho_client(broker, "homeassistant/+/+/config") as home:
        device = await home.hear()
        topic = device.pop("topic")
        await home.subscribe(STATE)
        state = await home.hear()
    assert complaints(topic, "homeassistant", device) == []
    assert topic == CONFIG
    assert device["components"]["voice"]["options"] == ["af_fake", "am_fake"]
    assert {component["platform"] for component in device["components"].values()} == {
        "notify", "text", "select", "number", "button", "sensor",
    }  # fmt: skip
    assert state == {
        "topic": STATE, "state": "idle", "targets": [], "waiting": 0, "first_audio_ms": None,
        "voice": "af_fake", "speed": 1.0, "volume": 1.0,
    }  # fmt: skip


async def test_every_topic_that_it_is_told_of_is_one_of_the_servers(broker: Mosquitto) -> None:
    async with connected(broker, FakeSpeaker()), paho_client(broker, CONFIG) as home:
        device = await home.hear()
    components = device["components"].values()
    own = ["announce", "voice/set", "speed/set", "volume/set", "stop", "skip"]
    commands = {component["command_topic"] for component in components if "command_topic" in component}
    assert commands == {f"kokoro/server/n1/{name}" for name in own}
    assert {component["state_topic"] for component in components if "state_topic" in component} == {STATE}
    assert [each["topic"] for each in device["availability"]] == ["kokoro/server/n1/status"]


async def test_it_is_told_again_when_it_says_that_it_has_started(broker: Mosquitto) -> None:
    async with connected(broker, FakeSpeaker()), paho_client(broker, CONFIG) as home:
        first = await home.hear()
        home.publish("homeassistant/status", "offline")
        home.publish("homeassistant/status", "online")
        assert await home.hear() == first


async def test_it_is_told_again_by_a_broker_that_has_forgotten_everything(broker: Mosquitto) -> None:
    async with connected(broker, FakeSpeaker()) as door:
        await broker.kill()
        await broker.start()
        await door.broker.available()
        for topic in (CONFIG, STATE):
            async with paho_client(broker, topic) as home:
                assert (await home.hear())["topic"] == topic


async def test_a_notification_is_spoken_as_it_is_even_if_it_looks_like_a_request(broker: Mosquitto) -> None:
    speaker = FakeSpeaker()
    async with connected(broker, speaker), paho_client(broker, "kokoro/event") as home:
        home.publish("kokoro/server/n1/announce", '{"text": "no", "voice": "am_fake"}')
        end = (await home.hear_until("say.ended"))[-1]
    assert (end["outcome"], end["target"]) == ("spoken", "default")
    assert [config.voice for config in speaker.configs] == [""]


async def test_what_is_set_holds_for_later_announcements_and_is_shown(broker: Mosquitto) -> None:
    speaker = FakeSpeaker()
    async with connected(broker, speaker), paho_client(broker, "kokoro/event", STATE) as home:
        home.publish("kokoro/server/n1/voice/set", "am_fake")
        home.publish("kokoro/server/n1/speed/set", "1.25")
        home.publish("kokoro/server/n1/volume/set", "0.5")
        await shown(home, voice="am_fake", speed=1.25, volume=0.5)
        home.publish("kokoro/server/n1/announce", "Dinner is ready.")
        await home.hear_until("say.ended")
        async with paho_client(broker, STATE) as later:
            assert (await later.hear())["voice"] == "am_fake"  # retained
    (config,) = speaker.configs
    assert (config.voice, config.speed, config.volume) == ("am_fake", 1.25, 0.5)


async def test_a_voice_chosen_there_speaks_its_own_language_and_the_servers_own_the_configured_one(
    broker: Mosquitto,
) -> None:
    speaker, settings = FakeSpeaker(), ServiceSettings(speech=SpeechConfig(lang="en-us"))
    async with open_door(broker.url, speaker, settings) as door, paho_client(broker, "kokoro/event") as home:
        await door.broker.available()
        for voice in ("am_fake", "af_fake"):
            home.publish("kokoro/server/n1/voice/set", voice)
            home.publish("kokoro/server/n1/announce", "Dinner is ready.")
            await home.hear_until("say.ended")
    assert [(config.voice, config.lang) for config in speaker.configs] == [("am_fake", ""), ("af_fake", "en-us")]


async def test_what_cannot_be_set_changes_nothing(broker: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    async with connected(broker, FakeSpeaker()), paho_client(broker, STATE) as home:
        await home.hear()
        for setting, value in (("voice", "nobody"), ("speed", "9"), ("volume", "loud")):
            home.publish(f"kokoro/server/n1/{setting}/set", value)
        home.publish("kokoro/server/n1/speed/set", "2.0")
        await shown(home, voice="af_fake", speed=2.0, volume=1.0)
    for complaint in ("'nobody' is none of af_fake, am_fake", "9.0 is outside 0.5–2", "b'loud' is no number"):
        assert complaint in caplog.text


async def test_a_wish_that_the_broker_has_kept_is_nobodys(broker: Mosquitto) -> None:
    async with paho_client(broker) as home:
        home.publish("kokoro/server/n1/voice/set", "am_fake", retain=True)
        home.publish("kokoro/server/n1/announce", "From long ago.", retain=True)
        speaker = FakeSpeaker()
        async with connected(broker, speaker):
            home.publish("kokoro/server/n1/announce", "Now.")
            await home.subscribe("kokoro/event")
            await home.hear_until("say.ended")
    assert [config.voice for config in speaker.configs] == [""]


async def test_it_sees_who_is_spoken_to_what_waits_and_how_soon_it_began(broker: Mosquitto) -> None:
    speaker = FakeSpeaker(gate=asyncio.Semaphore(0))
    async with connected(broker, speaker), paho_client(broker, STATE) as home:
        home.publish("kokoro/server/n1/announce", "The first one.")
        home.publish("kokoro/server/n1/announce", "The second one.")
        await shown(home, state="speaking", targets=["default"], waiting=1)
        assert speaker.gate is not None
        speaker.gate.release()
        await shown(home, state="speaking", waiting=0, first_audio_ms=1.0)
        speaker.gate.release()
        await shown(home, state="idle", targets=[], waiting=0)


async def test_it_sees_that_what_a_busy_machine_refused_waits_again(broker: Mosquitto) -> None:
    async with connected(broker, FakeSpeaker(places=0)), paho_client(broker, "kokoro/event", STATE) as home:
        home.publish("kokoro/server/n1/announce", "Patience.")
        await home.hear_until("say.started")
        await shown(home, state="idle", targets=[], waiting=1)


@pytest.mark.parametrize(("button", "outcomes"), [("stop", ["stopped", "stopped"]), ("skip", ["skipped", ""])])
async def test_its_buttons_stop_everything_or_go_on_to_the_next(
    broker: Mosquitto, button: str, outcomes: list[str]
) -> None:
    speaker = FakeSpeaker(gate=asyncio.Semaphore(0))
    async with connected(broker, speaker), paho_client(broker, "kokoro/event", STATE) as home:
        home.publish("kokoro/server/n1/announce", "The first one.")
        home.publish("kokoro/server/n1/announce", "The second one.")
        await shown(home, state="speaking", waiting=1)
        home.publish(f"kokoro/server/n1/{button}", "PRESS")
        ends = [(await home.hear_until("say.ended"))[-1]]
        assert speaker.gate is not None
        speaker.gate.release()
        ends.append((await home.hear_until("say.ended"))[-1])
    assert [end["reason"] for end in ends] == outcomes


async def test_what_was_made_known_is_taken_away_when_it_is_not_wanted_any_more(broker: Mosquitto) -> None:
    async with paho_client(broker, CONFIG, STATE) as home:
        async with connected(broker, FakeSpeaker()):
            assert {(await home.hear())["topic"] for _ in range(2)} == {CONFIG, STATE}
        async with connected(broker, FakeSpeaker(), home_assistant=HomeAssistantSettings(enabled=False)):
            gone = [await home.heard.get() for _ in range(2)]
        assert [(message.topic, message.payload) for message in gone] == [(CONFIG, b""), (STATE, b"")]
    async with paho_client(broker, CONFIG, STATE, "kokoro/server/n1/status") as home:
        assert (await home.hear())["state"] == "offline"  # nothing else was kept


async def test_a_home_may_have_another_prefix_and_the_device_another_name(broker: Mosquitto) -> None:
    settings = HomeAssistantSettings(prefix="ha", name="Butler")
    async with connected(broker, FakeSpeaker(), home_assistant=settings), paho_client(broker, "ha/#") as home:
        device = await home.hear()
    assert device["topic"] == "ha/device/kokoro_n1/config"
    assert device["device"]["name"] == "Butler"


async def test_a_blend_that_is_the_servers_own_voice_can_be_chosen_again(broker: Mosquitto) -> None:
    blend = ServiceSettings(speech=SpeechConfig(voice="af_fake:0.5+am_fake:0.5"))
    async with open_door(broker.url, FakeSpeaker(), blend) as door, paho_client(broker, CONFIG) as home:
        await door.broker.available()
        device = await home.hear()
    assert device["components"]["voice"]["options"] == ["af_fake:0.5+am_fake:0.5", "af_fake", "am_fake"]
