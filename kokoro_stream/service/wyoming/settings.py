"""Where the Wyoming door is, and whether the local network is told."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from ...errors import InputError

DEFAULT_PORT = 10200  # Piper's, which is what Home Assistant's forms and add-ons suggest
MAX_LABEL_BYTES = 63  # RFC 1035 §2.3.4


@dataclass(frozen=True, slots=True, kw_only=True)
class WyomingSettings:
    """``uri`` is ``tcp://HOST:PORT``, "" for no such door; port 0 takes a free one, none is 10200.

    With ``zeroconf`` the door is announced by mDNS, unless only this machine can reach it. ``name`` is what it is then
    called, "" for one made of the machine's network address; Home Assistant takes another name for another device.
    Raises `InputError` naming the setting.
    """

    uri: str = ""
    zeroconf: bool = True
    name: str = ""

    def __post_init__(self) -> None:
        if self.uri:
            _address(self.uri)
        if len(self.name.encode()) > MAX_LABEL_BYTES or "." in self.name:
            raise InputError("wyoming.name", f"must be at most {MAX_LABEL_BYTES} bytes, without a full stop")

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on."""
        return _address(self.uri)


def _address(uri: str) -> tuple[str, int]:
    try:
        parts = urlsplit(uri)
        port = DEFAULT_PORT if parts.port is None else parts.port
    except ValueError as error:
        raise InputError("wyoming.uri", f"{uri!r} is no address: {error}") from error
    if parts.scheme != "tcp" or not parts.hostname or parts.username is not None or parts.path.strip("/"):
        raise InputError("wyoming.uri", f"{uri!r} is not like tcp://127.0.0.1:{DEFAULT_PORT}")
    return parts.hostname, port
