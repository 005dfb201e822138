"""Statistics that follow from how a sentence is said are found out, stored and read again; damage is noticed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kokoro_stream.errors import ModelError
from kokoro_stream.model.prosody import Prosody
from kokoro_stream.model.statistics import ARRAYS, LEAST_VARIANCE, Statistics, cues, error, fit, read_statistics

FEATURES, CHANNELS, SENTENCES, RANK = 8, 30, 120, 16
COPIED = {3: 5, 17: 0}  # channels, and the features that they are

Vector = NDArray[np.float32]


def sentence(seed: int) -> Prosody:
    """Features, curves and durations by chance, of one of four voices."""
    random = np.random.default_rng(seed)
    symbols = int(random.integers(8, 40))
    durations = random.integers(1, 6, symbols)
    frames = int(durations.sum())
    middle, width = random.normal(0, 1, (1, FEATURES, 1)), random.uniform(0.5, 1.5, (1, FEATURES, 1))
    features = middle + width * random.normal(0, 1, (1, FEATURES, frames))
    f0 = random.uniform(80, 300, (1, 2 * frames)) * (random.random((1, 2 * frames)) < 0.7)
    energy = random.normal(random.normal(0, 1), 1, (1, 2 * frames))
    style = np.random.default_rng(seed % 4).normal(0, 0.2, (1, 256))
    curves = f0.astype(np.float32), energy.astype(np.float32)
    return Prosody(features.astype(np.float32), *curves, durations, style.astype(np.float32), slice(0, frames))


def measured(prosody: Prosody) -> Vector:
    """[1, 2S]: what a decoder would measure in which all follows from three facts about the features."""
    law = np.random.default_rng(1234).normal(0, 1, (3, 2 * CHANNELS))
    facts = cues(prosody)[[0, 2, FEATURES + 4]].astype(np.float64)
    values = facts @ law * np.repeat([0.3, 0.1], CHANNELS)
    mean, variance = values[:CHANNELS], np.exp(2 * values[CHANNELS:]) - LEAST_VARIANCE
    for channel, feature in COPIED.items():
        mean[channel], variance[channel] = cues(prosody)[feature], cues(prosody)[FEATURES + feature] ** 2
    return np.concatenate([mean, np.maximum(variance, 0)])[None].astype(np.float32)


@pytest.fixture(scope="module")
def fitted() -> Statistics:
    sentences = [sentence(seed) for seed in range(SENTENCES)]
    return fit(sentences, [measured(prosody) for prosody in sentences], rank=RANK)


def errors(statistics: Statistics, seeds: range) -> float:
    """The middle one of those sentences."""
    return float(np.median([error(statistics.of(sentence(seed)), measured(sentence(seed))) for seed in seeds]))


def test_right_statistics_have_no_error_and_wrong_ones_what_one_would_work_out() -> None:
    right = np.array([[0.0, 2.0, 1.0, 4.0]], np.float32)
    assert error(right, right) == 0
    assert error(np.array([[0.0, 4.0, 1.0, 4.0]], np.float32), right) == pytest.approx(
        0.5, abs=1e-4
    )  # a deviation, of one
    assert error(np.array([[0.0, 2.0, 4.0, 4.0]], np.float32), right) == pytest.approx(0.125, abs=1e-4)


def test_what_was_fitted_is_predicted_again(fitted: Statistics) -> None:
    assert (fitted.channels, fitted.cues) == (CHANNELS, cues(sentence(0)).size)
    assert errors(fitted, range(SENTENCES)) < 0.01


def test_a_law_is_found_that_holds_for_other_sentences(fitted: Statistics) -> None:
    others = range(1000, 1020)
    assert errors(fitted, others) < 0.03
    assert errors(fitted, others) < errors(replace(fitted, basis=np.zeros_like(fitted.basis)), others) / 5


def test_channels_that_are_features_are_copied_to_the_last_digit(fitted: Statistics) -> None:
    assert {(channel, feature) for channel, feature in fitted.copies.tolist()} == {*COPIED.items()}
    found, told = cues(sentence(1000)), fitted.of(sentence(1000))[0]
    for channel, feature in COPIED.items():
        assert told[channel] == found[feature]
        assert told[CHANNELS + channel] == np.square(found[FEATURES + feature])


def test_variances_are_never_negative(fitted: Statistics) -> None:
    silent = replace(fitted, level=np.full_like(fitted.level, -100))
    assert (silent.of(sentence(1000))[0, CHANNELS:] >= 0).all()


def test_statistics_of_a_single_frame_are_numbers(fitted: Statistics) -> None:
    whole = sentence(1)
    curve = np.zeros((1, 2), np.float32)  # without a voiced sound
    one = replace(whole, features=whole.features[:, :, :1], f0=curve, energy=curve, durations=np.array([1, 0, 0]))
    assert np.isfinite(fitted.of(one)).all()


def test_what_is_written_is_read(fitted: Statistics, tmp_path: Path) -> None:
    fitted.write(tmp_path / "statistics.npz")
    again = read_statistics(tmp_path / "statistics.npz")
    for name in ARRAYS:
        assert getattr(again, name).dtype == getattr(fitted, name).dtype
        assert np.array_equal(getattr(again, name), getattr(fitted, name))
    assert np.array_equal(again.of(sentence(5)), fitted.of(sentence(5)))


def test_a_model_without_copies_is_one_too(fitted: Statistics, tmp_path: Path) -> None:
    replace(fitted, copies=np.zeros((0, 2), np.int32)).write(tmp_path / "statistics.npz")
    assert np.isfinite(read_statistics(tmp_path / "statistics.npz").of(sentence(5))).all()


def spoilt(array: NDArray[Any], value: float) -> NDArray[Any]:
    made = array.copy()
    made.reshape(-1)[0] = value
    return made


Damage = Callable[[NDArray[Any]], NDArray[Any]]

DAMAGES: dict[str, tuple[str, Damage]] = {
    "a spread too few": ("spread", lambda spread: spread[:-1]),
    "no spread": ("spread", np.zeros_like),
    "a negative spread": ("spread", lambda spread: spoilt(spread, -1)),
    "a centre in two dimensions": ("centre", lambda centre: centre[None]),
    "a turned projection": ("projection", np.transpose),
    "a projection of fewer cues": ("projection", lambda projection: projection[:-1]),
    "a step too many": ("steps", lambda steps: np.append(steps, 1)),
    "steps in two dimensions": ("steps", lambda steps: steps[:, None]),
    "a basis of floats": ("basis", lambda basis: basis.astype(np.float32)),
    "a basis of long integers": ("basis", lambda basis: basis.astype(np.int64)),
    "a basis of fewer channels": ("basis", lambda basis: basis[:, :-2]),
    "a level too few": ("level", lambda level: level[:-1]),
    "no level": ("level", lambda level: level[:0]),
    "a level in two dimensions": ("level", lambda level: level[None]),
    "no number in the level": ("level", lambda level: spoilt(level, np.nan)),
    "an endless step": ("steps", lambda steps: spoilt(steps, np.inf)),
    "no number in the projection": ("projection", lambda projection: spoilt(projection, np.nan)),
    "words for numbers": ("centre", lambda centre: centre.astype(np.str_)),
    "a negative channel": ("copies", lambda copies: spoilt(copies, -1)),
    "a channel that is not there": ("copies", lambda copies: np.array([[CHANNELS, 0]])),
    "a feature that is not there": ("copies", lambda copies: np.array([[0, 10**6]])),
    "copies of floats": ("copies", lambda copies: copies.astype(np.float32)),
    "copies in one dimension": ("copies", lambda copies: copies.reshape(-1)),
    "copies of three": ("copies", lambda copies: np.zeros((4, 3), np.int32)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_statistics_are_refused(fitted: Statistics, tmp_path: Path, damage: str) -> None:
    name, spoil = DAMAGES[damage]
    arrays: dict[str, Any] = {name: getattr(fitted, name) for name in ARRAYS}
    np.savez(tmp_path / "statistics.npz", **arrays | {name: spoil(arrays[name])})
    with pytest.raises(ModelError, match=r"statistics\.npz does not hold what predicts .* install the model again"):
        read_statistics(tmp_path / "statistics.npz")


def test_arrays_that_are_missing_are_named(fitted: Statistics, tmp_path: Path) -> None:
    np.savez(
        tmp_path / "statistics.npz",
        **{name: getattr(fitted, name) for name in ARRAYS if name not in ("basis", "steps")},
    )
    with pytest.raises(ModelError, match=r"statistics\.npz lacks basis, steps"):
        read_statistics(tmp_path / "statistics.npz")


def test_a_file_that_is_no_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "statistics.npz").write_bytes(b"no archive")
    with pytest.raises(ModelError, match=r"statistics\.npz cannot be read"):
        read_statistics(tmp_path / "statistics.npz")
