"""What the command line understands, without running it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from typer.main import get_command

from kokoro_stream.cli import app


def parse(arguments: Sequence[str]) -> dict[str, Any]:
    """What ``kokoro-stream`` with these ``arguments`` tells its command. Raises typer's errors for wrong usage."""
    command, *rest = _command(arguments)
    parsed: dict[str, Any] = command.make_context(command.name, rest).params
    return parsed


def flags(*names: str) -> set[str]:
    """Options of that command."""
    command, *_ = _command(names)
    return {option for each in command.params for option in each.opts if option.startswith("--")}


def _command(arguments: Sequence[str]) -> list[Any]:
    """The command that is meant, and what is left."""
    command, rest = get_command(app), list(arguments)
    while inner := getattr(command, "commands", None):
        command = inner[rest.pop(0)]
    return [command, *rest]
