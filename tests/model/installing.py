"""Installs models for tests: the fixture, whole sessions share one; others learn from a few sentences only."""

from __future__ import annotations

from pathlib import Path

import onnx
from onnx import ModelProto

from kokoro_stream.model import learning
from kokoro_stream.model.folder import Keep, ModelCard
from kokoro_stream.model.install import install
from kokoro_stream.model.voices import read_voices
from tests.model import variants

FEW = 6  # lessons


def installed(
    model: ModelProto,
    folder: Path,
    told: list[str] | None = None,
    *,
    licence: str = "Apache-2.0",
    keep: Keep = "fastest",
) -> ModelCard:
    """Its card; ``told`` gets what was reported."""
    folder.mkdir()
    onnx.save(model, folder.parent / "kokoro.onnx")
    return install(
        folder.parent / "kokoro.onnx",
        read_voices(variants.VOICES),
        folder,
        name="narrow",
        licence=licence,
        origin="a test",
        report=(told if told is not None else []).append,
        keep=keep,
    )


def few_lessons(to: Path) -> Path:
    """A file of lessons that takes a second to learn from, in the folder ``to``."""
    path = to / "lessons.txt"
    path.write_text("\n".join(learning.LESSONS.read_text("utf-8").splitlines()[:FEW]) + "\n", "utf-8")
    return path
