"""Installing: a one-file Kokoro and its voices become a model folder that speaks."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import ModelProto, numpy_helper

from kokoro_stream.audio.spectrum import log_spectral_distance
from kokoro_stream.errors import ModelError
from kokoro_stream.model.folder import BUILTIN, ModelCard, read_card, verify
from kokoro_stream.model.install import SENTENCE, install
from kokoro_stream.model.kokoro import KokoroModel, WholeModel
from kokoro_stream.model.voices import read_voices
from tests.model import variants


def installed(model: ModelProto, folder: Path, told: list[str] | None = None) -> ModelCard:
    folder.mkdir()
    onnx.save(model, folder.parent / "kokoro.onnx")
    return install(
        folder.parent / "kokoro.onnx",
        read_voices(variants.VOICES),
        folder,
        name="narrow",
        licence="Apache-2.0",
        origin="a test",
        report=(told if told is not None else []).append,
    )


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "narrow"
    installed(variants.narrow(), folder)
    return folder


@pytest.fixture(scope="module")
def model(narrow: Path) -> KokoroModel:
    return KokoroModel.load(narrow, verified=True)


def test_the_folder_holds_both_halves_and_a_card_that_vouches_for_them(narrow: Path) -> None:
    card = read_card(narrow)
    assert {path.name for path in narrow.iterdir()} == {*card.checksums, "model.json"}
    assert set(card.checksums) == {"prosody.onnx", "decoder.onnx", "style.onnx", "voices.npz", "priors.npz"}
    assert (card.default_voice, card.languages, card.notes) == ("af_heart", ("en-gb", "en-us"), ())
    verify(narrow, card)


def test_it_speaks_with_every_voice_and_with_blends(model: KokoroModel) -> None:
    for voice in (*model.voices.names, "af_heart:0.7+am_adam:0.3"):
        prosody = model.prosody("hˈaʊ ɑɹ ju?", voice, 1.0)
        decoded = model.decode(prosody, slice(0, prosody.frames))
        assert len(decoded.samples) == 600 * prosody.durations.sum()
        assert 0.005 < decoded.samples.std() < 0.3


def test_the_silent_ends_are_not_decoded(model: KokoroModel) -> None:
    prosody = model.prosody("hˈaʊ ɑɹ ju?", "", 1.0)
    assert prosody.sounding == slice(prosody.durations[0] - 4, prosody.frames - prosody.durations[-1] + 4)


def test_a_voice_is_known_before_it_has_spoken(model: KokoroModel) -> None:
    prosody = model.prosody(SENTENCE, "am_adam", 1.0)
    first = model.decode(prosody, slice(0, 10)).memory
    assert first is not None
    assert first.frames == 120  # what the prior stands for: three seconds


def test_memory_takes_in_each_window_and_forgets_slowly(model: KokoroModel) -> None:
    prosody = model.prosody(SENTENCE, "", 1.0)
    memories = [model.decode(prosody, slice(0, 10)).memory]
    for begin in (10, 30, 60):
        memories.append(model.decode(prosody, slice(begin, begin + 30), memory=memories[-1]).memory)
    statistics = [memory.statistics for memory in memories if memory is not None]
    assert len(statistics) == 4
    changes = [float(np.abs(later - earlier).mean()) for earlier, later in pairwise(statistics)]
    assert all(0 < change < 0.3 * np.abs(statistics[0]).mean() for change in changes)


def test_a_first_window_is_nearer_to_the_whole_with_the_prior_than_without(narrow: Path, tmp_path: Path) -> None:
    """What the prior is for: the silence that an utterance begins with says nothing of how it goes on."""
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("prosody.onnx", "decoder.onnx", "style.onnx", "voices.npz", "model.json"):
        (bare / name).symlink_to(narrow / name)

    def distance(folder: Path) -> float:
        model = KokoroModel.load(folder)
        prosody = model.prosody("ɪt wʌz ɐ bɹˈIt kˈOld dˈA.", "", 1.0)
        whole = model.decode(prosody, slice(0, prosody.frames)).samples
        window = model.decode(prosody, slice(0, 20)).samples
        return log_spectral_distance(whole[: 15 * 600], window[: 15 * 600], 24000)

    assert distance(narrow) < distance(bare)


def test_a_graph_that_cannot_be_cut_runs_whole_and_one_warning_says_what_is_lost(tmp_path: Path) -> None:
    told: list[str] = []
    card = installed(variants.uncuttable(variants.narrow()), tmp_path / "model", told)
    assert set(card.checksums) == {"whole.onnx", "voices.npz"}
    (warning,) = (line for line in told if line.startswith("warning"))
    assert "each sentence is computed before any of it is heard" in warning
    assert card.notes == (warning.removeprefix("warning: "),)
    model = KokoroModel.load(tmp_path / "model", verified=True)
    assert isinstance(model, WholeModel)
    prosody = model.prosody("hˈaʊ ɑɹ ju?", "", 1.0)
    parts = [model.decode(prosody, slice(n, n + 10)).samples for n in range(0, prosody.frames - 9, 10)]
    assert len(np.concatenate(parts)) == prosody.frames // 10 * 6000
    assert prosody.durations.sum() == prosody.frames


def test_durations_that_a_whole_graph_does_not_tell_are_even(tmp_path: Path) -> None:
    graph = variants.without_durations(variants.uncuttable(variants.narrow()))
    card = installed(graph, tmp_path / "model")
    assert len(card.notes) == 2
    prosody = KokoroModel.load(tmp_path / "model").prosody("hˈaʊ ɑɹ ju?", "", 1.0)
    assert prosody.durations.sum() == prosody.frames
    assert np.ptp(prosody.durations) <= 1


def test_an_export_that_brings_its_vocabulary_keeps_it(tmp_path: Path) -> None:
    vocabulary = {**read_card(BUILTIN).vocabulary, "ʭ": 177}
    card = installed(variants.with_vocabulary(variants.narrow(), vocabulary), tmp_path / "model")
    assert card.vocabulary == vocabulary


@pytest.mark.parametrize("content", [b"", b"no model", b"\x08\x07"], ids=["empty", "text", "hollow"])
def test_what_is_not_a_model_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "kokoro.onnx").write_bytes(content)
    (tmp_path / "model").mkdir()
    with pytest.raises(ModelError, match=r"kokoro\.onnx"):
        install(
            tmp_path / "kokoro.onnx",
            read_voices(variants.VOICES),
            tmp_path / "model",
            name="no",
            licence="",
            origin="",
            report=print,
        )


def test_a_model_without_voices_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="has no voices"):
        install(variants.GRAPH, {}, tmp_path, name="mute", licence="", origin="", report=print)


def test_a_model_that_makes_no_numbers_is_refused_with_the_remedy(tmp_path: Path) -> None:
    model = variants.narrow()
    for tensor in model.graph.initializer:
        if list(tensor.dims[:1]) == [22]:  # the last convolution, in front of the inverse Fourier transform
            values = numpy_helper.to_array(tensor)
            tensor.CopyFrom(numpy_helper.from_array(np.full_like(values, np.nan), tensor.name))
    with pytest.raises(ModelError, match="take the full-precision one"):
        installed(model, tmp_path / "model")
