"""A folder of Kokoro as published, and our cut model of it, which is made once."""

from __future__ import annotations

import sys
from pathlib import Path

from kokoro_stream.model.install import install
from kokoro_stream.model.voices import read_voices

GRAPHS = ("kokoro-v1.0.onnx", "kokoro.onnx")  # of `benchmarks.real_kokoro`, of `benchmarks.random_kokoro`
VOICES, CUT = "voices-v1.0.bin", "cut"


def graph_of(folder: Path) -> Path:
    """The uncut graph in full precision. Raises FileNotFoundError."""
    for name in GRAPHS:
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(f"{folder} has neither {' nor '.join(GRAPHS)}; make kokoro OUT={folder} writes the first")


def cut(folder: Path) -> Path:
    """The folder of the cut model, which is made if it is not there."""
    to, graph = folder / CUT, graph_of(folder)
    if not to.exists():
        unfinished = folder / f"{CUT}.new"
        unfinished.mkdir()
        voices = read_voices(folder / VOICES)
        install(graph, voices, unfinished, name="kokoro", licence="", origin=str(graph), report=_tell)
        unfinished.rename(to)
    return to


def _tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
