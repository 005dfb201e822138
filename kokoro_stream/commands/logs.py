"""The log of a server: standard error, a line an event, for people or for programs."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..service.log_fields import fields

Format = Literal["text", "logfmt", "json"]
Level = Literal["debug", "info", "warning", "error"]

_BARE = re.compile(r"[^\s\"=\\]+")
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}  # of every record; the rest was given


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """What is written, and how. ``text`` is whether the log may hold what is spoken, at level info."""

    level: Level = "warning"
    format: Format = "text"
    text: bool = False


def configure(settings: LogSettings) -> None:
    """Makes this process log so."""
    handler = logging.StreamHandler()
    handler.setFormatter(FORMATTERS[settings.format]())
    logging.basicConfig(handlers=[handler], level=settings.level.upper(), force=True)
    # At info it tells of every connection, which our own lines do better.
    logging.getLogger("uvicorn").setLevel(max(logging.WARNING, logging.root.level))
    logging.getLogger("asyncio").addFilter(_is_news)
    logging.getLogger("kokoro_stream.spoken").disabled = not settings.text


def _is_news(record: logging.LogRecord) -> bool:
    """asyncio warns of each write to a peer that has just vanished, which peers may do."""
    return record.getMessage() != "socket.send() raised exception."


class _Structured(logging.Formatter):
    """Time in UTC, level, logger, event, and the fields of the line and of whom it concerns."""

    def values(self, record: logging.LogRecord) -> Mapping[str, Any]:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        values: dict[str, Any] = {
            "time": f"{moment}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **fields(),
            **given(record),
        }
        if record.exc_info:
            values["exception"] = self.formatException(record.exc_info)
        return values


class JsonFormatter(_Structured):
    """A JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(self.values(record), ensure_ascii=False, default=str)


class LogfmtFormatter(_Structured):
    """``name=value`` pairs, quoted as JSON where they are more than a word."""

    def format(self, record: logging.LogRecord) -> str:
        return _pairs(self.values(record))


class TextFormatter(logging.Formatter):
    """For people: time, level, logger, what happened, and the fields behind it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        pairs = _pairs({**fields(), **given(record)})
        return super().formatMessage(record) + (f" ({pairs})" if pairs else "")


FORMATTERS: Mapping[Format, type[logging.Formatter]] = {
    "text": TextFormatter,
    "logfmt": LogfmtFormatter,
    "json": JsonFormatter,
}


def given(record: logging.LogRecord) -> dict[str, Any]:
    """What was given as ``extra``."""
    return {name: value for name, value in vars(record).items() if name not in _PLAIN}


def _pairs(values: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={_value(value)}" for name, value in values.items())


def _value(value: Any) -> str:
    text = str(value)
    return text if _BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False)
