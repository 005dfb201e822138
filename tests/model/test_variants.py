"""The variants of the fixture are what they are said to be: a Kokoro that runs, and speaks as the fixture does."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import ModelProto

from . import variants

IDS = np.array([[0, 62, 156, 43, 61, 16, 81, 83, 16, 53, 156, 72, 62, 4, 0]])


def spoken(model: ModelProto, speed: float = 1.0) -> list[NDArray[np.generic]]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    ids, style, pace = session.get_inputs()
    with np.load(variants.VOICES) as voices:
        row = voices["af_heart"][IDS.shape[1] - 3]
    pace_type = np.int32 if pace.type == "tensor(int32)" else np.float32
    return list(session.run(None, {ids.name: IDS, style.name: row, pace.name: np.array([speed], pace_type)}))


def level(samples: NDArray[np.generic]) -> float:
    return float(20 * np.log10(np.sqrt(np.square(samples.astype(np.float64)).mean())))


@pytest.fixture(scope="module")
def plain() -> list[NDArray[np.generic]]:
    """Samples and durations of the fixture itself."""
    return spoken(variants.narrow())


def test_the_fixture_is_small_and_behaves_as_speech_does(plain: list[NDArray[np.generic]]) -> None:
    samples, durations = plain
    assert variants.GRAPH.stat().st_size + variants.VOICES.stat().st_size < 4_000_000
    assert len(samples) == 600 * int(durations.sum())
    assert -35 < level(samples) < -15
    assert np.abs(samples).max() < 0.95
    edge = 600 * (int(durations[0]) - 3)
    assert level(samples[:edge]) < level(samples) - 20


@pytest.mark.parametrize("name", variants.SAME_SOUND)
def test_a_variant_speaks_as_the_fixture_does(name: str, plain: list[NDArray[np.generic]]) -> None:
    samples, durations = plain
    found = spoken(variants.SAME_SOUND[name](variants.narrow()))
    assert found[0].size == samples.size
    assert level(found[0]) == pytest.approx(level(samples), abs=1)
    assert all(np.array_equal(other, durations) for other in found[1:])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", variants.COARSE)
def test_a_coarse_variant_speaks_as_long_and_as_loud(name: str, plain: list[NDArray[np.generic]]) -> None:
    samples, _ = plain
    found, _ = spoken(variants.COARSE[name](variants.narrow()))
    assert found.size == pytest.approx(samples.size, rel=0.2)
    assert level(found) == pytest.approx(level(samples), abs=6)


def test_a_model_is_not_changed_by_making_a_variant_of_it() -> None:
    model = variants.narrow()
    before = model.SerializeToString(deterministic=True)
    for make in variants.SAME_SOUND.values():
        make(model)
    assert model.SerializeToString(deterministic=True) == before
