"""Which model is asked for: there is one, and OpenAI's names of theirs stand for it."""

from __future__ import annotations

from ..refusal import Refusal
from .errors import RefusedError

# Also those with a date behind them. Clients come configured with these.
OPENAI_NAMES = ("tts-1", "gpt-4o-mini-tts")


def require(asked: str, loaded: str, *, param: str | None) -> None:
    """Raises `RefusedError` when ``asked`` means another model than the one that is loaded."""
    if asked != loaded and not asked.startswith(OPENAI_NAMES):
        message = f"there is no model {asked!r} here, only {loaded!r}, which {' and '.join(OPENAI_NAMES)} stand for too"
        raise RefusedError(Refusal(status=404, code="model_not_found", message=message, param=param))
