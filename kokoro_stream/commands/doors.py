"""The doors that ``serve`` opens beside HTTP, as its settings want them."""

from __future__ import annotations

from functools import partial

from ..errors import InputError
from ..service.mqtt.door import mqtt_door
from ..service.server import Door
from ..service.wyoming.settings import WyomingSettings
from .server_config import ServerConfig


def doors(config: ServerConfig) -> list[Door]:
    """One for each address that is set. Raises InputError when packages are missing."""
    found: list[Door] = []
    if config.mqtt.url:
        found.append(mqtt_door(config.mqtt))
    if config.wyoming.uri:
        found.append(_wyoming(config.wyoming))
    return found


def _wyoming(settings: WyomingSettings) -> Door:
    try:
        from ..service.wyoming.door import opened
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"wyoming", "zeroconf", "ifaddr"}:
            raise
        raise InputError("wyoming", "needs packages that are missing: pip install 'kokoro-stream[wyoming]'") from error
    return partial(opened, settings)
