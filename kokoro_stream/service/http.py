"""How the server listens: encryption, proxies before it, and what connections may cost."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass, field, fields

from ..errors import InputError
from .secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """Settings of the HTTP server. Raises `InputError` naming the field.

    ``certfile`` and ``keyfile`` (PEM; the key may be in the certificate's file) turn TLS on. ``proxies`` are addresses
    and networks of those whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed; ``root_path`` is where they
    show the service, as ``/speech``. Of connections, ``max_connections`` may be open; a request's head must be here
    after ``head_ms``, its body after ``body_ms``; whoever takes no more data for ``stall_ms``, or does not answer a
    WebSocket's ping within ``ping_ms``, is cut off.
    """

    certfile: str = ""
    keyfile: str = ""
    key_password: Secret = field(default_factory=Secret)
    proxies: tuple[str, ...] = ()
    root_path: str = ""
    max_connections: int = 900  # a process may usually open 1024 files, and has some of its own
    head_ms: int = 10_000
    body_ms: int = 30_000
    stall_ms: int = 300_000  # somebody has paused his player
    ping_ms: int = 20_000

    def __post_init__(self) -> None:
        if self.keyfile and not self.certfile:
            raise InputError("certfile", "a keyfile needs its certificate")
        if self.root_path and not (self.root_path.startswith("/") and len(self.root_path.rstrip("/")) > 1):
            raise InputError("root_path", f"{self.root_path!r} is no path like /speech")
        for proxy in self.proxies:
            try:
                ipaddress.ip_network(proxy)
            except ValueError as error:
                raise InputError("proxies", f"{proxy!r} is no address and no network") from error
        for setting in fields(self):
            limit = setting.name.startswith("max_") or setting.name.endswith("_ms")
            if limit and getattr(self, setting.name) <= 0:
                raise InputError(setting.name, "must be above 0")

    @property
    def encrypted(self) -> bool:
        """Clients have to use TLS."""
        return bool(self.certfile)

    def check_certificate(self) -> None:
        """Raises `InputError` when TLS cannot be spoken with the files. Blocking."""
        if not self.certfile:
            return
        try:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certfile, self.keyfile or None, self.key_password.reveal)
        except ssl.SSLError as error:
            reason = "they do not belong together, are no PEM, or key_password is wrong"
            raise InputError("certfile", f"{self.certfile} and its key cannot be used: {reason}") from error
        except OSError as error:
            raise InputError("certfile", f"{error.filename or self.certfile}: {error.strerror}") from error
