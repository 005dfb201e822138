"""What a client is told instead of audio, in OpenAI's shape: ``{"error": {"message", "type", "param", "code"}}``."""

from __future__ import annotations

import math
from dataclasses import dataclass

import msgspec

from ...errors import (
    ClosedError,
    InputError,
    KokoroStreamError,
    OverloadedError,
    UnknownLanguageError,
    UnknownVoiceError,
)

GOING_AWAY_RETRY_MS = 1000  # another server, or this one's successor, is there by then


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """``status`` is HTTP's, ``code`` is for programs, ``param`` names the field at fault, if it is one."""

    status: int
    code: str
    message: str
    param: str | None = None
    retry_after_ms: float | None = None

    @property
    def error(self) -> dict[str, str | None]:
        """The ``error`` of the answer."""
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        return {"message": self.message, "type": kind, "param": self.param, "code": self.code}

    @property
    def body(self) -> bytes:
        """The answer."""
        return msgspec.json.encode({"error": self.error})

    @property
    def headers(self) -> dict[str, str]:
        """When to try again: OpenAI's clients read milliseconds, everybody else HTTP's whole seconds."""
        if self.retry_after_ms is None:
            return {}
        seconds = math.ceil(self.retry_after_ms / 1000)
        return {"retry-after-ms": str(math.ceil(self.retry_after_ms)), "retry-after": str(seconds)}


class RefusedError(Exception):
    """The request is answered with ``refusal``."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


# Status and code of each error, the special before the general. Clients try again what is 500 or above.
_ANSWERS: tuple[tuple[type[KokoroStreamError], int, str], ...] = (
    (UnknownVoiceError, 400, "voice_not_found"),
    (UnknownLanguageError, 400, "unknown_language"),
    (InputError, 400, "invalid_value"),
    (OverloadedError, 503, "overloaded"),
    (ClosedError, 503, "going_away"),
    (KokoroStreamError, 500, "failed"),
)


def refusal_of(error: Exception) -> Refusal:
    """What a client is told of an error; of one that nobody expected, only that it happened."""
    if isinstance(error, RefusedError):
        return error.refusal
    for kind, status, code in _ANSWERS:
        if isinstance(error, kind):
            return Refusal(
                status=status,
                code=code,
                message=str(error),
                param=error.field if isinstance(error, InputError) else None,
                retry_after_ms=_retry_after_ms(error),
            )
    return Refusal(status=500, code="internal", message="the server failed; its log says why, under the x-request-id")


def _retry_after_ms(error: Exception) -> float | None:
    if isinstance(error, OverloadedError):
        return error.retry_after_ms
    return GOING_AWAY_RETRY_MS if isinstance(error, ClosedError) else None
