"""What the service allows, and what a session begins with."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import msgspec

from ..config import SpeechConfig
from ..errors import InputError
from .access import AccessSettings
from .messages import Limits, SessionConfig, SessionUpdate

LEAD_MS = (200, 600_000)  # a frame at least; at most the ten minutes that a listener may want to keep in advance
# What a session begins with as the service has it. The speaker lays its lexicon over the service's.
_SPOKEN = tuple({field.name for field in fields(SpeechConfig)} & set(SessionConfig.__struct_fields__) - {"lexicon"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """Limits of the service and the defaults of its sessions. Raises `InputError` naming the field.

    ``access`` says who may use it, ``speech`` what contexts sound like unless the session says otherwise.
    ``max_messages_per_second`` is for one session. ``grace_ms`` is how long speeches under way may go on when the
    service is told to stop.
    """

    access: AccessSettings = field(default_factory=AccessSettings)
    speech: SpeechConfig = field(default_factory=SpeechConfig)
    max_lead_ms: int = 2000
    max_sessions: int = 256
    max_contexts: int = 8
    max_messages_per_second: int = 1000  # ten times what a fast model writes; they take some 5 % of a core
    idle_ms: int = 300_000
    grace_ms: int = 10_000

    def __post_init__(self) -> None:
        _check_lead(self.max_lead_ms)
        for name in ("max_sessions", "max_contexts", "max_messages_per_second", "idle_ms"):
            if getattr(self, name) <= 0:
                raise InputError(name, "must be above 0")
        if self.grace_ms < 0:
            raise InputError("grace_ms", "must not be below 0 milliseconds")

    @property
    def session(self) -> SessionConfig:
        """What a session begins with."""
        spoken = {name: getattr(self.speech, name) for name in _SPOKEN}
        return SessionConfig(**spoken, timestamps="word", max_lead_ms=self.max_lead_ms, binary_header=True)

    @property
    def limits(self) -> Limits:
        """What a session is told it may use."""
        return Limits(
            max_waiting_chars=self.speech.max_waiting_chars,
            max_contexts=self.max_contexts,
            max_messages_per_second=self.max_messages_per_second,
            idle_ms=self.idle_ms,
        )

    def speech_config(self, session: SessionConfig) -> SpeechConfig:
        """What the session's contexts sound like. Raises `InputError` naming the field that is out of range."""
        spoken: dict[str, Any] = {name: getattr(session, name) for name in _SPOKEN}
        return SpeechConfig(**spoken, lexicon=session.lexicon, max_waiting_chars=self.speech.max_waiting_chars)


def updated(session: SessionConfig, update: SessionUpdate) -> SessionConfig:
    """The session's config with what the update names. Raises `InputError` for the lead only."""
    changes = {
        name: value for name in update.__struct_fields__ if (value := getattr(update, name)) is not msgspec.UNSET
    }
    changed = msgspec.structs.replace(session, **changes)
    _check_lead(changed.max_lead_ms)
    return changed


def _check_lead(max_lead_ms: int) -> None:
    low, high = LEAD_MS
    if not low <= max_lead_ms <= high:
        raise InputError("max_lead_ms", f"{max_lead_ms} is outside {low}–{high}")
