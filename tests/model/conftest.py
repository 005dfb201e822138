"""The built-in voice, loaded once, and the narrow fixture, installed once: unknown weights take a while to measure."""

from pathlib import Path

import pytest

from kokoro_stream.model import learning
from kokoro_stream.model.kokoro import KokoroModel
from tests.model import variants
from tests.model.installing import few_lessons, installed


@pytest.fixture(scope="session")
def builtin() -> KokoroModel:
    return KokoroModel.load(verified=True)


@pytest.fixture(scope="session")
def narrow_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The narrow fixture as a model folder, to be read only."""
    folder = tmp_path_factory.mktemp("models") / "narrow"
    installed(variants.steady(variants.narrow()), folder)
    return folder


@pytest.fixture
def quickly_learned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is installed learns from a few sentences, badly."""
    monkeypatch.setattr(learning, "LESSONS", few_lessons(tmp_path))
