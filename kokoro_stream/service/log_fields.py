"""What every line of the log says about whom it concerns: session, context, caller."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

_FIELDS: ContextVar[Mapping[str, str]] = ContextVar("log_fields", default=MappingProxyType({}))


def fields() -> Mapping[str, str]:
    """Those that hold here."""
    return _FIELDS.get()


@contextmanager
def concerning(**more: str) -> Iterator[None]:
    """Lines written within, also by tasks that are created there, bear these fields too; empty ones are left out."""
    token = _FIELDS.set({**_FIELDS.get(), **{name: value for name, value in more.items() if value}})
    try:
        yield
    finally:
        _FIELDS.reset(token)
