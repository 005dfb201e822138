"""Windows are accepted when they sound as the whole does, and refused when they do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kokoro_stream.engine.acceptance import FIRST_WINDOWS, MARGINS, SENTENCES, accept
from kokoro_stream.model.kokoro import Decoded, KokoroModel
from kokoro_stream.model.memory import Memory
from kokoro_stream.model.prosody import Prosody
from kokoro_stream.model.session import Stop
from kokoro_stream.phonemes.vocabulary import VOCABULARY

FEW = (SENTENCES[8],)


class Shaped(KokoroModel):
    """The built-in voice, but for windows of fewer than ``fair`` frames: those have ``gain`` and ``click``."""

    fair, gain, click = 0, 1.0, 0.0

    def decode(
        self,
        prosody: Prosody,
        frames: slice,
        stop: Stop | None = None,
        memory: Memory | None = None,
        *,
        context: tuple[int, int] = (0, 0),
    ) -> Decoded:
        decoded = super().decode(prosody, frames, stop, memory, context=context)
        if frames.stop - frames.start >= self.fair:
            return decoded
        samples = decoded.samples * np.float32(self.gain)
        samples[:: self.card.samples_per_frame] += self.click
        return replace(decoded, samples=samples)


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
    sounding = model.prosody(SENTENCES[7], "", 1.0).sounding
    monkeypatch.setattr(Shaped, "fair", sounding.stop - sounding.start)
    monkeypatch.setattr(Shaped, "click", 0.5)
    found = accept(model, [SENTENCES[7]])
    assert not found.accepted
    assert found.first_window_frames == max(trial.first_window_frames for trial in found.trials)
    assert found.margin_frames == MARGINS[-1]


def test_every_trial_is_told(model: Shaped) -> None:
    told: list[str] = []
    assert len(accept(model, FEW, report=told.append).trials) == len(told)


def test_the_sentences_are_written_in_the_vocabulary() -> None:
    assert set("".join(SENTENCES)) <= VOCABULARY.keys()
