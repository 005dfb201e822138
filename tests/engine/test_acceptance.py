"""Windows are accepted when they sound as the whole does, and refused when they do not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kokoro_stream.engine.acceptance import FIRST_WINDOWS, MARGINS, MOST_PREDICTED_DB, SENTENCES, accept
from kokoro_stream.model.kokoro import KokoroModel, Samples
from kokoro_stream.model.prosody import Prosody
from kokoro_stream.model.session import Stop
from kokoro_stream.phonemes.vocabulary import VOCABULARY

FEW = (SENTENCES[8],)


class Shaped(KokoroModel):
    """The built-in voice, but windows of which fewer than ``fair`` frames are heard have ``gain`` and ``click``."""

    fair, gain, click = 0, 1.0, 0.0

    def decode(
        self, prosody: Prosody, frames: slice, stop: Stop | None = None, *, context: tuple[int, int] = (0, 0)
    ) -> Samples:
        samples = super().decode(prosody, frames, stop, context=context)
        if frames.stop - frames.start - sum(context) >= self.fair:
            return samples
        samples = samples * np.float32(self.gain)
        samples[:: self.card.samples_per_frame] += self.click
        return samples


class Levelled(KokoroModel):
    """The built-in voice, as loud as its norms say: sentences have 1, and ``predicted`` is what is predicted."""

    predicted = 1.0

    def prosody(self, *said: Any, **options: Any) -> Prosody:
        prosody = super().prosody(*said, **options)
        return self.normalised(prosody, np.full((1, 1), self.predicted, np.float32))

    def normalised(self, prosody: Prosody, statistics: Samples) -> Prosody:
        return replace(prosody, norms=statistics)

    def decode(
        self, prosody: Prosody, frames: slice, stop: Stop | None = None, *, context: tuple[int, int] = (0, 0)
    ) -> Samples:
        assert prosody.norms is not None
        return np.asarray(super().decode(prosody, frames, stop, context=context) * prosody.norms[0, 0])


class Own:
    """Measures a `Levelled` voice."""

    def __init__(self, model: Levelled) -> None:
        self._model = model

    def decode(self, prosody: Prosody) -> tuple[Samples, Samples]:
        statistics = np.ones((1, 1), np.float32)
        own = self._model.normalised(prosody, statistics)
        return self._model.decode(own, slice(0, prosody.frames)), statistics


@pytest.fixture(scope="module")
def model() -> Shaped:
    return Shaped.load()  # type: ignore[return-value]


def test_the_builtin_voice_may_start_with_the_shortest_window(model: Shaped) -> None:
    found = accept(model, FEW)
    assert found.accepted
    assert found.first_window_frames == FIRST_WINDOWS[0]
    assert found.margin_frames <= model.card.margin_frames


def test_the_same_sound_every_time_has_no_floor(model: Shaped) -> None:
    assert accept(model, FEW).floor.distance_p95_db == 0


def test_short_windows_that_are_too_quiet_are_refused(model: Shaped, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shaped, "fair", 14)
    monkeypatch.setattr(Shaped, "gain", 0.5)
    found = accept(model, FEW)
    assert found.accepted
    assert found.first_window_frames > FIRST_WINDOWS[0]
    assert not next(t for t in found.trials if t.first_window_frames == FIRST_WINDOWS[0]).accepted


def test_windows_that_click_are_refused(model: Shaped, monkeypatch: pytest.MonkeyPatch) -> None:
    """All windows are: then the longest that were tried are named, as not accepted."""
    monkeypatch.setattr(Shaped, "fair", model.prosody(SENTENCES[7], "", 1.0).frames)
    monkeypatch.setattr(Shaped, "click", 0.5)
    found = accept(model, [SENTENCES[7]])
    assert not found.accepted
    assert found.first_window_frames == max(trial.first_window_frames for trial in found.trials)
    assert found.margin_frames == MARGINS[-1]


@pytest.mark.parametrize(("predicted", "decibels"), [(1.0, 0.0), (0.8, 1.94), (0.5, 6.02)])
def test_predicted_statistics_are_judged_apart_from_windows(predicted: float, decibels: float) -> None:
    model: Any = Levelled.load()
    model.predicted = predicted
    measuring: Any = Own(model)
    found = accept(model, FEW, measuring=measuring)
    assert found.predicted_db == pytest.approx(decibels, rel=0.15)  # less where bands are silent
    assert found.accepted == (decibels <= MOST_PREDICTED_DB)
    assert found.first_window_frames == FIRST_WINDOWS[0]  # windows are normalised by the sentence's own
    assert found.floor.distance_p95_db == 0


def test_a_model_that_is_not_normalised_by_statistics_has_none_to_predict(model: Shaped) -> None:
    assert accept(model, FEW).predicted_db == 0


def test_every_trial_is_told(model: Shaped) -> None:
    told: list[str] = []
    assert len(accept(model, FEW, report=told.append).trials) == len(told)


def test_the_sentences_are_written_in_the_vocabulary() -> None:
    assert set("".join(SENTENCES)) <= VOCABULARY.keys()
