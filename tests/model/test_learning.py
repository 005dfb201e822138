"""Weights that are known are recognised by what they do, others are measured; both predict what was no lesson."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kokoro_stream.engine.acceptance import SENTENCES
from kokoro_stream.model import learning
from kokoro_stream.model.folder import STATISTICS
from kokoro_stream.model.kokoro import KokoroModel
from kokoro_stream.model.learning import LICENCE, learned
from kokoro_stream.model.measuring import Measuring
from kokoro_stream.model.statistics import ARRAYS, Statistics, error, read_statistics
from kokoro_stream.phonemes.vocabulary import VOCABULARY
from tests.model.installing import FEW

NAME = "narrow-v1.0"


@pytest.fixture(scope="module")
def found(narrow_folder: Path) -> Statistics:
    """What was learned when the narrow fixture was installed."""
    return read_statistics(narrow_folder / STATISTICS)


@pytest.fixture(scope="module")
def model(narrow_folder: Path) -> KokoroModel:
    return KokoroModel.load(narrow_folder, taught=False)


@pytest.fixture(scope="module")
def measuring(model: KokoroModel, narrow_folder: Path) -> Measuring:
    return Measuring(model, narrow_folder)


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing is known yet; the folder to put it in."""
    folder = tmp_path / "known"
    folder.mkdir()
    monkeypatch.setattr(learning, "KNOWN", folder)
    return folder


def same(one: Statistics, other: Statistics) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ARRAYS)


def backwards(statistics: Statistics) -> Statistics:
    """Of other weights: their channels stand in another order."""
    half = statistics.channels
    order = [*range(half)[::-1], *range(half, 2 * half)[::-1]]
    return replace(
        statistics,
        basis=statistics.basis[:, order],
        level=statistics.level[order],
        copies=np.zeros((0, 2), np.int32),
    )


def of_fewer_channels(statistics: Statistics) -> Statistics:
    half = statistics.channels
    kept = [*range(half - 1), *range(half, 2 * half - 1)]
    return replace(
        statistics, basis=statistics.basis[:, kept], level=statistics.level[kept], copies=np.zeros((0, 2), np.int32)
    )


def test_known_weights_are_recognised_and_their_licence_told(
    model: KokoroModel, measuring: Measuring, found: Statistics, known: Path
) -> None:
    backwards(found).write(known / "another.npz")
    of_fewer_channels(found).write(known / "narrower.npz")
    found.write(known / f"{NAME}.npz")
    told: list[str] = []
    statistics, licence = learned(model, measuring, told.append)
    assert same(statistics, found)
    assert licence == LICENCE
    assert told == [f"its weights are those of {NAME}"]


@pytest.mark.usefixtures("quickly_learned")
def test_weights_that_are_not_known_are_measured(
    model: KokoroModel, measuring: Measuring, found: Statistics, known: Path
) -> None:
    backwards(found).write(known / "another.npz")
    told: list[str] = []
    statistics, licence = learned(model, measuring, told.append)
    assert not same(statistics, found)
    assert statistics.channels == found.channels
    assert licence == ""
    assert told == [f"its weights are not known: measuring {FEW} sentences"]


def test_what_was_learned_predicts_sentences_that_were_no_lessons(
    model: KokoroModel, measuring: Measuring, found: Statistics
) -> None:
    """Each of its normalised channels is nearer to what it should be than by the statistics of the middle sentence."""
    lessons = learning.LESSONS.read_text("utf-8").splitlines()
    middle = replace(found, basis=np.zeros_like(found.basis), copies=found.copies[:0])
    predicted, constant = [], []
    for phonemes, voice in ((SENTENCES[1], "af_heart"), (SENTENCES[4], "am_adam"), (SENTENCES[10], "af_heart")):
        assert phonemes not in lessons
        prosody = model.prosody(phonemes, voice, 1.0)
        _, measured = measuring.decode(prosody)
        predicted.append(error(found.of(prosody), measured))
        constant.append(error(middle.of(prosody), measured))
    assert np.median(predicted) < learning.RECOGNISED
    assert np.median(predicted) < np.median(constant) / 2


def test_lessons_can_be_said_and_are_more_than_what_is_learned_from_them() -> None:
    lessons = learning.LESSONS.read_text("utf-8").splitlines()
    assert len(lessons) > learning.RANK
    assert {*"".join(lessons)} <= VOCABULARY.keys()


def test_what_is_known_comes_with_the_package() -> None:
    for path in Path(learning.__file__).with_name("known").glob("*.npz"):
        assert read_statistics(path).channels > 10_000
