"""Installing: a one-file Kokoro and its voices become a model folder that speaks."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import ModelProto, numpy_helper

from kokoro_stream.audio.spectrum import log_spectral_distance
from kokoro_stream.errors import ModelError
from kokoro_stream.model.folder import BUILTIN, STATISTICS, Keep, read_card, verify
from kokoro_stream.model.install import SENTENCE, _timed, install
from kokoro_stream.model.kokoro import KokoroModel, Samples, WholeModel
from kokoro_stream.model.voices import read_voices
from tests.model import variants
from tests.model.installing import installed


@pytest.fixture(scope="module")
def model(narrow_folder: Path) -> KokoroModel:
    return KokoroModel.load(narrow_folder, verified=True)


def test_the_folder_holds_both_halves_and_a_card_that_vouches_for_them(narrow_folder: Path) -> None:
    card = read_card(narrow_folder)
    assert {path.name for path in narrow_folder.iterdir()} == {*card.checksums, "model.json"}
    assert set(card.checksums) == {"prosody.onnx", "decoder.onnx", "norms.onnx", "voices.npz", "statistics.npz"}
    assert (card.default_voice, card.languages, card.notes) == ("af_heart", ("en-gb", "en-us"), ())
    verify(narrow_folder, card)


def test_it_speaks_with_every_voice_and_with_blends(model: KokoroModel) -> None:
    for voice in (*model.voices.names, "af_heart:0.7+am_adam:0.3"):
        prosody = model.prosody("hˈaʊ ɑɹ ju?", voice, 1.0)
        samples = model.decode(prosody, slice(0, prosody.frames))
        assert len(samples) == 600 * prosody.durations.sum()
        assert 0.005 < samples.std() < 0.3


def test_the_silent_ends_are_not_decoded(model: KokoroModel) -> None:
    prosody = model.prosody("hˈaʊ ɑɹ ju?", "", 1.0)
    assert prosody.sounding == slice(prosody.durations[0] - 4, prosody.frames - prosody.durations[-1] + 4)


def test_every_sentence_of_every_voice_has_norms_of_its_own(model: KokoroModel) -> None:
    spoken = [(SENTENCE, "am_adam"), (SENTENCE, "af_heart"), ("hˈaʊ ɑɹ ju?", "af_heart")]
    found = [model.prosody(phonemes, voice, 1.0).norms for phonemes, voice in spoken]
    for one, other in combinations(found, 2):
        assert one is not None
        assert other is not None
        assert one.shape == other.shape
        assert np.abs(one - other).max() > 0.01
    again = model.prosody(*spoken[0], 1.0).norms
    assert np.array_equal(again, found[0])  # type: ignore[arg-type]  # none of them is None


def test_a_window_sounds_as_its_frames_do_within_the_whole(model: KokoroModel) -> None:
    """Not for their context alone: normalised by their own frames, as a plain cut would, windows are far away."""
    prosody, margin = model.prosody(SENTENCE, "", 1.0), model.card.margin_frames
    whole, again = (model.decode(prosody, slice(0, prosody.frames)) for _ in range(2))
    noise = log_spectral_distance(whole, again, 24000)
    for begin in (margin, 40, 70):
        frames = slice(begin - margin, begin + 20 + margin)
        window = model.decode(prosody, frames, context=(margin, margin))
        assert len(window) == 20 * 600
        assert log_spectral_distance(whole[begin * 600 : (begin + 20) * 600], window, 24000) < noise + 1


def test_context_costs_less_than_as_many_frames_that_are_heard(model: KokoroModel) -> None:
    assert model.toll(0, 0) == 0
    assert model.toll(1, 1) == pytest.approx(2)  # all parts see the nearest frame
    assert 1 < model.toll(10, 0) == model.toll(0, 10) < 5
    assert model.toll(20, 20) - model.toll(10, 10) == pytest.approx(0.08 * 20)  # the first blocks alone see it


def test_a_cut_model_without_its_statistics_is_refused(narrow_folder: Path, tmp_path: Path) -> None:
    for path in narrow_folder.iterdir():
        if path.name != STATISTICS:
            (tmp_path / path.name).symlink_to(path)
    with pytest.raises(ModelError, match=r"statistics\.npz cannot be read"):
        KokoroModel.load(tmp_path)
    assert KokoroModel.load(tmp_path, taught=False).prosody(SENTENCE, "", 1.0).norms is None


def test_full_precision_is_not_tried_in_two_forms_and_a_licence_nobody_knows_is_unknown(
    tmp_path: Path, quickly_learned: None
) -> None:
    told: list[str] = []
    card = installed(variants.narrow(), tmp_path / "model", told, licence="", keep="float")
    assert told[0] == "cutting kokoro.onnx into prosody and decoder"
    assert card.licence == "unknown"


def eight_bits(model: ModelProto) -> ModelProto:
    """As the 8-bit file is published; expanded, it computes sums in another order."""
    return variants.published_int8(variants.steady(model))


def counts(folder: Path) -> bool:
    """The model in ``folder`` computes with integers."""
    models = [onnx.load(path) for path in folder.glob("*.onnx")]
    return any(
        "Integer" in node.op_type or node.op_type == "DynamicQuantizeLSTM" for m in models for node in m.graph.node
    )


@pytest.mark.parametrize(("keep", "kept"), [("file", True), ("float", False)])
def test_eight_bits_are_kept_or_expanded_as_one_likes(
    tmp_path: Path, quickly_learned: None, keep: Keep, kept: bool
) -> None:
    told: list[str] = []
    card = installed(variants.of_narrow(eight_bits), tmp_path / "model", told, keep=keep)
    assert counts(tmp_path / "model") == kept
    assert card.notes == ()
    assert not [line for line in told if "as it is" in line]  # nothing had to be tried
    speaks(tmp_path / "model")


@pytest.mark.parametrize("slow", ["as it is", "expanded to single precision"])
def test_of_eight_bits_the_form_is_kept_that_computes_faster(
    tmp_path: Path, quickly_learned: None, monkeypatch: pytest.MonkeyPatch, slow: str
) -> None:
    forms = iter(["as it is", "expanded to single precision"])

    def timed(model: KokoroModel) -> tuple[float, Samples]:
        seconds, samples = measured(model)
        return seconds + 1000 * (next(forms) == slow), samples

    measured = _timed
    monkeypatch.setattr("kokoro_stream.model.install._timed", timed)
    told: list[str] = []
    card = installed(variants.of_narrow(eight_bits), tmp_path / "model", told)
    fast = ({"as it is", "expanded to single precision"} - {slow}).pop()
    assert counts(tmp_path / "model") == (fast == "as it is")
    assert any("trying it as it is and expanded" in line for line in told)
    assert any(
        re.fullmatch(rf"{fast} it takes 0\.\d\d of the time that it takes {slow}; that is kept", t) for t in told
    )
    assert card.notes == ()
    speaks(tmp_path / "model")


def speaks(folder: Path) -> None:
    model = KokoroModel.load(folder, verified=True)
    prosody = model.prosody(SENTENCE, "", 1.0)
    assert model.decode(prosody, slice(0, prosody.frames)).std() > 0.005


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
    parts = [model.decode(prosody, slice(n, n + 10)) for n in range(0, prosody.frames - 9, 10)]
    assert len(np.concatenate(parts)) == prosody.frames // 10 * 6000
    assert prosody.durations.sum() == prosody.frames


def test_durations_that_a_whole_graph_does_not_tell_are_even(tmp_path: Path) -> None:
    graph = variants.without_durations(variants.uncuttable(variants.narrow()))
    card = installed(graph, tmp_path / "model")
    assert len(card.notes) == 2
    prosody = KokoroModel.load(tmp_path / "model").prosody("hˈaʊ ɑɹ ju?", "", 1.0)
    assert prosody.durations.sum() == prosody.frames
    assert np.ptp(prosody.durations) <= 1


def test_an_export_that_brings_its_vocabulary_keeps_it(tmp_path: Path, quickly_learned: None) -> None:
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
