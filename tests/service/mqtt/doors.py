"""A service with nothing but an MQTT door."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from kokoro_stream.service.mqtt.door import MqttDoor
from kokoro_stream.service.mqtt.settings import MqttSettings
from kokoro_stream.service.service import Service
from kokoro_stream.service.settings import ServiceSettings
from kokoro_stream.service.speaker import Speaker


@asynccontextmanager
async def open_door(
    url: str, speaker: Speaker, service_settings: ServiceSettings | None = None, **settings: Any
) -> AsyncIterator[MqttDoor]:
    """The door of a running service, node ``n1`` unless the settings say otherwise; connected if it can be."""
    service = Service(speaker, service_settings or ServiceSettings())
    async with service.lifespan(None):
        door = MqttDoor(service, MqttSettings(**{"url": url, "node": "n1", **settings}))
        async with door:
            yield door
