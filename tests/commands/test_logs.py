"""The log's lines, for people and for programs."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Iterator

import pytest

from kokoro_stream.commands.logs import FORMATTERS, Format, LogSettings, configure
from kokoro_stream.service.log_fields import concerning


def line(log_format: Format, message: str = "a session has ended", error: bool = False, **extra: object) -> str:
    record = logging.makeLogRecord(
        {"name": "kokoro_stream.x", "levelname": "INFO", "msg": message, "created": 0.25, "msecs": 250.0, **extra}
    )
    if error:
        try:
            raise ValueError("broken\nin two")
        except ValueError:
            record.exc_info = sys.exc_info()
    return FORMATTERS[log_format]().format(record)


def test_for_programs_a_line_is_a_json_object() -> None:
    with concerning(session="ab12", caller=""):
        written = json.loads(line("json", seconds=1.5))
    assert written == {
        "time": "1970-01-01T00:00:00.250Z",
        "level": "info",
        "logger": "kokoro_stream.x",
        "event": "a session has ended",
        "session": "ab12",
        "seconds": 1.5,
    }


def test_or_pairs_of_names_and_values() -> None:
    with concerning(session="ab12"):
        assert line("logfmt", 'it said "no"', seconds=1.5, empty="") == (
            "time=1970-01-01T00:00:00.250Z level=info logger=kokoro_stream.x "
            r'event="it said \"no\"" session=ab12 seconds=1.5 empty=""'
        )


def test_for_people_the_fields_come_last() -> None:
    with concerning(session="ab12", context="reply 1"):
        assert line("text").endswith('INFO kokoro_stream.x: a session has ended (session=ab12 context="reply 1")')
    assert line("text").endswith("INFO kokoro_stream.x: a session has ended")


@pytest.mark.parametrize("log_format", ["json", "logfmt"])
def test_an_error_stays_on_its_line(log_format: Format) -> None:
    written = line(log_format, error=True)
    assert "ValueError: broken" in written
    assert "\n" not in written


async def test_tasks_inherit_whom_they_concern() -> None:
    async def context() -> str:
        with concerning(context="reply"):
            await asyncio.sleep(0)
            return line("logfmt")

    with concerning(session="ab12"):
        task = asyncio.create_task(context())
    assert "session=ab12 context=reply" in await task
    assert "session" not in line("logfmt", "something else")


@pytest.fixture
def _logging_as_before() -> Iterator[None]:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    logging.getLogger("kokoro_stream.spoken").disabled = True
    logging.getLogger("uvicorn").setLevel(logging.NOTSET)


@pytest.mark.usefixtures("_logging_as_before")
@pytest.mark.parametrize("asked", [False, True])
def test_what_is_spoken_is_written_only_if_that_was_asked_for(asked: bool, capsys: pytest.CaptureFixture[str]) -> None:
    configure(LogSettings(level="info", text=asked))
    logging.getLogger("kokoro_stream.spoken").info("a segment", extra={"text": "My secret."})
    logging.getLogger("kokoro_stream.service").info("hello")
    written = capsys.readouterr().err
    assert ("My secret." in written) is asked
    assert "hello" in written


@pytest.mark.usefixtures("_logging_as_before")
def test_what_is_below_the_level_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    configure(LogSettings())
    logging.getLogger("kokoro_stream.service").info("hello")
    logging.getLogger("kokoro_stream.service").warning("careful")
    assert capsys.readouterr().err.count("\n") == 1
