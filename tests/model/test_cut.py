"""A one-file Kokoro, in every form in which it is published, is cut into halves that say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper, numpy_helper

from kokoro_stream.audio.spectrum import log_spectral_distance
from kokoro_stream.errors import ModelError
from kokoro_stream.model.cut import Cut, cut, whole
from kokoro_stream.model.folder import BUILTIN, read_card
from kokoro_stream.model.graph import Graph
from kokoro_stream.model.kokoro import ONE_THREAD, left_behind
from kokoro_stream.model.measuring import measured
from kokoro_stream.model.session import Session, open_session
from kokoro_stream.model.split import UncuttableError, contract_of, seam_of
from kokoro_stream.model.voices import read_voices
from tests.model import variants
from tests.model.spellings import NORM_SPELLINGS, SNAKE_SPELLINGS

PHONEMES = "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˌOvəɹ ðə lˈAzi dˈɔɡ."
CUTTABLE = {name: make for name, make in variants.SAME_SOUND.items() if name != "uncuttable"}
ROUNDED = 0.3  # what is noise in the fixture multiplies whatever rounding does to the harmonics by 30
HOP = 300  # samples between two points of F0


def still(model: ModelProto) -> ModelProto:
    """The same model, whose noise is the same each time: a function of the harmonics it is added to."""
    made = ModelProto()
    made.CopyFrom(model)
    nodes = []
    for node in made.graph.node:
        if node.op_type == "RandomNormalLike":
            harmonics, noise = node.input[0], node.output[0]
            made.graph.initializer.append(numpy_helper.from_array(np.array(30, np.float32), "wobble"))
            nodes.append(helper.make_node("Mul", [harmonics, "wobble"], ["wobbling"]))
            nodes.append(helper.make_node("Cos", ["wobbling"], [noise]))
        else:
            nodes.append(node)
    del made.graph.node[:]
    made.graph.node.extend(nodes)
    return made


def loaded(model: ModelProto, *, noise: bool = False) -> Session:
    return open_session((model if noise else still(model)).SerializeToString(), ONE_THREAD)


def inputs(phonemes: str = PHONEMES, speed: float = 1.0) -> dict[str, NDArray[Any]]:
    vocabulary = read_card(BUILTIN).vocabulary
    table = read_voices(variants.VOICES)["af_heart"]
    return {
        "input_ids": np.array([[0, *(vocabulary[symbol] for symbol in phonemes), 0]], np.int64),
        "style": table[len(phonemes) - 1][None],
        "speed": np.array([speed], np.float32),
    }


class Halves:
    """A cut model in memory, and a decoder of it that measures its own statistics."""

    def __init__(self, made: Cut, *, noise: bool = False) -> None:
        assert made.norms is not None
        self.prosody, self.decoder, self.norms = (
            loaded(part, noise=noise) for part in (made.prosody, made.decoder, made.norms)
        )
        measuring, self.epsilons = measured(graph(made.decoder))
        self.measuring = loaded(measuring, noise=noise)

    def frames(self, given: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        return {**self.prosody.run(given), "style": given["style"]}

    def whole(self, frames: dict[str, NDArray[Any]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Samples of all frames by their own statistics, and those."""
        neutral = np.concatenate([np.zeros_like(self.epsilons), 1 - self.epsilons])[None]
        given = self._given(frames, slice(0, frames["features"].shape[2]), neutral)
        out = self.measuring.run({name: given[name] for name in self.measuring.inputs})
        return out["samples"][0], out["statistics"]

    def decode(
        self,
        frames: dict[str, NDArray[Any]],
        part: slice,
        statistics: NDArray[Any],
        context: tuple[tuple[int, int], tuple[int, int]] = ((0, 0), (0, 0)),
    ) -> NDArray[np.float32]:
        given = self._given(frames, part, statistics, context)
        samples: NDArray[np.float32]
        (samples,) = self.decoder.run({name: given[name] for name in self.decoder.inputs})["samples"]
        return samples

    def speak(self, given: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
        return self.whole(self.frames(given))[0]

    def _given(
        self,
        frames: dict[str, NDArray[Any]],
        part: slice,
        statistics: NDArray[Any],
        context: tuple[tuple[int, int], tuple[int, int]] = ((0, 0), (0, 0)),
    ) -> dict[str, NDArray[Any]]:
        curve = slice(2 * part.start, 2 * part.stop)
        before = frames["f0"][0, : curve.start + 2 * context[0][0]].sum(dtype=np.float64) / 24000
        return {
            "features": frames["features"][:, :, part],
            "f0": frames["f0"][:, curve],
            "energy": frames["energy"][:, curve],
            "norms": self.norms.run({"style": frames["style"], "statistics": statistics})["factors"],
            "phase": np.array([before % (1 / HOP)], np.float32),
            "context": np.array(context, np.int64),
        }


@pytest.fixture(scope="module")
def narrow() -> ModelProto:
    return variants.steady(variants.narrow())


@pytest.fixture(scope="module")
def uncut(narrow: ModelProto) -> Session:
    return loaded(whole(graph(narrow))[0])


def graph(model: ModelProto) -> Graph:
    made = ModelProto()
    made.CopyFrom(model)
    return Graph(made)


def relative(one: NDArray[Any], other: NDArray[Any]) -> float:
    """How far apart two sounds are, beside the loudness of one."""
    assert one.shape == other.shape
    return float(np.std(one - other) / np.std(one))


@pytest.mark.parametrize("variant", CUTTABLE)
def test_both_halves_say_what_the_whole_says(narrow: ModelProto, uncut: Session, variant: str) -> None:
    model = CUTTABLE[variant](narrow)
    made = cut(graph(model))
    reference = (
        loaded(whole(graph(model))[0]) if variant.startswith("half") else uncut
    )  # rounded weights sound different
    expected, halves = reference.run(inputs()), Halves(made)
    frames = halves.frames(inputs())
    assert made.notes == ()
    assert frames["durations"].tolist() == expected["durations"].tolist()
    assert frames["features"].shape[2] == frames["durations"].sum()
    assert relative(expected["samples"][0], halves.speak(inputs())) < (0.02 if variant.startswith("half") else 1e-3)


@pytest.mark.parametrize("variant", variants.COARSE)
def test_halves_of_a_less_precise_model_are_near_the_whole(narrow: ModelProto, variant: str) -> None:
    model = variants.COARSE[variant](narrow)
    uncut = loaded(whole(graph(model))[0], noise=True)
    once, again = (uncut.run(inputs())["samples"][0] for _ in range(2))
    halved = Halves(cut(graph(model)), noise=True).speak(inputs())
    assert log_spectral_distance(once, halved, 24000) < log_spectral_distance(once, again, 24000) + 0.5


def test_a_speed_that_was_whole_numbers_only_can_be_any(narrow: ModelProto, uncut: Session) -> None:
    prosody = loaded(cut(graph(variants.whole_speed(narrow))).prosody)
    given = inputs(speed=1.3)
    assert prosody.run(given)["durations"].tolist() == uncut.run(given)["durations"].tolist()
    assert prosody.run(given)["durations"].sum() < prosody.run(inputs())["durations"].sum()


def test_a_graph_built_otherwise_cannot_be_cut_but_runs_whole(narrow: ModelProto, uncut: Session) -> None:
    model = variants.uncuttable(narrow)
    with pytest.raises(UncuttableError, match="0 convolutions read a curve"):
        cut(graph(model))
    made, notes = whole(graph(model))
    assert notes == ()
    assert relative(uncut.run(inputs())["samples"], loaded(made).run(inputs())["samples"]) < 1e-3


def test_a_whole_graph_that_does_not_tell_durations_says_so(narrow: ModelProto) -> None:
    made, notes = whole(graph(variants.without_durations(narrow)))
    assert [output.name for output in made.graph.output] == ["samples"]
    assert "times of words are rough" in notes[0]


def test_what_is_not_a_kokoro_is_refused() -> None:
    other = onnx.load(BUILTIN / "decoder.onnx")
    with pytest.raises(ModelError, match="this is not a Kokoro model: it takes token ids"):
        contract_of(Graph(other))


def test_the_place_is_found_without_names(narrow: ModelProto) -> None:
    opaque = graph(variants.opaque(narrow))
    found, named = seam_of(opaque), seam_of(graph(narrow))
    assert opaque.dims_of(found.features) == graph(narrow).dims_of(named.features)
    assert len({found.features, found.f0, found.energy, found.rounded}) == 4


def kinds(model: ModelProto) -> Counter[str]:
    return Counter(node.op_type for node in model.graph.node)


def test_the_decoder_is_rewritten_for_windows_and_for_speed(narrow: ModelProto) -> None:
    made = cut(graph(narrow))
    before, after = kinds(narrow), kinds(made.decoder)
    assert {value.name for value in made.decoder.graph.input} == {
        "features", "f0", "energy", "norms", "phase", "context",
    }  # fmt: skip
    assert before["InstanceNormalization"] >= 58 == after["BatchNormalization"]  # the rest is the prosody's
    assert len(made.sites) == 54  # of which four are read by the residual blocks of a stage
    assert after["InstanceNormalization"] == after["ReduceMean"] == after["Gemm"] == after["Reciprocal"] == 0
    assert after["Pow"] == 2  # of the short-time Fourier transform; the 48 of Snake are gone
    weights = {tensor.name: tensor.dims for tensor in made.decoder.graph.initializer}
    assert {len(weights[node.input[1]]) for node in made.decoder.graph.node if node.op_type == "Conv"} == {4}


def quiet() -> ModelProto:
    """The fixture without noise, whose pitch does not hang on the last digit."""
    return variants.steady(variants.without_noise(variants.narrow()))


@pytest.fixture(scope="module")
def plain() -> tuple[NDArray[np.float32], Cut]:
    """What the uncut fixture says, and the fixture cut."""
    samples = loaded(whole(graph(quiet()))[0]).run(inputs())["samples"][0]
    return samples, cut(graph(quiet()))


SPELLINGS: dict[str, Callable[[ModelProto], ModelProto]] = {
    **{f"norms: {name}": make for name, make in NORM_SPELLINGS.items()},
    **{f"snake: {name}": make for name, make in SNAKE_SPELLINGS.items()},
    **variants.STRUCTURES,
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_norm_and_every_snake_is_found_however_it_is_spelt(
    plain: tuple[NDArray[np.float32], Cut], spelling: str
) -> None:
    expected, usual = plain
    made = cut(graph(SPELLINGS[spelling](quiet())))
    after = kinds(made.decoder)
    assert made.notes == ()
    assert made.sites == usual.sites
    assert after["BatchNormalization"] == 58
    assert after["Sin"] == kinds(usual.decoder)["Sin"]
    assert after["Mul"] <= kinds(usual.decoder)["Mul"]
    assert relative(expected, Halves(made).speak(inputs())) < 1e-3


@pytest.mark.parametrize("structure", variants.COARSE_STRUCTURES)
def test_norms_are_found_in_quantised_and_half_precision_graphs(structure: str) -> None:
    made = cut(graph(variants.COARSE_STRUCTURES[structure](quiet())))
    assert (made.notes, len(made.sites)) == ((), 54)
    assert kinds(made.decoder)["BatchNormalization"] == 58
    assert "context" in {value.name for value in made.decoder.graph.input}


def test_sites_stand_in_the_order_of_the_network_not_of_the_file(plain: tuple[NDArray[np.float32], Cut]) -> None:
    """What predicts the statistics of one file predicts those of any other with its weights."""
    halves = Halves(plain[1])
    _, expected = halves.whole(halves.frames(inputs()))
    for make in (variants.published_full, variants.opaque, variants.merged):
        other = Halves(cut(graph(make(quiet()))))
        _, found = other.whole(other.frames(inputs()))
        assert np.allclose(found, expected, rtol=1e-2, atol=1e-3)


def test_norms_that_are_not_recognised_are_named_with_what_is_lost(narrow: ModelProto) -> None:
    model = ModelProto()
    model.CopyFrom(NORM_SPELLINGS["as published"](narrow))
    added = {node.output[0] for node in model.graph.node if node.op_type == "Add"}
    odd = [node for node in model.graph.node if node.op_type == "Sqrt" and node.input[0] in added][-2:]
    for node in odd:  # a spelling that nobody has
        root = node.input[0]
        node.input[0] = f"{root}_absolute"
        model.graph.node.append(helper.make_node("Exp", [f"{root}_log"], [f"{root}_absolute"]))
        model.graph.node.append(helper.make_node("Log", [root], [f"{root}_log"]))
    made = cut(graph(model))
    (note,) = made.notes
    assert "of the decoder's normalisations are not built as expected" in note
    assert "windows differ from the whole" in note
    assert kinds(made.decoder)["BatchNormalization"] < 58


def test_windows_are_the_whole_when_they_are_normalised_as_the_whole_is(
    plain: tuple[NDArray[np.float32], Cut],
) -> None:
    halves = Halves(plain[1])
    frames = halves.frames(inputs())
    count, margin = frames["features"].shape[2], 14
    everything, statistics = halves.whole(frames)
    for begin, end in ((0, 60), (11, 60), (24, count)):
        part = halves.decode(frames, slice(begin, end), statistics)
        left, right = (0 if begin == 0 else margin), (0 if end == count else margin)
        inner = everything[(begin + left) * 600 : (end - right) * 600]
        own = part[left * 600 : len(part) - right * 600]
        assert relative(inner, own) < ROUNDED


@pytest.mark.parametrize(("left", "right"), [(3, 3), (5, 1), (1, 4), (12, 9)])
def test_context_that_a_part_never_sees_changes_nothing(
    plain: tuple[NDArray[np.float32], Cut], left: int, right: int
) -> None:
    halves = Halves(plain[1])
    frames = halves.frames(inputs())
    _, statistics = halves.whole(frames)
    window = slice(4, 60)
    everything = halves.decode(frames, window, statistics)
    outer, inner = left_behind((left, right))
    cropped = halves.decode(frames, window, statistics, (outer, inner))
    begin, end = (gone + more for gone, more in zip(outer, inner, strict=True))
    kept = cropped[(left - begin) * 600 : len(cropped) - (right - end) * 600]
    assert relative(everything[left * 600 : len(everything) - right * 600], kept) < ROUNDED


def sines(made: Cut) -> Iterator[str]:
    """The harmonics, 9 to a sample."""
    for node in made.decoder.graph.node:
        if node.op_type == "Sin" and node.output[0].startswith("/decoder/generator/m_source"):
            yield node.output[0]


def test_harmonics_go_on_from_window_to_window(narrow: ModelProto) -> None:
    made = cut(graph(narrow))
    (harmonics,) = sines(made)
    made.decoder.graph.output.append(helper.make_tensor_value_info(harmonics, TensorProto.FLOAT, None))
    halves = Halves(made)
    frames = halves.frames(inputs())
    # Phases of negative pitch are too large for float32 to be compared.
    frames = {**frames, "f0": np.abs(frames["f0"])}
    _, statistics = halves.whole(frames)

    def run(begin: int) -> NDArray[np.float32]:
        given = halves._given(frames, slice(begin, frames["features"].shape[2]), statistics)
        harmonic: NDArray[np.float32] = halves.decoder.run(given)[harmonics][0]
        return harmonic

    whole_line, later = run(0), run(31)
    edge = HOP // 2  # the phase is interpolated between points, and has none in front of the first
    assert np.abs(whole_line[31 * 600 + edge :] - later[edge:]).max() < 0.05
