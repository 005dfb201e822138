"""``models``: what can be spoken with, where it comes from, and whether it is in order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from ..engine.acceptance import MOST_PREDICTED_DB, Acceptance, Difference, accept
from ..errors import ModelError
from ..model import store
from ..model.folder import BUILTIN, CARD, NORMS, VOICES, WHOLE, Keep, read_card, verify, write_card
from ..model.kokoro import KokoroModel
from ..model.measuring import Measuring
from ..model.store import MODELS, InstalledModel
from ..model.voices import read_voices

app = typer.Typer(name="models", help="List, fetch, add and check models.")
ORIGINS = {"builtin": "comes with the package"}
KEEP_HELP = "Of quantised or half-precision weights: as the file has them, as floats, or what is fastest here."
COLUMNS = ("name", "state", "size", "voices", "licence", "what it is")


@app.command("list")
def list_models(
    as_json: Annotated[bool, typer.Option("--json", help="A JSON array instead of a table.")] = False,
) -> None:
    """List the installed models, and those that can be pulled."""
    here = store.installed()
    names = {model.name for model in here}
    rows = [*map(_installed, here), *(_available(name) for name in MODELS if name not in names)]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    table = Table(*COLUMNS, box=None, pad_edge=False)
    for row in rows:
        size, voices = f"{row['bytes'] / 1e6:.0f} MB", str(row["voices"] or "")
        table.add_row(row["name"], row["state"], size, voices, row["licence"], row["detail"])
    Console().print(table)


def _installed(model: InstalledModel) -> dict[str, Any]:
    card, problem, voices = model.card, model.problem, 0
    if card is not None:
        try:
            voices = len(read_voices(model.folder / VOICES))
        except ModelError as error:
            problem = str(error)
    known = MODELS.get(model.name)
    return {
        "name": model.name,
        "state": "unusable" if problem else "lossy" if card is not None and card.notes else "installed",
        "bytes": model.size,
        "voices": voices,
        "licence": card.licence if card else "",
        "lost": list(card.notes) if card else [],
        "detail": problem or (known.detail if known else ORIGINS.get(model.name, card.origin if card else "")),
        "folder": str(model.folder),
        "origin": card.origin if card else "",
    }


def _available(name: str) -> dict[str, Any]:
    known = MODELS[name]
    return {
        "name": name,
        "state": "can be pulled",
        "bytes": known.megabytes * 1_000_000,
        "voices": 0,
        "licence": known.licence,
        "lost": [],
        "detail": known.detail,
        "folder": "",
        "origin": known.repository,
    }


@app.command()
def pull(
    name: Annotated[str, typer.Argument(metavar="NAME", help="One that `models list` shows, like kokoro.")],
    revision: Annotated[
        str | None, typer.Option(metavar="REV", help="A commit, branch or tag of its repository.")
    ] = None,
    keep: Annotated[Keep, typer.Option(help=KEEP_HELP)] = "fastest",
) -> None:
    """Fetch a model from Hugging Face and install it."""
    typer.echo(store.pull(name, revision=revision, keep=keep, report=_report))


@app.command()
def add(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A Kokoro .onnx file, or a folder with one.")],
    voices: Annotated[Path | None, typer.Option(metavar="PATH", help="Its voices, where not beside it.")] = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="What to call it; by default as the file.")] = None,
    keep: Annotated[Keep, typer.Option(help=KEEP_HELP)] = "fastest",
) -> None:
    """Install a model from files that are on this machine."""
    typer.echo(store.add(path, voices=voices, name=name, keep=keep, report=_report))


@app.command("verify")
def verify_model(
    name: Annotated[str, typer.Argument(metavar="NAME", help="An installed model, or the path of a model folder.")],
) -> None:
    """Compare a model's files with their checksums and its windows with the whole; keep the windows that suit it.

    Status 1 when no windows sound as the whole does (the longest are kept then), or when something was lost already
    when the model was installed.
    """
    folder = store.resolve(name)
    card = read_card(folder)
    verify(folder, card)
    typer.echo(f"{len(card.checksums)} files are as they were installed")
    for note in card.notes:
        typer.echo(f"lost: {note}")
    if (folder / WHOLE).exists():
        typer.echo("it runs whole, so there are no windows to choose")
        raise typer.Exit(1 if card.notes else 0)
    model = KokoroModel.load(folder)
    measuring = Measuring(model, folder) if (folder / NORMS).exists() else None
    found = accept(model, voices=_english(model.voices.names), measuring=measuring, report=_report)
    _show(found)
    chosen = f"first window {found.first_window_frames} frames, margin {found.margin_frames}"
    if folder == BUILTIN:
        typer.echo(f"{chosen} would do; the built-in model stays as it was released")
    else:
        windows = {"first_window_frames": found.first_window_frames, "margin_frames": found.margin_frames}
        write_card(folder, msgspec.structs.replace(card, **windows))
        typer.echo(f"{chosen}: written to {folder / CARD}")
    if not found.accepted or card.notes:
        raise typer.Exit(1)


def _english(voices: tuple[str, ...]) -> tuple[str, ...]:
    """Voices that can be judged by English sentences: Kokoro's American and British ones, else the default."""
    return tuple(voice for voice in voices if voice[:1] in ("a", "b")) or voices[:1]


def _show(found: Acceptance) -> None:
    table = Table("first", "margin", "distance p50", "p95", "loudness p95", "seam", "", box=None, pad_edge=False)
    table.title, table.caption = "windows against the whole", "frames and dB"
    table.add_row("whole", "again", *_decibels(found.floor), "the model's own noise")
    for trial in found.trials:
        frames = str(trial.first_window_frames), str(trial.margin_frames)
        table.add_row(*frames, *_decibels(trial.difference), "✓" if trial.accepted else "✗")
    Console().print(table)
    if found.predicted_db:
        typer.echo(f"levels of bands by predicted statistics: {found.predicted_db:.1f} dB, at most {MOST_PREDICTED_DB}")


def _decibels(found: Difference) -> Iterator[str]:
    for value in (found.distance_p50_db, found.distance_p95_db, found.loudness_p95_db, found.seam_db):
        yield f"{value:.2f}"


def _report(message: str) -> None:
    typer.echo(message, err=True)
