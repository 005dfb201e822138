"""Which refusal each error is to a client of this door."""

from __future__ import annotations

from ...errors import (
    ClosedError,
    InputError,
    KokoroStreamError,
    OverloadedError,
    RateLimitError,
    UnknownLanguageError,
    UnknownVoiceError,
)
from ..refusal import Refusal

GOING_AWAY_RETRY_MS = 1000  # another server, or this one's successor, is there by then


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
    (RateLimitError, 429, "rate_limit"),
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
