"""Two sessions on one copy of the weights compute what one does, and two halves of a window sound as the whole."""

from __future__ import annotations

import logging
import shutil
import threading
from pathlib import Path

import numpy as np
import onnx
import pytest

from kokoro_stream.audio.spectrum import log_spectral_distance
from kokoro_stream.errors import ModelError, StoppedError
from kokoro_stream.model import kokoro, session
from kokoro_stream.model.folder import BUILTIN, DECODER
from kokoro_stream.model.kokoro import KokoroModel
from kokoro_stream.model.onnx_twins import open_twins
from kokoro_stream.model.providers import Runtime
from kokoro_stream.model.session import Stop, open_decoder, open_session
from tests.model.test_cut import still

TWO = Runtime(provider="cpu", threads=2)
PHONEMES = "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˌOvəɹ ðə lˈAzi dˈɔɡ, wˌʌn mˈɔɹ tˈIm."


@pytest.fixture(scope="module")
def folder(narrow_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The narrow fixture, installed, and its noise made the same each time."""
    made = Path(shutil.copytree(narrow_folder, tmp_path_factory.mktemp("narrow") / "still"))
    onnx.save(still(onnx.load(made / DECODER)), made / DECODER)
    return made


@pytest.fixture
def model(folder: Path, monkeypatch: pytest.MonkeyPatch) -> KokoroModel:
    monkeypatch.setattr(session, "TWINS_PAY_BYTES", 0)
    return KokoroModel.load(folder, runtime=TWO)


def test_twins_give_the_samples_of_a_session_opened_directly(folder: Path) -> None:
    given = {
        value.name: np.full([dim.dim_value or 20 for dim in value.type.tensor_type.shape.dim], 0.5, np.float32)
        for value in onnx.load(folder / DECODER).graph.input
    }
    given |= {name: np.full((1, 40), 150, np.float32) for name in ("f0", "energy")}
    given["context"] = np.zeros((2, 2), np.int64)
    expected = open_session(folder / DECODER, TWO).run(given)["samples"]
    for twin in open_twins(folder / DECODER, TWO):
        assert np.abs(twin.run(given)["samples"] - expected).max() < 1e-5


def test_a_long_window_in_halves_is_as_near_to_the_whole_as_two_windows_are(model: KokoroModel) -> None:
    prosody = model.prosody(PHONEMES, "", 1.0)
    window, context = slice(20, 106), (3, 2)
    whole = model.decode(prosody, window, context=context)
    halves = model.decode_in_halves(prosody, window, context=context)
    assert len(halves) == len(whole) == 81 * 600
    first = model.decode(prosody, slice(20, 66), context=(3, 3))
    second = model.decode(prosody, slice(60, 106), context=(3, 2))
    difference = log_spectral_distance(whole, np.concatenate([first, second]), 24000)
    assert log_spectral_distance(whole, halves, 24000) < difference + 0.3
    assert np.abs(np.diff(halves)).max() < 1.2 * np.abs(np.diff(whole)).max()  # no click


def test_a_short_window_is_not_halved(model: KokoroModel) -> None:
    prosody = model.prosody(PHONEMES, "", 1.0)
    window = slice(20, 20 + kokoro.LONG_FRAMES - 1)
    whole, halves = model.decode(prosody, window), model.decode_in_halves(prosody, window)
    assert np.array_equal(whole, halves)


def test_stopping_ends_both_halves(model: KokoroModel) -> None:
    prosody, stop, stopped = model.prosody(PHONEMES, "", 1.0), Stop(), threading.Event()

    def speak() -> None:
        try:
            while True:
                model.decode_in_halves(prosody, slice(0, 100), stop)
        except StoppedError:
            stopped.set()

    thread = threading.Thread(target=speak)
    thread.start()
    stop.set()
    thread.join()
    assert stopped.is_set()


def test_a_cut_model_sounds_the_same_whoever_computes_it(folder: Path, model: KokoroModel) -> None:
    other = KokoroModel.load(folder, runtime=Runtime(provider="openvino", threads=1))
    prosody = model.prosody(PHONEMES, "", 1.0)
    for window, context in ((slice(10, 40), (3, 3)), (slice(0, 20), (0, 4)), (slice(10, 60), (0, 0))):
        one, two = (speaker.decode(prosody, window, context=context) for speaker in (model, other))
        assert one.shape == two.shape
        # This noise multiplies whatever rounding does to the harmonics by 30; the model's own makes 5 dB.
        assert log_spectral_distance(one, two, 24000) < 4.0


def test_a_small_decoder_has_no_twin() -> None:
    assert open_decoder(BUILTIN / DECODER, TWO, {})[1] is None


def test_one_thread_has_nothing_to_halve(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "TWINS_PAY_BYTES", 0)
    assert open_decoder(folder / DECODER, Runtime(provider="cpu", threads=1), {})[1] is None


def test_without_room_for_the_optimised_graph_there_is_one_session_and_a_warning(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(session, "TWINS_PAY_BYTES", 0)
    monkeypatch.setattr("tempfile.tempdir", str(folder / "missing"))
    with caplog.at_level(logging.WARNING):
        decoder, twin = open_decoder(folder / DECODER, TWO, {})
    assert twin is None
    assert "samples" in decoder.outputs
    assert "temporary files" in caplog.text


def test_what_is_no_model_has_no_twins(tmp_path: Path) -> None:
    (tmp_path / DECODER).write_bytes(b"no model")
    with pytest.raises(ModelError, match="cannot be loaded"):
        open_twins(tmp_path / DECODER, TWO)
