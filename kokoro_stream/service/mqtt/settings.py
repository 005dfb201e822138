"""How to reach the broker, and what the MQTT door allows."""

from __future__ import annotations

import re
import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from ...errors import InputError
from .topics import MOST_LEVEL_CHARS, Topics, is_level, is_topic

Version = Literal["5", "3.1.1"]

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_MOST_PREFIX_CHARS = 128
_VOLUMES = (0.0, 2.0)


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
class MqttSettings:
    """Settings of the MQTT door. Raises `InputError` naming the field.

    ``url`` is ``mqtt://[user[:password]@]host[:port]``, ``mqtts://`` for TLS, "" for no MQTT; ``user``, ``password``
    and ``password_file`` (its first line) stand apart from it where it is visible to others. ``ca_file`` says whom to
    trust in place of the system's authorities; ``certificate_file`` and ``key_file`` are ours. ``node`` is the name of
    this server, "" for the host's; two servers at one broker need two. ``share`` is the group of servers that split the
    requests; "" for brokers that know no shared subscriptions. ``target`` is who hears what names no target.

    ``audio_qos`` 1 makes the broker acknowledge every frame. ``idle_ms`` ends a stream that hears nothing. ``chime``
    puts a short sound before announcements; ``interactive_interrupts`` stops one for something interactive.
    ``expiry_s`` is how long a request may wait, ``max_waiting`` how many requests may for one target. ``volume`` is the
    gain of announcements.
    """

    url: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    password_file: str = ""
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

    def __post_init__(self) -> None:
        if self.url:
            _parse(self.url)
        if not is_topic(self.prefix) or len(self.prefix) > _MOST_PREFIX_CHARS or self.prefix.strip("/") != self.prefix:
            raise InputError("prefix", "must be a topic without wildcards, and without a slash at either end")
        for name in ("node", "share", "target"):
            value = getattr(self, name)
            if not is_level(value) and (value or name == "target"):
                raise InputError(name, f"must be up to {MOST_LEVEL_CHARS} characters without / + and #")
        for name in ("keepalive_s", "idle_ms", "expiry_s", "max_waiting"):
            if not getattr(self, name) > 0:
                raise InputError(name, "must be above 0")
        if self.keepalive_s > 0xFFFF:
            raise InputError("keepalive_s", "must fit in 16 bits")
        if not _VOLUMES[0] <= self.volume <= _VOLUMES[1]:
            raise InputError("volume", f"{self.volume} is outside {_VOLUMES[0]:g}–{_VOLUMES[1]:g}")
        if self.key_file and not self.certificate_file:
            raise InputError("key_file", "belongs to a certificate_file, which is missing")
        if self.password and self.password_file:
            raise InputError("password_file", "there is a password already; give one of the two")

    @property
    def node_id(self) -> str:
        """The name of this server."""
        return self.node or re.sub(r"[^A-Za-z0-9_-]", "-", socket.gethostname())[:MOST_LEVEL_CHARS] or "server"

    @property
    def topics(self) -> Topics:
        """The names of all topics."""
        return Topics(self.prefix, self.node_id, self.share)

    def address(self) -> Address:
        """Where the broker is. Reads the password's file. Raises `InputError`."""
        found = _parse(self.url)
        password = self.password or found.password
        if self.password_file:
            password = _first_line(Path(self.password_file))
        return Address(found.host, found.port, found.tls, self.user or found.user, password)

    def tls(self) -> ssl.SSLContext:
        """Whom we trust and who we are. Reads files. Raises `InputError` naming the one that cannot be used."""
        try:
            context = ssl.create_default_context(cafile=self.ca_file or None)
        except (OSError, ssl.SSLError) as error:
            raise InputError("mqtt.ca_file", f"cannot use {self.ca_file}: {error}") from error
        if self.certificate_file:
            try:
                # A key with a passphrase is refused: asking for it would wait for a terminal.
                context.load_cert_chain(self.certificate_file, self.key_file or None, password=lambda: "")
            except (OSError, ssl.SSLError, ValueError) as error:
                files = " and ".join(filter(None, (self.certificate_file, self.key_file)))
                raise InputError("mqtt.certificate_file", f"cannot use {files}: {error}") from error
        return context


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


def _first_line(path: Path) -> str:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise InputError("mqtt.password_file", f"cannot read {path}: {error}") from error
    if not lines or not lines[0]:
        raise InputError("mqtt.password_file", f"{path} is empty; its first line is the password")
    return lines[0]
