"""Carries a speech's events to an output."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from dataclasses import asdict

import typer

from ..errors import KokoroStreamError
from ..events import AudioFrame, Done, Event, Failed, Interrupted, Warned
from .outputs import Output


async def listen(events: AsyncIterator[Event], output: Output) -> Done:
    """Writes the audio, prints warnings on standard error, and returns the end of a speech that was said in full.

    Raises KokoroStreamError when the speech ends in another way.
    """
    async for event in events:
        match event:
            case AudioFrame():
                await output.write(event.pcm)
            case Warned():
                typer.echo(f"kokoro-stream: {event.message}", err=True)
            case Failed():
                raise KokoroStreamError(event.message)
            case Interrupted():
                raise KokoroStreamError(f"the speech was interrupted before {event.text_remaining!r}")
            case Done():
                return event
    raise KokoroStreamError("the speech broke off")


class Stopwatch:
    """Prints ``--stats``: one JSON line, on standard error where standard output carries the audio."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    def report(self, done: Done, output: str | None) -> None:
        wall_ms = (time.perf_counter() - self._start) * 1000
        figures = {**asdict(done), "wall_ms": wall_ms}
        rounded = {name: round(value, 4 if name == "rtf" else 1) for name, value in figures.items()}
        typer.echo(json.dumps(rounded), err=output == "-")
