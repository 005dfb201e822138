"""What Home Assistant is told of a server: one device with its controls, by MQTT discovery. Pure.

https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import msgspec

from ...config import SPEEDS, VOLUMES
from ...errors import InputError
from .say import Defaults
from .topics import Topics

STEP = 0.05  # of speed and volume: what an ear can just tell
MOST_TEXT_CHARS = 255  # of a state in Home Assistant, and so of a text field; notifications may be longer

Component = dict[str, Any]
Setting = Literal["voice", "speed", "volume"]


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Retained: what the device's entities show."""

    state: Literal["idle", "speaking"]
    """Whether an announcement is being spoken."""
    targets: tuple[str, ...]
    """To whom."""
    waiting: int
    """Announcements whose turn has not come."""
    first_audio_ms: float | None
    """From the last one's turn to its first audio."""
    voice: str
    """Of announcements that name none."""
    speed: float
    """1.0 is the voice's own pace."""
    volume: float
    """Gain."""


def identity(topics: Topics) -> str:
    """Names the device for ever, in characters that a discovery topic may have."""
    name = f"{topics.prefix}_{topics.node}"
    plain = re.sub(r"[^A-Za-z0-9_-]", "-", name)
    return plain if plain == name else f"{plain}-{zlib.crc32(name.encode()):08x}"


def config_topic(topics: Topics, prefix: str) -> str:
    """Where the device is made known, retained; an empty payload takes it away."""
    return f"{prefix}/device/{identity(topics)}/config"


def device(topics: Topics, *, name: str, model: str, version: str, voices: Sequence[str]) -> dict[str, Any]:
    """The device as Home Assistant wants it described."""
    own = identity(topics)
    return {
        "device": {
            "identifiers": [own],
            "name": name,
            "manufacturer": "kokoro-stream",
            "model": model,
            "sw_version": version,
        },
        "origin": {"name": "kokoro-stream", "sw_version": version},
        "availability": [
            # A server that is about to stop takes nothing new.
            {
                "topic": topics.status,
                "value_template": "{{ 'online' if value_json.state == 'online' else 'offline' }}",
            }
        ],
        "qos": 1,
        "components": {
            key: {"unique_id": f"{own}_{key}", **component} for key, component in _components(topics, voices).items()
        },
    }


def _components(topics: Topics, voices: Sequence[str]) -> dict[str, Component]:
    def shown(field: str) -> Component:
        return {"state_topic": topics.own("state"), "value_template": f"{{{{ value_json.{field} }}}}"}

    def set_by(setting: Setting) -> Component:
        return {**shown(setting), "command_topic": topics.own(f"{setting}/set"), "entity_category": "config"}

    def between(bounds: tuple[float, float]) -> Component:
        return {"min": bounds[0], "max": bounds[1], "step": STEP}

    announce = topics.own("announce")
    attributes = {"json_attributes_topic": topics.own("state")}
    duration = {"device_class": "duration", "unit_of_measurement": "ms", "suggested_display_precision": 0}
    return {
        "announce": {"platform": "notify", "name": "Announce", "command_topic": announce, "icon": "mdi:bullhorn"},
        "say": {"platform": "text", "name": "Say", "command_topic": announce, "max": MOST_TEXT_CHARS},
        "voice": {"platform": "select", "name": "Voice", **set_by("voice"), "options": list(voices)},
        "speed": {"platform": "number", "name": "Speed", **set_by("speed"), **between(SPEEDS)},
        "volume": {"platform": "number", "name": "Volume", **set_by("volume"), **between(VOLUMES)},
        "stop": {"platform": "button", "name": "Stop", "command_topic": topics.own("stop"), "icon": "mdi:stop"},
        "skip": {"platform": "button", "name": "Skip", "command_topic": topics.own("skip"), "icon": "mdi:skip-next"},
        "state": {
            "platform": "sensor",
            "name": "State",
            **shown("state"),
            **attributes,
            "device_class": "enum",
            "options": ["idle", "speaking"],
        },
        "waiting": {"platform": "sensor", "name": "Waiting", **shown("waiting"), "state_class": "measurement"},
        "first_audio": {
            "platform": "sensor",
            "name": "First audio",
            **shown("first_audio_ms"),
            **duration,
            "state_class": "measurement",
            "entity_category": "diagnostic",
        },
    }


def with_setting(defaults: Defaults, setting: Setting, payload: bytes, voices: Sequence[str]) -> Defaults:
    """The defaults with what was set in Home Assistant. Raises `InputError` naming the setting."""
    if setting == "voice":
        voice = payload.decode(errors="replace")
        if voice not in voices:
            raise InputError("voice", f"{voice!r} is none of {', '.join(voices)}")
        return replace(defaults, voice=voice)
    number = _number(setting, payload, SPEEDS if setting == "speed" else VOLUMES)
    return replace(defaults, speed=number) if setting == "speed" else replace(defaults, volume=number)


def _number(setting: Setting, payload: bytes, bounds: tuple[float, float]) -> float:
    low, high = bounds
    try:
        number = float(payload)
    except ValueError as error:
        raise InputError(setting, f"{payload[:20]!r} is no number") from error
    if not low <= number <= high:  # also refuses NaN
        raise InputError(setting, f"{number} is outside {low:g}–{high:g}")
    return number
