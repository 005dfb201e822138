"""The variants of the fixture are what they are said to be: a Kokoro that runs, and speaks as the fixture does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import ModelProto

from . import spellings, variants

SAME = 1e-4  # of the loudness; rounding makes less than 1e-6
STAGES = 2  # of the generator, three blocks each
IDS = np.array([[0, 62, 156, 43, 61, 16, 81, 83, 16, 53, 156, 72, 62, 4, 0]])


def spoken(model: ModelProto, speed: float = 1.0) -> list[NDArray[np.float32]]:
    return speaker(model, speed)()


def speaker(model: ModelProto, speed: float = 1.0) -> Callable[[], list[NDArray[np.float32]]]:
    """Says the same sentence at each call."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    ids, style, pace = session.get_inputs()
    with np.load(variants.VOICES) as voices:
        row = voices["af_heart"][IDS.shape[1] - 3]
    pace_type = np.int32 if pace.type == "tensor(int32)" else np.float32
    given = {ids.name: IDS, style.name: row, pace.name: np.array([speed], pace_type)}
    return lambda: list(session.run(None, given))


def level(samples: NDArray[np.float32]) -> float:
    return float(20 * np.log10(np.sqrt(np.square(samples.astype(np.float64)).mean())))


@pytest.fixture(scope="module")
def plain() -> list[NDArray[np.float32]]:
    """Samples and durations of the fixture itself."""
    return spoken(variants.narrow())


def test_the_fixture_is_small_and_behaves_as_speech_does(plain: list[NDArray[np.float32]]) -> None:
    samples, durations = plain
    assert max(path.stat().st_size for path in (variants.GRAPH, variants.VOICES)) < 1_000_000
    assert len(samples) == 600 * int(durations.sum())
    assert -35 < level(samples) < -15
    assert np.abs(samples).max() < 0.95
    edge = 600 * (int(durations[0]) - 3)
    assert level(samples[:edge]) < level(samples) - 20


@pytest.mark.parametrize("name", variants.SAME_SOUND)
def test_a_variant_speaks_as_the_fixture_does(name: str, plain: list[NDArray[np.float32]]) -> None:
    samples, durations = plain
    found = spoken(variants.SAME_SOUND[name](variants.narrow()))
    assert found[0].size == samples.size
    assert level(found[0]) == pytest.approx(level(samples), abs=1)
    assert all(np.array_equal(other, durations) for other in found[1:])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", variants.COARSE)
def test_a_coarse_variant_speaks_as_long_and_as_loud(name: str, plain: list[NDArray[np.float32]]) -> None:
    samples, _ = plain
    found, _ = spoken(variants.COARSE[name](variants.narrow()))
    assert found.size == pytest.approx(samples.size, rel=0.2)
    assert level(found) == pytest.approx(level(samples), abs=6)


EXACT: dict[str, variants.Variant] = {
    **{f"norm: {name}": make for name, make in spellings.NORM_SPELLINGS.items()},
    **{f"snake: {name}": make for name, make in spellings.SNAKE_SPELLINGS.items()},
    **variants.STRUCTURES,
}


def comparable(model: ModelProto) -> ModelProto:
    return variants.steady(variants.without_noise(model))


@pytest.fixture(scope="module")
def quiet() -> list[NDArray[np.float32]]:
    """Samples and durations of the fixture without noise."""
    return spoken(variants.of_narrow(comparable))


@pytest.mark.parametrize("name", EXACT)
def test_another_spelling_or_structure_says_the_same(name: str, quiet: list[NDArray[np.float32]]) -> None:
    samples, durations = quiet
    found = spoken(EXACT[name](variants.of_narrow(comparable)))
    assert np.std(found[0] - samples) < SAME * np.std(samples)
    assert all(np.array_equal(other, durations) for other in found[1:])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", variants.COARSE_STRUCTURES)
def test_a_coarse_structure_speaks_as_long_and_as_loud(name: str, quiet: list[NDArray[np.float32]]) -> None:
    found = spoken(variants.of_narrow(variants.COARSE_STRUCTURES[name]))[0]
    assert found.size == pytest.approx(quiet[0].size, rel=0.2)
    assert level(found) == pytest.approx(level(quiet[0]), abs=6)


@pytest.mark.parametrize(("make", "same"), [(variants.without_noise, True), (variants.renamed, False)])
def test_each_run_says_the_same_only_without_noise(make: variants.Variant, same: bool) -> None:
    speak = speaker(make(variants.narrow()))
    assert np.array_equal(speak()[0], speak()[0]) == same


@pytest.mark.parametrize("name", sorted(spellings.NORM_SPELLINGS.keys() - {"one node"}))
def test_no_norm_is_one_node_once_spelt_out(name: str) -> None:
    made = spellings.NORM_SPELLINGS[name](variants.narrow())
    assert kinds(made)["InstanceNormalization"] == 0


def kinds(model: ModelProto) -> Counter[str]:
    return Counter(node.op_type for node in model.graph.node)


@pytest.mark.parametrize(("name", "norm"), [("merged", "InstanceNormalization"), ("spelt out and merged", "Div")])
def test_the_three_blocks_of_a_stage_share_a_norm_once_merged(name: str, norm: str) -> None:
    graph = variants.of_narrow(variants.STRUCTURES[name]).graph
    readers = Counter(read for node in graph.node if node.op_type == "Mul" for read in node.input)
    assert sum(readers[node.output[0]] == 3 for node in graph.node if node.op_type == norm) == STAGES


@pytest.mark.filterwarnings("ignore")
def test_the_published_structure_is_that_of_the_published_file() -> None:
    full, bytes_ = (variants.of_narrow(make) for make in (variants.published_full, variants.published_int8))
    assert [value.name for value in full.graph.input] == ["tokens", "style", "speed"]
    assert [value.name for value in full.graph.output] == ["audio"]
    assert {entry.domain: entry.version for entry in full.opset_import}[""] == 20
    fused = {"SkipLayerNormalization", "FastGelu", "FusedMatMul"}
    assert kinds(full).keys() >= fused | {"ReduceMean", "Sqrt", "Split"}
    assert kinds(bytes_).keys() >= fused | {"ConvInteger", "MatMulInteger", "DynamicQuantizeLSTM", "DequantizeLinear"}
    assert not kinds(full).keys() & {"InstanceNormalization", "RandomNormalLike", "RandomUniformLike"}
    assert kinds(bytes_)["Conv"] == 1  # the last, which makes magnitudes and phases


def test_a_model_is_not_changed_by_making_a_variant_of_it() -> None:
    model = variants.narrow()
    before = model.SerializeToString(deterministic=True)
    for make in (*variants.SAME_SOUND.values(), *variants.STRUCTURES.values()):
        make(model)
    assert model.SerializeToString(deterministic=True) == before
