"""``python -m tests.model.pulling``: pulls "kokoro" in a process of its own, cutting being replaced by copying."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np

from kokoro_stream.errors import KokoroStreamError
from kokoro_stream.model.folder import BUILTIN, DECODER, VOICES, Keep, ModelCard, checksum, read_card, write_card
from kokoro_stream.model.store import Report, pull
from kokoro_stream.model.voices import StyleTable


def copied(
    graph: Path,
    voices: Mapping[str, StyleTable],
    folder: Path,
    *,
    name: str,
    licence: str,
    origin: str,
    report: Report,
    keep: Keep = "fastest",
) -> ModelCard:
    """An `Install` that takes the graph for a decoder."""
    report(f"copying {graph.name}")
    (folder / DECODER).write_bytes(graph.read_bytes())
    np.savez(folder / VOICES, allow_pickle=False, **dict(voices))
    sums = {file: checksum(folder / file) for file in (DECODER, VOICES)}
    facts = {"name": name, "licence": licence, "origin": origin, "default_voice": min(voices), "checksums": sums}
    card = msgspec.structs.replace(read_card(BUILTIN), **facts)
    write_card(folder, card)
    return card


def say(message: str) -> None:
    sys.stderr.write(message + "\n")


if __name__ == "__main__":
    try:
        pull("kokoro", report=say, install=copied)
    except KokoroStreamError as error:
        sys.exit(str(error))
