"""Who may use the service, from where, and how much of it. Pure: the present is an argument, in seconds of any clock.

A request passes if, in this order,

* it changes nothing, comes from no web page, or from one of the same host or of `AccessSettings.origins`;
* its path is open to everybody, no keys are set, or it bears one of the keys;
* what the key allows for now is not used up.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from ..errors import AccessError, InputError, RateLimitError
from .bucket import Bucket
from .secret import Secret

Rule = Literal["key", "local", "open"]

MINUTE = 60.0  # seconds
LEAST_KEY_CHARS = 16  # of random letters that is more than anybody can try
PLACE_RETRY_MS = 1000  # one of the sessions of the same key is likely to have ended
_KEY = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.6.2: what may stand in a subprotocol's name
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#@\s]+")
_PORTS = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key, and what it allows; 0 is no limit. Raises `InputError` naming the field.

    ``key`` is the key itself, or ``sha256`` the 64 hexadecimal digits of its hash. ``max_sessions`` are connections and
    requests under way at the same time, ``characters_per_minute`` those that are given to be spoken.
    """

    key: Secret = field(default_factory=Secret)
    sha256: str = ""
    max_sessions: int = 0
    requests_per_minute: int = 0
    characters_per_minute: int = 0

    def __post_init__(self) -> None:
        if bool(self.key) == bool(self.sha256):
            raise InputError("key", "give either the key or its sha256")
        if self.key and not (_KEY.fullmatch(self.key.reveal()) and len(self.key.reveal()) >= LEAST_KEY_CHARS):
            raise InputError("key", f"needs at least {LEAST_KEY_CHARS} of the characters A-Z a-z 0-9 - . _ ~")
        if self.sha256 and not _SHA256.fullmatch(self.sha256):
            raise InputError("sha256", "must be 64 hexadecimal digits")
        for name in ("max_sessions", "requests_per_minute", "characters_per_minute"):
            if getattr(self, name) < 0:
                raise InputError(name, "must not be below 0")

    @property
    def digest(self) -> bytes:
        """SHA-256 of the key."""
        return bytes.fromhex(self.sha256) if self.sha256 else _digest(self.key.reveal())


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSettings:
    """Keys by name, and which web pages may use the service.

    Without keys everybody may use it, and it listens only where nobody but this machine's own programs reaches it,
    unless ``insecure_open``. ``origins`` are those of web pages on other hosts, as ``https://chat.example.org``; "*" is
    any. ``metrics`` says who may read ``/metrics``: who has a key, programs on this machine (local), or everybody.
    """

    keys: Mapping[str, ApiKey] = field(default_factory=dict, hash=False)
    insecure_open: bool = False
    origins: tuple[str, ...] = ()
    metrics: Rule = "key"

    def __post_init__(self) -> None:
        for origin in self.origins:
            if origin not in {"*", "null"} and not _ORIGIN.fullmatch(origin):
                raise InputError("origins", f"{origin!r} is not of the form https://host or https://host:port")

    def require_safe(self, where: str, host: str, *, keys_work: bool = True) -> None:
        """Raises `InputError` naming ``where`` when strangers would have a door at ``host`` to themselves.

        ``keys_work`` is False for doors whose protocol knows no keys.
        """
        if is_loopback(host) or self.insecure_open or (self.keys and keys_work):
            return
        remedy = "set a key (--api-key-file FILE, or [service.access.keys.NAME] in the settings), or " * keys_work
        raise InputError(
            where,
            f"{host} can be reached from other machines, and everybody there could use the service: "
            f"{remedy}listen on 127.0.0.1, or allow it with --insecure-open",
        )


def is_loopback(host: str) -> bool:
    """Only programs on this machine reach the address. Names other than localhost are not looked up."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is known before anything is done. ``token`` is the key shown, "" for none; ``origin`` the web page's."""

    path: str
    changes: bool = False
    token: str = ""
    origin: str = ""
    host: str = ""
    client: str = ""
    forwarded: bool = False
    """It came through a proxy, so ``client`` may be that proxy."""


