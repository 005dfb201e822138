"""Options that several commands take."""

from __future__ import annotations

from typing import Annotated

import typer

VOICE = typer.Option("--voice", metavar="V", help="A voice, or a blend like af_x:0.7+am_y:0.3.")
SPEED = typer.Option("--speed", metavar="S", help="0.5 is half as fast, 2.0 twice.")
LANG = typer.Option("--lang", metavar="L", help="Language of the text.")
LATENCY = typer.Option("--latency", help="How soon to begin: after a clause (low) … a whole sentence (quality).")

Model = Annotated[str, typer.Option("--model", metavar="M", help="A model: builtin, or the path of a model folder.")]
Lang = Annotated[str, LANG]
Output = Annotated[
    str | None,
    typer.Option("-o", "--output", metavar="FILE.wav", help="Write a WAV file; - writes raw PCM to standard output."),
]
Stats = Annotated[bool, typer.Option("--stats", help="Print one line of JSON about the speed.")]
