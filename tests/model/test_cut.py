"""A one-file Kokoro, in every form in which it is published, is cut into halves that say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper, numpy_helper

from kokoro_stream.audio.spectrum import log_spectral_distance
from kokoro_stream.errors import ModelError
from kokoro_stream.model.cut import Cut, cut, whole
from kokoro_stream.model.folder import BUILTIN, LAST_STAGE_FRAMES, read_card
from kokoro_stream.model.graph import Graph
from kokoro_stream.model.kokoro import ONE_THREAD
from kokoro_stream.model.session import Session, open_session
from kokoro_stream.model.split import UncuttableError, contract_of, seam_of
from kokoro_stream.model.voices import read_voices
from tests.model import variants

PHONEMES = "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˌOvəɹ ðə lˈAzi dˈɔɡ."
CUTTABLE = {name: make for name, make in variants.SAME_SOUND.items() if name != "uncuttable"}
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
    """A cut model in memory."""

    def __init__(self, made: Cut, *, noise: bool = False) -> None:
        assert made.style is not None
        self.prosody, self.decoder, self.style = (
            loaded(part, noise=noise) for part in (made.prosody, made.decoder, made.style)
        )

    def frames(self, given: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        return {**self.prosody.run(given), **self.style.run({"style": given["style"]})}

    def decode(
        self,
        frames: dict[str, NDArray[Any]],
        part: slice,
        past: NDArray[Any] | None = None,
        context: tuple[int, int] = (0, 0),
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        curve = slice(2 * part.start, 2 * part.stop)
        before = frames["f0"][0, : curve.start].sum(dtype=np.float64) / 24000
        given = {
            "features": frames["features"][:, :, part],
            "f0": frames["f0"][:, curve],
            "energy": frames["energy"][:, curve],
            "scales": frames["scales"],
            "past": np.zeros_like(frames["scales"]) if past is None else past,
            "trust": np.array([0 if past is None else 1], np.float32),
            "phase": np.array([before % (1 / HOP)], np.float32),
            "context": np.array(context, np.int64),
        }
        out = self.decoder.run({name: given[name] for name in self.decoder.inputs})
        return out["samples"][0], out["statistics"]

    def speak(self, given: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
        frames = self.frames(given)
        return self.decode(frames, slice(0, frames["features"].shape[2]))[0]


@pytest.fixture(scope="module")
def narrow() -> ModelProto:
    return variants.narrow()


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
        "features", "f0", "energy", "scales", "past", "trust", "phase", "context",
    }  # fmt: skip
    assert before["InstanceNormalization"] >= 58 == after["BatchNormalization"]  # the rest is the prosody's
    assert after["InstanceNormalization"] == after["Gemm"] == after["Reciprocal"] == 0
    assert after["Pow"] == 2  # of the short-time Fourier transform; the 48 of Snake are gone
    weights = {tensor.name: tensor.dims for tensor in made.decoder.graph.initializer}
    assert {len(weights[node.input[1]]) for node in made.decoder.graph.node if node.op_type == "Conv"} == {4}


def test_windows_differ_from_the_whole_as_the_whole_from_itself(narrow: ModelProto) -> None:
    made = cut(graph(narrow))
    noisy = Halves(made, noise=True)
    frames = noisy.frames(inputs())
    count, margin = frames["features"].shape[2], 6
    everything, statistics = noisy.decode(frames, slice(0, count))
    again, _ = noisy.decode(frames, slice(0, count))
    for begin, end in ((0, 60), (31, 70), (40, count)):
        part, _ = noisy.decode(frames, slice(begin, end), statistics)
        inner = slice((begin + margin) * 600, (end - margin) * 600)
        own = part[margin * 600 : len(part) - margin * 600]
        noise = log_spectral_distance(everything[inner], again[inner], 24000)
        assert log_spectral_distance(everything[inner], own, 24000) < noise + 0.3


@pytest.mark.parametrize(("left", "right"), [(3, 3), (5, 1), (1, 4)])
def test_context_that_the_last_stage_never_sees_changes_nothing(narrow: ModelProto, left: int, right: int) -> None:
    halves = Halves(cut(graph(narrow)))
    frames = halves.frames(inputs())
    count, size, seen = frames["features"].shape[2], 600, LAST_STAGE_FRAMES
    _, statistics = halves.decode(frames, slice(0, count))
    window = slice(20, 60)
    everything, _ = halves.decode(frames, window, statistics)
    cropped, _ = halves.decode(frames, window, statistics, (left - seen, right - seen))
    expected = everything[left * size : len(everything) - right * size]
    assert np.allclose(cropped[seen * size : len(cropped) - seen * size], expected, atol=1e-4 * np.abs(expected).max())


def sines(made: Cut) -> Iterator[str]:
    """The harmonics, 9 to a sample."""
    for node in made.decoder.graph.node:
        if node.op_type == "Sin" and node.output[0].startswith("/decoder/generator/m_source"):
            yield node.output[0]


def test_harmonics_go_on_from_window_to_window(narrow: ModelProto) -> None:
    made = cut(graph(narrow))
    (harmonics,) = sines(made)
    made.decoder.graph.output.append(helper.make_tensor_value_info(harmonics, TensorProto.FLOAT, None))
    decoder = loaded(made.decoder)
    frames = Halves(made).frames(inputs())
    f0 = np.abs(frames["f0"])  # phases of negative pitch are too large for float32 to be compared

    def run(begin: int) -> NDArray[np.float32]:
        phase = f0[0, : 2 * begin].sum(dtype=np.float64) / 24000 % (1 / HOP)
        given = {
            "features": frames["features"][:, :, begin:],
            "f0": f0[:, 2 * begin :],
            "energy": frames["energy"][:, 2 * begin :],
            "scales": frames["scales"],
            "past": np.zeros_like(frames["scales"]),
            "trust": np.zeros(1, np.float32),
            "phase": np.array([phase], np.float32),
            "context": np.zeros(2, np.int64),
        }
        harmonic: NDArray[np.float32] = decoder.run(given)[harmonics][0]
        return harmonic

    whole_line, later = run(0), run(31)
    edge = HOP // 2  # the phase is interpolated between points, and has none in front of the first
    assert np.abs(whole_line[31 * 600 + edge :] - later[edge:]).max() < 0.05
