"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..model.providers import Provider as ProviderName

VOICE = typer.Option("--voice", metavar="V", help="A voice, or a blend like af_x:0.7+am_y:0.3.")
SPEED = typer.Option("--speed", metavar="S", help="0.5 is half as fast, 2.0 twice.")
LANG = typer.Option("--lang", metavar="L", help="Language of the text; the voice's own by default.")
LATENCY = typer.Option("--latency", help="How soon to begin: after a clause (low) … a whole sentence (quality).")
CODE = typer.Option("--code", help="What is said for a block of code: that there is one, nothing, or the code.")
EMOJI = typer.Option("--emoji", help="Leave emoji out, or say what they are called.")
MARKUP = typer.Option("--markup", help="Obey [word](/phonemes/) and SSML tags; only for text that you have written.")
PROVIDER = typer.Option("--provider", help="What computes; auto is a GPU that works, where the model gains from one.")
THREADS = typer.Option("--threads", metavar="N", min=0, help="To compute with; 0 is as many as suit the model.")

API_KEY = "KOKORO_STREAM_API_KEY"
"""Variable that tells clients the key of the server."""

Model = Annotated[
    str, typer.Option("--model", metavar="M", help="One that `models list` shows, or the path of a model folder.")
]
Provider = Annotated[ProviderName, PROVIDER]
Threads = Annotated[int, THREADS]
Lang = Annotated[str, LANG]
Output = Annotated[
    str | None,
    typer.Option("-o", "--output", metavar="FILE.wav", help="Write a WAV file; - writes raw PCM to standard output."),
]
LexiconFile = Annotated[
    Path | None,
    typer.Option(
        "--lexicon", metavar="FILE.toml", help='Pronunciations: one word = "respelling" or "/phonemes/" a line.'
    ),
]
KeyFile = Annotated[
    Path | None, typer.Option("--api-key-file", metavar="FILE", help=f"With the key of the server; else ${API_KEY}.")
]
Stats = Annotated[bool, typer.Option("--stats", help="Print one line of JSON about the speed.")]
