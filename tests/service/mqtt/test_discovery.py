"""The payload by Home Assistant's rules, and what may be set."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from kokoro_stream.errors import InputError
from kokoro_stream.service.mqtt.discovery import Setting, config_topic, device, identity, with_setting
from kokoro_stream.service.mqtt.say import Defaults
from kokoro_stream.service.mqtt.topics import Topics
from tests.service.mqtt.home_assistant_rules import complaints

TOPICS = Topics("kokoro", "n1", "kokoro-stream")
VOICES = ("af_x", "am_y")
DEFAULTS = Defaults(target="default", expiry_s=60, chime=False)


def payload(topics: Topics = TOPICS) -> dict[str, Any]:
    return device(topics, name="Kokoro", model="Kokoro-82M", version="1.2", voices=VOICES)


@pytest.mark.parametrize("node", ["n1", "Küche 1", "a.b", "x" * 64])
@pytest.mark.parametrize("prefix", ["kokoro", "home/speech"])
def test_home_assistant_accepts_it(node: str, prefix: str) -> None:
    topics = Topics(prefix, node, "")
    described = json.loads(json.dumps(payload(topics)))
    assert complaints(config_topic(topics, "homeassistant"), "homeassistant", described) == []


BREAKS: dict[str, Any] = {
    "origin": {},
    "device": {"name": "Kokoro"},
    "components": {},
    "expires": 1,
}


@pytest.mark.parametrize("key", BREAKS)
def test_the_rules_find_what_is_wrong_with_a_device(key: str) -> None:
    assert complaints("homeassistant/device/x/config", "homeassistant", {**payload(), key: BREAKS[key]})


@pytest.mark.parametrize(
    ("component", "key", "value"),
    [
        ("announce", "command_topic", "kokoro/#"),
        ("announce", "title", "x"),
        ("say", "max", 256),
        ("voice", "options", None),
        ("speed", "min", 3),
        ("speed", "unique_id", "kokoro_n1_voice"),
        ("state", "state_class", "measurement"),
        ("first_audio", "unit_of_measurement", "milliseconds"),
        ("first_audio", "entity_category", "config"),
        ("stop", "platform", "media_player"),
    ],
)
def test_the_rules_find_what_is_wrong_with_an_entity(component: str, key: str, value: object) -> None:
    broken = copy.deepcopy(payload())
    if value is None:
        del broken["components"][component][key]
    else:
        broken["components"][component][key] = value
    assert complaints("homeassistant/device/x/config", "homeassistant", broken)


def test_two_servers_are_two_devices_also_where_their_names_look_alike() -> None:
    names = [identity(Topics(*name, "")) for name in (("k", "n 1"), ("k", "n-1"), ("k", "n#1"), ("k/n", "1"))]
    assert len(set(names)) == len(names)
    assert identity(TOPICS) == "kokoro_n1"


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [("voice", b"am_y", "am_y"), ("speed", b"1.25", 1.25), ("volume", b"0", 0.0), ("volume", b"2.0", 2.0)],
)
def test_what_is_set_changes_one_default(setting: Setting, value: bytes, expected: object) -> None:
    changed = with_setting(DEFAULTS, setting, value, VOICES)
    assert getattr(changed, setting) == expected
    others = {"voice", "speed", "volume"} - {setting}
    assert [getattr(changed, name) for name in others] == [getattr(DEFAULTS, name) for name in others]


@pytest.mark.parametrize(
    ("setting", "value"),
    [("voice", b"nobody"), ("voice", b""), ("voice", b"\xff"), ("speed", b"fast"), ("speed", b"9"), ("speed", b"nan"),
     ("volume", b"-1"), ("volume", b""), ("volume", b"\xff")],
)  # fmt: skip
def test_what_cannot_be_set_is_named(setting: Setting, value: bytes) -> None:
    with pytest.raises(InputError, match=f"^{setting}: "):
        with_setting(DEFAULTS, setting, value, VOICES)
