"""What Home Assistant demands of a device discovery payload, written down from its published schemas.

homeassistant/components/mqtt/: discovery.py (topics), schemas.py (device, origin, availability), entity.py (what all
entities may have), and the options that https://www.home-assistant.io/integrations/mqtt/ gives for each platform. Home
Assistant drops options that it does not know without a word; here they are complaints: they would be our mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

TOPIC = re.compile(r"(?P<component>\w+)/(?:(?P<node_id>[a-zA-Z0-9_-]+)/)?(?P<object_id>[a-zA-Z0-9_-]+)/config")
ROOT = {
    "device", "origin", "components", "availability", "availability_mode", "state_topic", "command_topic", "qos",
    "encoding",
}  # fmt: skip
DEVICE = {
    "identifiers", "connections", "manufacturer", "model", "model_id", "name", "hw_version", "serial_number",
    "sw_version", "suggested_area", "via_device", "configuration_url",
}  # fmt: skip
ORIGIN = {"name", "sw_version", "support_url"}
AVAILABILITY = {"topic", "payload_available", "payload_not_available", "value_template"}
ENTITY = {
    "platform", "unique_id", "name", "icon", "entity_category", "enabled_by_default", "default_entity_id",
    "entity_picture", "json_attributes_topic", "json_attributes_template", "qos", "encoding", "message_expiry_interval",
}  # fmt: skip
COMMAND = {"command_topic", "command_template", "retain"}
SHOWN = {"state_topic", "value_template"}
# Platform -> what it demands, and what else it may have.
PLATFORMS: dict[str, tuple[set[str], set[str]]] = {
    "notify": ({"command_topic"}, COMMAND),
    "text": ({"command_topic"}, COMMAND | SHOWN | {"min", "max", "mode", "pattern"}),
    "select": ({"command_topic", "options"}, COMMAND | SHOWN | {"optimistic"}),
    "number": (
        {"command_topic"},
        COMMAND | SHOWN | {"optimistic", "min", "max", "step", "mode", "unit_of_measurement", "device_class"},
    ),
    "button": ({"command_topic"}, COMMAND | {"payload_press", "device_class"}),
    "sensor": (
        {"state_topic"},
        {"value_template", "unit_of_measurement", "device_class", "state_class", "options", "expire_after",
         "force_update", "suggested_display_precision"},
    ),
}  # fmt: skip
DURATIONS = {"d", "h", "min", "s", "ms", "µs"}  # units of the sensor class duration
MOST_TEXT = 255  # const.MAX_LENGTH_STATE_STATE


def complaints(topic: str, prefix: str, payload: dict[str, Any]) -> list[str]:
    """Everything that Home Assistant would not accept, or would not do."""
    return [*_topic(topic, prefix), *_root(payload), *_entities(payload.get("components", {}))]


def _topic(topic: str, prefix: str) -> Iterator[str]:
    found = TOPIC.fullmatch(topic.removeprefix(f"{prefix}/"))
    if found is None or found["component"] != "device":
        yield f"{topic} is no topic of a device"


def _root(payload: dict[str, Any]) -> Iterator[str]:
    yield from _unknown("", payload, ROOT)
    yield from (f"{key} is missing" for key in ("device", "origin", "components") if not payload.get(key))
    device, origin = payload.get("device", {}), payload.get("origin", {})
    yield from _unknown("device.", device, DEVICE)
    yield from _unknown("origin.", origin, ORIGIN)
    if not (device.get("identifiers") or device.get("connections")):
        yield "device has neither identifiers nor connections"
    if not origin.get("name"):
        yield "origin.name is missing"
    if payload.get("qos", 0) not in {0, 1, 2}:
        yield "qos is none"
    for each in payload.get("availability", []):
        yield from _unknown("availability.", each, AVAILABILITY)
        yield from _subscribable("availability.topic", each.get("topic", ""))


def _entities(components: dict[str, dict[str, Any]]) -> Iterator[str]:
    unique = [component.get("unique_id") for component in components.values()]
    if None in unique or len(set(unique)) != len(unique):
        yield "a unique_id is missing, or not unique"
    for key, component in components.items():
        if component.get("platform") not in PLATFORMS:
            yield f"{key}: platform is missing or unknown"
            continue
        demanded, allowed = PLATFORMS[component["platform"]]
        yield from (f"{key}: {name} is missing" for name in demanded - component.keys())
        yield from _unknown(f"{key}: ", component, ENTITY | demanded | allowed)
        yield from (f"{key}: {complaint}" for complaint in _values(component))


def _values(component: dict[str, Any]) -> Iterator[str]:
    for name in ("command_topic", "state_topic", "json_attributes_topic"):
        if name in component:
            yield from _subscribable(name, component[name])
    if component.get("entity_category", "config") not in {"config", "diagnostic"}:
        yield "entity_category is neither config nor diagnostic"
    if component["platform"] == "sensor" and component.get("entity_category") == "config":
        yield "a sensor configures nothing"
    if not component.get("icon", "mdi:x").startswith("mdi:"):
        yield "icon is not of the form mdi:name"
    if component["platform"] in SPECIAL:
        yield from SPECIAL[component["platform"]](component)


def _number(component: dict[str, Any]) -> Iterator[str]:
    if component.get("min", 1) >= component.get("max", 100):
        yield "max must be above min"
    if component.get("step", 1) < 1e-3:
        yield "step is below 0.001"


def _text(component: dict[str, Any]) -> Iterator[str]:
    if not 0 <= component.get("min", 0) < component.get("max", MOST_TEXT) <= MOST_TEXT:
        yield f"text lengths must lie within 0 and {MOST_TEXT}"


def _sensor(component: dict[str, Any]) -> Iterator[str]:
    if component.get("options") is not None and (
        component.get("device_class") != "enum" or "state_class" in component or "unit_of_measurement" in component
    ):
        yield "options are for the device class enum only, without state class and unit"
    if component.get("device_class") == "enum" and not component.get("options"):
        yield "an enum has options"
    if component.get("device_class") == "duration" and component.get("unit_of_measurement") not in DURATIONS:
        yield "a duration has a unit"


SPECIAL = {"number": _number, "text": _text, "sensor": _sensor}


def _subscribable(name: str, topic: str) -> Iterator[str]:
    if not topic or len(topic.encode()) > 65_535 or any(character in topic for character in "+#\0"):
        yield f"{name} is no topic to publish to"


def _unknown(where: str, given: dict[str, Any], known: set[str]) -> Iterator[str]:
    yield from (f"{where}{name} is unknown" for name in given.keys() - known)
