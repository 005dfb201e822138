"""How to reach the broker, and what the MQTT door allows."""

from __future__ import annotations

import re
import socket
import ssl
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

from ...config import SAMPLE_RATES, VOLUMES
from ...errors import InputError
from ..secret import Secret
from .tls import TlsSocket
from .topics import MOST_LEVEL_CHARS, Topics, is_level, is_topic

Version = Literal["5", "3.1.1"]

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_MOST_PREFIX_CHARS = 128
LEAST_CHUNK_MS = 200  # a shorter file costs its player more than it plays


@dataclass(frozen=True, slots=True)
class Address:
    """Where the broker is, and who we are to it. ``str()`` shows no password."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None = field(repr=False)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.tls else 'mqtt'}://{host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeAssistantSettings:
    """Whether, beneath the discovery ``prefix`` of Home Assistant, this server is made known; ``name`` is the device's.

    ``enabled`` false takes away what was made known before. Raises `InputError` naming the field.
    """

    enabled: bool = True
    prefix: str = "homeassistant"
    name: str = "Kokoro"

    def __post_init__(self) -> None:
        _check_prefix("home_assistant.prefix", self.prefix)
        if not self.name.strip():
            raise InputError("home_assistant.name", "must be the name of a device")


@dataclass(frozen=True, slots=True, kw_only=True)
class HermesSettings:
    """Whether, and how, Rhasspy's text-to-speech is played. Raises `InputError` naming the field.

    ``sites`` are those whose requests are spoken, () for all. ``sample_rate`` is in Hz; satellites on an ESP32 play up
    to 16,000. With ``chunk_ms`` the audio comes in pieces of that length while it is being made, 0 for one whole file.
    ``wait`` puts the end of a request off until the site has played it; a site that does not say so is waited for
    ``patience_ms`` longer than the audio lasts.
    """

    enabled: bool = False
    sites: tuple[str, ...] = ()
    sample_rate: int = 16_000
    chunk_ms: int = 0
    wait: bool = True
    patience_ms: int = 3000

    def __post_init__(self) -> None:
        low, high = SAMPLE_RATES
        if not low <= self.sample_rate <= high:
            raise InputError("hermes.sample_rate", f"{self.sample_rate} is outside {low}–{high}")
        if self.chunk_ms and self.chunk_ms < LEAST_CHUNK_MS:
            raise InputError("hermes.chunk_ms", f"must be 0, or at least {LEAST_CHUNK_MS}")
        if self.patience_ms < 0:
            raise InputError("hermes.patience_ms", "must not be below 0 milliseconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttSettings:
    """Settings of the MQTT door. Raises `InputError` naming the field.

    ``url`` is ``mqtt://[user[:password]@]host[:port]``, ``mqtts://`` for TLS, "" for no MQTT; ``user`` and ``password``
    stand apart from it where it is visible to others. ``ca_file`` says whom to trust in place of the system's
    authorities; ``certificate_file`` and ``key_file`` are ours. ``node`` is the name of this server, "" for the host's;
    two servers at one broker need two. ``share`` is the group of servers that split the requests; "" for brokers that
    know no shared subscriptions. ``target`` is who hears what names no target.

    ``audio_qos`` 1 makes the broker acknowledge every frame. ``idle_ms`` ends a stream that hears nothing. ``chime``
    puts a short sound before announcements; ``interactive_interrupts`` stops one for something interactive.
    ``expiry_s`` is how long a request may wait, ``max_waiting`` how many requests may for one target;
    1024 may in all. ``volume`` is the gain of announcements.
    """

    url: str = field(default="", repr=False)
    user: str = ""
    password: Secret = field(default_factory=Secret)
    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""
    version: Version = "5"
    keepalive_s: int = 15  # a broker that has gone silent is noticed within twice that
    prefix: str = "kokoro"
    node: str = ""
    share: str = "kokoro-stream"
    target: str = "default"
    audio_qos: Literal[0, 1] = 0
    idle_ms: int = 60_000
    chime: bool = False
    interactive_interrupts: bool = True
    expiry_s: float = 600.0
    max_waiting: int = 1000
    volume: float = 1.0
    home_assistant: HomeAssistantSettings = field(default_factory=HomeAssistantSettings)
    hermes: HermesSettings = field(default_factory=HermesSettings)

    def __post_init__(self) -> None:
        if self.url:
            _parse(self.url)
        _check_prefix("prefix", self.prefix)
        for name in ("node", "share", "target"):
            value = getattr(self, name)
            if not is_level(value) and (value or name == "target"):
                raise InputError(name, f"must be up to {MOST_LEVEL_CHARS} characters without / + and #")
        for name in ("keepalive_s", "idle_ms", "expiry_s", "max_waiting"):
            if not getattr(self, name) > 0:
                raise InputError(name, "must be above 0")
        if self.keepalive_s > 0xFFFF:
            raise InputError("keepalive_s", "must fit in 16 bits")
        if not VOLUMES[0] <= self.volume <= VOLUMES[1]:
            raise InputError("volume", f"{self.volume} is outside {VOLUMES[0]:g}–{VOLUMES[1]:g}")
        if self.key_file and not self.certificate_file:
            raise InputError("key_file", "belongs to a certificate_file, which is missing")

    @property
    def node_id(self) -> str:
        """The name of this server."""
        return self.node or re.sub(r"[^A-Za-z0-9_-]", "-", socket.gethostname())[:MOST_LEVEL_CHARS] or "server"

    @property
    def topics(self) -> Topics:
        """The names of all topics."""
        return Topics(self.prefix, self.node_id, self.share)

    def address(self) -> Address:
        """Where the broker is. Raises `InputError`."""
        found = _parse(self.url)
        password = self.password.reveal() or found.password
        return Address(found.host, found.port, found.tls, self.user or found.user, password)

    def tls(self) -> ssl.SSLContext:
        """Whom we trust and who we are. Reads files. Raises `InputError` naming the one that cannot be used."""
        try:
            context = ssl.create_default_context(cafile=self.ca_file or None)
        except (OSError, ssl.SSLError) as error:
            raise InputError("mqtt.ca_file", f"cannot use {self.ca_file}: {error}") from error
        context.sslsocket_class = TlsSocket
        if self.certificate_file:
            try:
                # A key with a passphrase is refused: asking for it would wait for a terminal.
                context.load_cert_chain(self.certificate_file, self.key_file or None, password=lambda: "")
            except (OSError, ssl.SSLError, ValueError) as error:
                files = " and ".join(filter(None, (self.certificate_file, self.key_file)))
                raise InputError("mqtt.certificate_file", f"cannot use {files}: {error}") from error
        return context


def _check_prefix(field: str, prefix: str) -> None:
    if not is_topic(prefix) or len(prefix) > _MOST_PREFIX_CHARS or prefix.strip("/") != prefix:
        raise InputError(field, "must be a topic without wildcards, and without a slash at either end")


def _parse(url: str) -> Address:
    """The broker's address. The message of its `InputError` does not repeat the URL, which may hold a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InputError("mqtt.url", "must be mqtt://[user@]host[:port], or mqtts:// for TLS") from error
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise InputError("mqtt.url", "must be mqtt://[user@]host[:port], or mqtts:// for TLS")
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    return Address(parts.hostname, port or _PORTS[parts.scheme], parts.scheme == "mqtts", user, password)