class Caller:
    """Somebody, and what is left of what he may use. Without a key that is everything."""

    def __init__(self, name: str, allowed: ApiKey | None = None) -> None:
        self.name = name
        self._places = allowed.max_sessions if allowed else 0
        self._requests = _per_minute(allowed.requests_per_minute if allowed else 0)
        self._characters = _per_minute(allowed.characters_per_minute if allowed else 0)
        self._taken = 0

    def __repr__(self) -> str:
        return f"Caller({self.name!r}, sessions={self._taken})"

    def enter(self, now: float) -> None:
        """A connection or request begins; `leave` ends it. Raises `RateLimitError`."""
        if self._places and self._taken >= self._places:
            raise RateLimitError(f"the key {self.name!r} allows {self._places} sessions at a time", PLACE_RETRY_MS)
        if self._requests is not None:
            self._take(self._requests, 1, "requests", now)
        self._taken += 1

    def leave(self) -> None:
        """What `enter` began has ended."""
        self._taken -= 1

    def spend(self, characters: int, now: float) -> None:
        """So many are to be spoken. Raises `RateLimitError`."""
        if self._characters is not None:
            self._take(self._characters, characters, "characters", now)

    def refund(self, characters: int) -> None:
        """So many of those spent will not be spoken."""
        if self._characters is not None:
            self._characters.give(characters)

    def _take(self, bucket: Bucket, amount: int, what: str, now: float) -> None:
        if wait := bucket.take(amount, now):
            after_ms = math.ceil(wait * 1000)
            raise RateLimitError(
                f"the key {self.name!r} has used up its {what} of a minute; try again in {after_ms} ms", after_ms
            )


class Access:
    """Decides about requests by the ``rules`` for paths; ``/page/*`` is all below ``/page/``, the rest needs a key."""

    def __init__(self, settings: AccessSettings, rules: Mapping[str, Rule]) -> None:
        self._settings = settings
        self._rules = rules
        self._anybody = Caller("")
        self._callers = [(key.digest, Caller(name, key)) for name, key in settings.keys.items()]

    def admit(self, request: Request, now: float) -> Caller:
        """Who it is; he has entered. Raises `AccessError` or `RateLimitError`."""
        if request.changes and not self._knows_origin(request):
            raise AccessError(
                "forbidden", f"pages of {request.origin} may not use this service; its setting `origins` may name them"
            )
        caller = self._caller(request)
        caller.enter(now)
        return caller

    def _caller(self, request: Request) -> Caller:
        rule = self._rule(request.path)
        if rule == "local" and not request.forwarded and is_loopback(request.client):
            return self._anybody
        if rule == "local":
            raise AccessError("forbidden", "this is for programs on the same machine")
        if rule == "open" or not self._callers:
            return self._anybody
        if not request.token:
            raise AccessError("unauthorized", "a key is needed: Authorization: Bearer KEY")
        return self._holder(request.token)

    def _holder(self, token: str) -> Caller:
        shown, found = _digest(token), None
        for digest, caller in self._callers:  # all of them: the time taken must not tell which was near
            if hmac.compare_digest(shown, digest):
                found = caller
        if found is None:
            raise AccessError("unauthorized", "this key is not known here")
        return found

    def _rule(self, path: str) -> Rule:
        below = (rule for rest, rule in self._rules.items() if rest.endswith("/*") and path.startswith(rest[:-1]))
        return self._rules[path] if path in self._rules else next(below, "key")

    def _knows_origin(self, request: Request) -> bool:
        origin = request.origin
        if not origin or not {origin, "*"}.isdisjoint(self._settings.origins):
            return True
        # A page may have had its name's address changed into ours since it was loaded. Where no key is asked for and no
        # proxy decides who comes, only names that nobody can give away are ours.
        alone = not (self._callers or self._settings.insecure_open or request.forwarded)
        if alone and not _is_own_name(request.host):
            return False
        # The scheme does not matter: a proxy may have taken the encryption off.
        host = request.host.lower()
        return _host(origin) in {host, *(host.removesuffix(port) for port in _PORTS.values())} - {""}


def _is_own_name(host: str) -> bool:
    """An address, or localhost; a port may follow."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or name.endswith(".localhost") or bool(ipaddress.ip_address(name))
    except ValueError:
        return False


def _host(origin: str) -> str:
    """Host, and port unless it is the scheme's own; "" for what is no origin."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return ""
    return parts.netloc.lower().removesuffix(_PORTS.get(parts.scheme, ":"))


def _per_minute(amount: int) -> Bucket | None:
    return Bucket(amount / MINUTE, amount) if amount else None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
