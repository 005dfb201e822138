"""The published files install without loss, and their windows are the whole."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from kokoro_stream.audio.spectrum import band_distances
from kokoro_stream.engine.windowed import windowed
from kokoro_stream.model.cut import whole
from kokoro_stream.model.folder import DECODER, Keep, read_card
from kokoro_stream.model.graph import Graph, read_graph
from kokoro_stream.model.install import install
from kokoro_stream.model.kokoro import KokoroModel, Samples
from kokoro_stream.model.learning import LESSONS
from kokoro_stream.model.measuring import Measuring
from kokoro_stream.model.providers import Runtime
from kokoro_stream.model.session import Session, open_session
from kokoro_stream.model.voices import read_voices

FOLDER = Path(os.environ["KOKORO_STREAM_REAL"])  # or these tests are not collected
pytestmark = pytest.mark.timeout(600)
INT8, FULL, HALF = "kokoro-v1.0.int8.onnx", "kokoro-v1.0.onnx", "kokoro-v1.0.fp16.onnx"
TWO = Runtime(provider="cpu", threads=2)
VOICES = ("af_heart", "am_michael", "bf_emma", "bm_george")
SENTENCES = LESSONS.read_text("utf-8").splitlines()[6:10]


def installed(file: str, keep: Keep, folder: Path) -> tuple[Path, list[str]]:
    told: list[str] = []
    folder.mkdir()
    voices = read_voices(FOLDER / "voices-v1.0.bin")
    install(FOLDER / file, voices, folder, name="k", licence="", origin=file, report=told.append, keep=keep)
    return folder, told


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(FULL, "fastest", tmp_path_factory.mktemp("models") / "full")[0]


@pytest.fixture(scope="module")
def model(full: Path) -> KokoroModel:
    return KokoroModel.load(full, runtime=TWO, verified=True)


@pytest.fixture(scope="module")
def measuring(model: KokoroModel, full: Path) -> Measuring:
    return Measuring(model, full, TWO)


@pytest.fixture(scope="module")
def uncut() -> Session:
    return open_session(whole(read_graph(FOLDER / FULL))[0].SerializeToString(), TWO)


def correlation(one: NDArray[Any], other: NDArray[Any]) -> float:
    return float(np.corrcoef(one, other)[0, 1])


def spoken(uncut: Session, model: KokoroModel, phonemes: str, voice: str) -> Samples:
    style, speed = model.voices.style(voice, len(phonemes)), np.ones(1, np.float32)
    samples: Samples = uncut.run({"input_ids": model.ids(phonemes), "style": style, "speed": speed})["samples"][0]
    return samples


@pytest.mark.parametrize(("file", "keep"), [(INT8, "float"), (INT8, "file"), (HALF, "float"), (HALF, "file")])
def test_every_published_file_installs_without_loss(tmp_path: Path, file: str, keep: Keep) -> None:
    folder, told = installed(file, keep, tmp_path / "model")
    card = read_card(folder)
    assert card.notes == ()
    assert card.licence == "Apache-2.0"
    assert "its weights are those of kokoro-82m-v1.0" in told
    kinds = Counter(node.op_type for node in onnx.load(folder / DECODER).graph.node)
    assert kinds["BatchNormalization"] == 58
    assert kinds["ConvInteger"] == (68 if (file, keep) == (INT8, "file") else 0)
    model = KokoroModel.load(folder, runtime=TWO, verified=True)
    assert windowed(model, model.prosody(SENTENCES[0], "af_heart", 1.0)).samples.std() > 0.02


def test_the_cut_decoder_says_what_the_uncut_graph_says(
    uncut: Session, model: KokoroModel, measuring: Measuring
) -> None:
    for phonemes, voice in zip(SENTENCES, VOICES, strict=True):
        samples, _ = measuring.decode(model.prosody(phonemes, voice, 1.0))
        assert correlation(spoken(uncut, model, phonemes, voice), samples) > 0.995


def test_windows_by_the_sentence_s_own_statistics_are_the_whole(model: KokoroModel, measuring: Measuring) -> None:
    size = model.card.samples_per_frame
    for phonemes, voice in zip(SENTENCES, VOICES, strict=True):
        prosody = model.prosody(phonemes, voice, 1.0)
        everything, statistics = measuring.decode(prosody)
        sounding = everything[prosody.sounding.start * size : prosody.sounding.stop * size]
        parts = windowed(model, model.normalised(prosody, statistics)).samples
        assert correlation(sounding, parts) > 0.995


def test_predicted_statistics_leave_the_levels_of_bands_as_they_are(uncut: Session, model: KokoroModel) -> None:
    size = model.card.samples_per_frame
    for phonemes, voice in zip(SENTENCES, VOICES, strict=True):
        prosody = model.prosody(phonemes, voice, 1.0)
        sounding = slice(prosody.sounding.start * size, prosody.sounding.stop * size)
        expected = spoken(uncut, model, phonemes, voice)[sounding]
        assert np.median(band_distances(expected, windowed(model, prosody).samples, 24000)) < 2.5


def test_all_voices_and_a_blend_speak(model: KokoroModel) -> None:
    assert len(model.voices.names) == 54
    for voice in (*model.voices.names, "af_heart:0.5+bm_george:0.5"):
        prosody = model.prosody(SENTENCES[1], voice, 1.0)
        begin = prosody.sounding.start
        assert 0.005 < model.decode(prosody, slice(begin, begin + 40)).std() < 0.3


def test_the_graph_is_read_again_without_mistaking_its_own_names(full: Path) -> None:
    graph = read_graph(full / DECODER)
    assert graph.name("Sub") not in {node.name for node in Graph(onnx.load(full / DECODER)).nodes}
