"""``kokoro-stream …``: the commands, and how their errors reach a person."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

import typer

from .commands import examine, models, player, say, serve, stages
from .errors import KokoroStreamError

app = typer.Typer(
    name="kokoro-stream",
    help="Speech for assistants that starts before the sentence is over.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
COMMANDS = (
    say.say,
    serve.serve,
    say.client,
    player.player,
    say.voices,
    stages.phonemize,
    stages.normalize,
    stages.segment,
    examine.doctor,
)
for command in COMMANDS:
    app.command()(command)
app.add_typer(models.app)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs the command that ``arguments`` (by default the process's own) ask for, and ends the process.

    Without any, shows what there is. An error is one line on standard error; the status is 1 then, 2 for wrong usage,
    130 after Ctrl-C.
    """
    given = sys.argv[1:] if arguments is None else arguments
    try:
        status = app(given or ["--help"], prog_name=app.info.name, standalone_mode=False)
    except typer.TyperException as error:
        status = _complain(error.format_message(), error.exit_code)
    except KokoroStreamError as error:
        status = _complain(str(error))
    except OSError as error:
        status = _complain(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    sys.exit(status)


def _complain(message: str, status: int = 1) -> int:
    typer.echo(f"kokoro-stream: {message}", err=True)
    return status
