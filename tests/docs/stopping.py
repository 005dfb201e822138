"""How long a server may take to end."""

from __future__ import annotations

from kokoro_stream.service.connections import CLOSE_S, SHUTDOWN_S
from kokoro_stream.service.service import STOP_MS
from kokoro_stream.service.settings import ServiceSettings

AFTER_GRACE_S = STOP_MS / 1000 + SHUTDOWN_S + CLOSE_S


def longest_stop_s(settings: ServiceSettings) -> float:
    """From SIGTERM to the process's end."""
    return settings.grace_ms / 1000 + AFTER_GRACE_S
