"""What ``serve`` is told: a TOML file, then the environment, then the command line; the later wins.

::

    model = "builtin"
    host = "127.0.0.1"                  # KOKORO_STREAM_HOST
    port = 8880                         # KOKORO_STREAM_PORT
    provider = "auto"                   # KOKORO_STREAM_PROVIDER, what computes: auto, cpu, cuda, tensorrt, openvino
    threads = 0                         # KOKORO_STREAM_THREADS, 0 for as many as suit the model

    [service]
    max_sessions = 256                  # KOKORO_STREAM_SERVICE__MAX_SESSIONS

    [service.access]
    origins = ["https://chat.example"]  # KOKORO_STREAM_SERVICE__ACCESS__ORIGINS, separated by commas

    [service.access.keys.kitchen]
    key.file = "/run/secrets/kitchen"   # or key = "…", or sha256 = "…"

    [service.speech]
    voice = "af_heart"                  # KOKORO_STREAM_SERVICE__SPEECH__VOICE

    [service.speech.lexicon]
    nginx = "engine x"

    [http]
    certfile = "/etc/ssl/speech.pem"    # KOKORO_STREAM_HTTP__CERTFILE

    [log]
    format = "json"                     # KOKORO_STREAM_LOG__FORMAT

    [wyoming]
    uri = "tcp://127.0.0.1:10200"       # KOKORO_STREAM_WYOMING__URI, where Home Assistant finds a voice; "" for nowhere

    [mqtt]
    url = "mqtt://speech@broker:1883"   # KOKORO_STREAM_MQTT__URL, "" for no MQTT
    password.file = "/etc/speech.pass"  # KOKORO_STREAM_MQTT__PASSWORD__FILE; or KOKORO_STREAM_MQTT__PASSWORD
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from ..errors import InputError
from ..model.providers import Provider
from ..model.store import ENVIRONMENT
from ..service.http import HttpSettings
from ..service.mqtt.settings import MqttSettings
from ..service.secret import Secret, read_secret
from ..service.settings import ServiceSettings
from ..service.wyoming.settings import WyomingSettings
from .layers import Layers, Option, read_toml, shaped
from .logs import LogSettings
from .options import API_KEY

# Variables of the same prefix that are no settings of the server.
APART = frozenset((ENVIRONMENT, API_KEY))


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
    http: HttpSettings = field(default_factory=HttpSettings)
    mqtt: MqttSettings = field(default_factory=MqttSettings)
    wyoming: WyomingSettings = field(default_factory=WyomingSettings)
    log: LogSettings = field(default_factory=LogSettings)


def server_config(path: Path | None, environ: Mapping[str, str], **options: Option) -> ServerConfig:
    """Settings from the file, ``KOKORO_STREAM_*`` of the environment, and the options that are not None.

    Raises InputError naming the first setting that is unknown or cannot be used; OSError when the file, or that of a
    secret, cannot be read.
    """
    return configured(layers(path, environ, **options))


def layers(path: Path | None, environ: Mapping[str, str], **options: Option) -> Layers:
    """The same, not looked at yet: whether there are such settings is for `configured` to say."""
    layers = Layers()
    if path is not None:
        layers.put_file(path)
    layers.put_environment(environ, apart=APART)
    layers.put_options(options)
    return layers


def configured(layers: Layers) -> ServerConfig:
    """What the layers make together. Raises as `server_config`."""
    given = shaped(layers.given, ServerConfig)
    try:
        return msgspec.convert(given, ServerConfig, strict=False, dec_hook=_decode)  # variables are but strings
    except msgspec.ValidationError as error:
        raise InputError("settings", str(error)) from error


def read_lexicon(path: Path) -> dict[str, Any]:
    """Words and how they are said, from a TOML file. Raises InputError; OSError when the file cannot be read."""
    return read_toml(path)


def _decode(kind: type, given: Any) -> Any:
    if kind is Secret:
        return read_secret(given)
    raise NotImplementedError(f"settings of type {kind} cannot be read")
