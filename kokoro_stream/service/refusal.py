"""What a client is told over HTTP instead of what it asked for, in OpenAI's shape: ``{"error": {"message", …}}``."""

from __future__ import annotations

import math
from dataclasses import dataclass

import msgspec

_KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


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
        kind = _KINDS.get(self.status, "server_error" if self.status >= 500 else "invalid_request_error")
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
