"""What ``serve`` is told: a TOML file, then the environment, then the command line; the later wins.

::

    model = "builtin"
    host = "127.0.0.1"                  # KOKORO_STREAM_HOST
    port = 8880                         # KOKORO_STREAM_PORT
    provider = "auto"                   # KOKORO_STREAM_PROVIDER, what computes: auto, cpu, cuda, tensorrt, openvino
    threads = 0                         # KOKORO_STREAM_THREADS, 0 for as many as suit the model

    [service]
    max_sessions = 256                  # KOKORO_STREAM_SERVICE__MAX_SESSIONS

    [service.speech]
    voice = "af_heart"                  # KOKORO_STREAM_SERVICE__SPEECH__VOICE

    [service.speech.lexicon]
    nginx = "engine x"

    [wyoming]
    uri = "tcp://127.0.0.1:10200"       # KOKORO_STREAM_WYOMING__URI, where Home Assistant finds a voice; "" for nowhere

    [mqtt]
    url = "mqtt://speech@broker:1883"   # KOKORO_STREAM_MQTT__URL, "" for no MQTT
    password_file = "/etc/speech.pass"  # KOKORO_STREAM_MQTT__PASSWORD_FILE; or KOKORO_STREAM_MQTT__PASSWORD
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from ..errors import InputError
from ..model.providers import Provider
from ..model.store import ENVIRONMENT
from ..service.mqtt.settings import MqttSettings
from ..service.settings import ServiceSettings
from ..service.wyoming.settings import WyomingSettings

PREFIX = "KOKORO_STREAM_"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConfig:
    """``threads`` is how many the model computes with, 0 for as many as suit it; ``device`` the number of the GPU.

    Port 0 is any free one.
    """

    model: str = "builtin"
    provider: Provider = "auto"
    threads: int = 0
    device: int = 0
    host: str = "127.0.0.1"  # only this machine, until somebody decides otherwise
    port: int = 8880
    service: ServiceSettings = field(default_factory=ServiceSettings)
    mqtt: MqttSettings = field(default_factory=MqttSettings)
    wyoming: WyomingSettings = field(default_factory=WyomingSettings)


def server_config(path: Path | None, environ: Mapping[str, str], **options: str | int | None) -> ServerConfig:
    """Settings from the file, ``KOKORO_STREAM_*`` of the environment, and the options that are not None.

    ``table__name`` of the environment and the options is a setting in a table.

    Raises InputError naming the first setting that is unknown or cannot be used; OSError when the file cannot be read.
    """
    given = _read(path) if path else {}
    for name, value in sorted(environ.items()):  # a table's name comes before its entries
        if name.startswith(PREFIX) and name != ENVIRONMENT:
            _put(given, name.removeprefix(PREFIX).lower().split("__"), value)
    for name, option in options.items():
        if option is not None:
            _put(given, name.split("__"), option)
    _refuse_unknown(given, ServerConfig, "")
    try:
        return msgspec.convert(given, ServerConfig, strict=False)  # the environment has only strings
    except msgspec.ValidationError as error:
        raise InputError("settings", str(error)) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except ValueError as error:  # not TOML, or not UTF-8
        raise InputError(str(path), f"is no TOML file: {error}") from error


def read_lexicon(path: Path) -> dict[str, Any]:
    """Words and how they are said, from a TOML file. Raises InputError; OSError when the file cannot be read."""
    return _read(path)


def _put(given: dict[str, Any], names: list[str], value: str | int) -> None:
    for name in names[:-1]:
        inner = given.setdefault(name, {})
        if not isinstance(inner, dict):
            raise InputError(PREFIX + "__".join(names).upper(), f"{name} is a single setting, not a table")
        given = inner
    given[names[-1]] = value


def _refuse_unknown(given: Mapping[str, Any], kind: type, prefix: str) -> None:
    kinds = get_type_hints(kind)
    for name, value in given.items():
        if name not in kinds:
            known = ", ".join(each.name for each in fields(kind))
            raise InputError(prefix + name, f"there is no such setting; there are {known}")
        if isinstance(value, dict) and is_dataclass(kinds[name]):
            _refuse_unknown(value, kinds[name], f"{prefix}{name}.")
