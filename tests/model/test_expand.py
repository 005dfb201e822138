"""What is quantised or in half precision becomes an equal model in single precision."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from kokoro_stream.errors import ModelError
from kokoro_stream.model.expand import expanded
from kokoro_stream.model.nodes import bodies

from . import variants
from .test_variants import spoken

Array = NDArray[Any]

FLOAT, HALF = TensorProto.FLOAT, TensorProto.FLOAT16
MICROSOFT = "com.microsoft"
QUANTISED = {"ConvInteger", "MatMulInteger", "DynamicQuantizeLinear", "DynamicQuantizeLSTM", "DequantizeLinear"}
EXACT, ROUNDED = 2e-6, 0.05  # of the largest value: float arithmetic; activations in 8 bits

RANDOM = np.random.default_rng(5)


def values(*shape: int) -> NDArray[np.float32]:
    return RANDOM.standard_normal(shape, np.float32)


def model(
    nodes: Sequence[NodeProto], inputs: Mapping[str, Sequence[Any]], rank: int, constants: dict[str, Array]
) -> ModelProto:
    """Float inputs of these shapes; the float output ``y`` has ``rank`` axes."""
    graph = helper.make_graph(
        list(nodes),
        "test",
        [helper.make_tensor_value_info(name, FLOAT, list(shape)) for name, shape in inputs.items()],
        [helper.make_tensor_value_info("y", FLOAT, [f"y_{axis}" for axis in range(rank)])],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)


def node(kind: str, inputs: str, outputs: str, **attributes: Any) -> NodeProto:
    """Names separated by blanks; ``-`` is an input left out. Operators that ONNX lacks are Microsoft's."""
    domain = "" if onnx.defs.has(kind) else MICROSOFT
    names = ["" if name == "-" else name for name in inputs.split()]
    return helper.make_node(kind, names, outputs.split(), domain=domain, **attributes)


def run(made: ModelProto, **feeds: Array) -> Array:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 4
    session = onnxruntime.InferenceSession(made.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, feeds)[0])


def kinds(made: ModelProto) -> set[str]:
    def of(nodes: Sequence[NodeProto]) -> set[str]:
        return {one.op_type for one in nodes}.union(*(of(body.node) for one in nodes for body in bodies(one)))

    return of(made.graph.node)


def difference(one: Array, other: Array) -> float:
    """The largest, as a share of the largest value."""
    assert one.shape == other.shape
    return float(np.abs(one - other).max() / np.abs(other).max())


def single(made: ModelProto) -> ModelProto:
    """The expanded model, which must be a valid one with nothing left that is smaller than a float."""
    before = made.SerializeToString(deterministic=True)
    found = expanded(made)
    assert found is not None
    assert made.SerializeToString(deterministic=True) == before
    if not any(one.domain == MICROSOFT for one in found.graph.node):
        onnx.checker.check_model(found, full_check=True)
    assert not kinds(found) & QUANTISED
    assert {tensor.data_type for tensor in found.graph.initializer} <= {FLOAT, TensorProto.INT64}
    assert expanded(found) is None
    return found


def quantised(made: ModelProto, **how: Any) -> ModelProto:
    """As `quantize_dynamic` writes it."""
    from onnxruntime.quantization import quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        onnx.save(made, Path(folder, "single.onnx"))
        quantize_dynamic(Path(folder, "single.onnx"), Path(folder, "bytes.onnx"), **how)
        return onnx.load(Path(folder, "bytes.onnx"))


def projection() -> tuple[ModelProto, dict[str, Array]]:
    nodes = [node("MatMul", "x w", "product"), node("Add", "product b", "y")]
    return model(nodes, {"x": ("rows", 12)}, 2, {"w": values(12, 7), "b": values(7)}), {"x": values(5, 12)}


def convolution() -> tuple[ModelProto, dict[str, Array]]:
    nodes = [node("Conv", "x w b", "y", pads=[1, 1], strides=[2], group=2)]
    return model(nodes, {"x": (1, 4, "n")}, 3, {"w": values(6, 2, 3), "b": values(6)}), {"x": values(1, 4, 15)}


def recurrence() -> tuple[ModelProto, dict[str, Array]]:
    constants = {"w": values(2, 20, 3), "r": values(2, 20, 5), "b": values(2, 40)}
    nodes = [node("LSTM", "x w r b", "y", hidden_size=5, direction="bidirectional")]
    return model(nodes, {"x": ("n", 1, 3)}, 4, constants), {"x": values(9, 1, 3)}


def turned_embedding() -> tuple[ModelProto, dict[str, Array]]:
    made, feeds = embedding()
    made.graph.node[-1].output[0] = "rows"
    made.graph.node.append(node("Transpose", "rows", "y", perm=[1, 0]))
    return made, feeds


def embedding() -> tuple[ModelProto, dict[str, Array]]:
    nodes = [node("Cast", "x", "ids", to=TensorProto.INT64), node("Gather", "table ids", "y")]
    return model(nodes, {"x": ("n",)}, 2, {"table": values(30, 8)}), {"x": np.arange(6, dtype=np.float32)}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("per_channel", [False, True], ids=["per tensor", "per channel"])
@pytest.mark.parametrize("weight", ["QUInt8", "QInt8"])
@pytest.mark.parametrize("make", [projection, convolution, recurrence, embedding, turned_embedding])
def test_dynamic_quantisation_is_undone(
    make: Callable[[], tuple[ModelProto, dict[str, Array]]], weight: str, per_channel: bool
) -> None:
    from onnxruntime.quantization import QuantType

    original, feeds = make()
    bytes_ = quantised(original, weight_type=QuantType.from_string(weight), per_channel=per_channel)
    assert kinds(bytes_) & QUANTISED
    found = single(bytes_)
    assert difference(run(found, **feeds), run(original, **feeds)) < ROUNDED  # rounded weights
    if not (make is convolution and weight == "QInt8"):  # of which ONNX Runtime has no kernel
        assert difference(run(found, **feeds), run(bytes_, **feeds)) < ROUNDED  # rounded activations


CONVOLUTION = [
    node("DynamicQuantizeLinear", "x", "xq xs xz"),
    node("Mul", "xs ws", "scale"),
    node("Div", "b flat", "b_divided"),
    node("Floor", "b_divided", "b_floor"),
    node("Cast", "b_floor", "b_whole", to=TensorProto.INT32),
    node("Reshape", "b_whole b_shape", "b_column"),
    node("Cast", "total", "total_float", to=FLOAT),
    node("Mul", "total_float scale", "y"),
]


def integer_convolution(inputs: str, ws: Array, wz: Array, *, bias: bool) -> tuple[ModelProto, dict[str, Array]]:
    """As older quantisers wrote it: the bias is quantised at run time, and added to the integers."""
    constants: dict[str, Array] = {"w": RANDOM.integers(0, 255, (6, 4, 3), np.uint8), "ws": ws, "wz": wz}
    nodes = list(CONVOLUTION)
    nodes.insert(2, node("ConvInteger", inputs, "product" if bias else "total", pads=[1, 1]))
    if bias:
        nodes[3] = node("Div", "b scale", "b_divided")
        nodes.insert(7, node("Add", "b_column product", "total"))
        constants |= {"b": values(6), "b_shape": np.array([1, -1, 1])}
    else:
        del nodes[3:7]
    return model(nodes, {"x": (1, 4, "n")}, 3, constants), constants


def convolved(x: Array, w: Array, b: Array | None) -> Array:
    padded = np.pad(x[0], ((0, 0), (1, 1)))
    frames = np.stack([padded[:, k : k + x.shape[2]] for k in range(3)], axis=1)
    sound = np.einsum("mck,ckn->mn", w, frames) + (0 if b is None else b[:, None])
    return np.asarray(sound[None], np.float32)


@pytest.mark.parametrize("bias", [False, True], ids=["no bias", "bias"])
def test_an_integer_convolution_has_one_scale_for_all(bias: bool) -> None:
    zero = np.array(120, np.uint8)
    made, constants = integer_convolution("xq w xz wz", np.array(0.02, np.float32), zero, bias=bias)
    x, w = values(1, 4, 20), (constants["w"].astype(np.float32) - 120) * np.float32(0.02)
    found = single(made)
    assert [one.op_type for one in found.graph.node] == ["Conv"]
    assert difference(run(found, x=x), convolved(x, w, constants.get("b"))) < EXACT
    assert difference(run(found, x=x), run(made, x=x)) < ROUNDED


def test_an_integer_convolution_has_a_scale_for_each_filter() -> None:
    scales, zeros = np.abs(values(1, 6, 1)) / 100, RANDOM.integers(100, 140, 6, np.uint8)
    made, constants = integer_convolution("xq w xz wz", scales, zeros, bias=False)
    x, w = values(1, 4, 20), constants["w"].astype(np.float32) - zeros.reshape(6, 1, 1)
    found = single(made)
    assert difference(run(found, x=x), convolved(x, w * scales.reshape(6, 1, 1), None)) < EXACT


def test_zero_points_may_be_left_out() -> None:
    made, constants = integer_convolution("xq w xz", np.array(0.02, np.float32), np.array(0, np.uint8), bias=True)
    x, w = values(1, 4, 20), constants["w"].astype(np.float32) * np.float32(0.02)
    assert difference(run(single(made), x=x), convolved(x, w, constants["b"])) < EXACT


def test_scales_that_do_not_fit_are_told() -> None:
    made, _ = integer_convolution("xq w xz wz", values(1, 5, 1), np.array(0, np.uint8), bias=False)
    with pytest.raises(ModelError, match="'y' and their scales"):
        expanded(made)


def test_a_product_of_two_activations() -> None:
    nodes = [
        node("DynamicQuantizeLinear", "a", "aq a_scale az"),
        node("DynamicQuantizeLinear", "b", "bq bs bz"),
        node("MatMulInteger", "aq bq az bz", "whole"),
        node("Cast", "whole", "float", to=FLOAT),
        node("Mul", "bs a_scale", "scale"),
        node("Mul", "scale float", "y"),
    ]
    made = model(nodes, {"a": (2, 3, 8), "b": (2, 8, 4)}, 3, {})
    a, b = values(2, 3, 8), values(2, 8, 4)
    found = single(made)
    assert [one.op_type for one in found.graph.node] == ["MatMul"]
    assert difference(run(found, a=a, b=b), a @ b) < EXACT
    assert difference(run(found, a=a, b=b), run(made, a=a, b=b)) < ROUNDED


@pytest.mark.parametrize("bias", ["-", "b"])
@pytest.mark.parametrize("zero", ["-", "wz"])
@pytest.mark.parametrize("scales", [(), (7,)], ids=["per tensor", "per column"])
def test_products_that_the_runtime_fused(bias: str, zero: str, scales: tuple[int, ...]) -> None:
    ws = np.abs(np.asarray(values(*scales))) / 50
    wz = RANDOM.integers(-9, 9, scales, np.int8)
    w = RANDOM.integers(-127, 127, (12, 7), np.int8)
    constants: dict[str, Array] = {"w": w, "ws": ws.astype(np.float32), "wz": np.asarray(wz, np.int8), "b": values(7)}
    x = values(5, 12)
    exact = x @ ((w - np.float32(wz if zero == "wz" else 0)) * ws) + (constants["b"] if bias == "b" else 0)
    at_once = [node("DynamicQuantizeMatMul", f"x w ws {zero} {bias}", "y")]
    in_two = [
        node("DynamicQuantizeLinear", "x", "xq xs xz"),
        node("MatMulIntegerToFloat", f"xq w xs ws xz {zero} {bias}", "y"),
    ]
    for nodes in (at_once, in_two):
        made = model(nodes, {"x": ("rows", 12)}, 2, constants)
        found = single(made)
        assert difference(run(found, x=x), exact.astype(np.float32)) < EXACT
        assert difference(run(found, x=x), run(made, x=x)) < ROUNDED


@pytest.mark.parametrize("zero", ["", "packed", "float"])
@pytest.mark.parametrize("bits", [4, 8])
def test_weights_in_blocks(bits: int, zero: str) -> None:
    k, n, block = 40, 6, 16  # the last block is half empty, and of 4 bits the last byte of zero points is
    blocks = 3
    whole = RANDOM.integers(0, 2**bits, (n, blocks, block), np.uint8)
    zeros = RANDOM.integers(0, 2**bits, (n, blocks), np.uint8)
    scales = np.abs(values(n, blocks)) / 20

    def packed(numbers: Array) -> Array:
        if bits == 8:
            return numbers
        even = np.pad(numbers, [(0, 0)] * (numbers.ndim - 1) + [(0, numbers.shape[-1] % 2)])
        return np.asarray(even[..., ::2] | even[..., 1::2] << 4, np.uint8)

    constants: dict[str, Array] = {"w": packed(whole), "ws": scales.reshape(-1)}
    offset = np.full((n, blocks), 2.0 ** (bits - 1), np.float32)
    if zero == "packed":
        constants["wz"], offset = packed(zeros).reshape(-1), zeros.astype(np.float32)
    elif zero == "float":
        constants["wz"] = offset = zeros.astype(np.float32) + np.float32(0.25)
    names = "x w ws wz" if zero else "x w ws"
    made = model(
        [node("MatMulNBits", names, "y", K=k, N=n, bits=bits, block_size=block)], {"x": ("rows", k)}, 2, constants
    )
    x = values(5, k)
    matrix = ((whole - offset[..., None]) * scales[..., None]).reshape(n, -1)[:, :k].T
    found = single(made)
    assert difference(run(found, x=x), x @ matrix) < EXACT
    if not (zero == "float" and bits == 8):  # of which ONNX Runtime has no kernel
        assert difference(run(found, x=x), run(made, x=x)) < ROUNDED


@pytest.mark.parametrize(
    ("scales", "attributes"),
    [((), {}), ((6,), {"axis": 0}), ((8,), {}), ((6, 3), {"axis": 1, "block_size": 3})],
    ids=["per tensor", "first axis", "second axis", "blocks"],
)
def test_constants_that_are_dequantised_when_the_model_runs(
    scales: tuple[int, ...], attributes: dict[str, int]
) -> None:
    constants: dict[str, Array] = {
        "w": RANDOM.integers(-128, 127, (6, 8), np.int8),
        "ws": np.asarray(np.abs(values(*scales)), np.float32),
        "wz": np.asarray(RANDOM.integers(-9, 9, scales, np.int8), np.int8),
    }
    made = model(
        [node("DequantizeLinear", "w ws wz", "weight", **attributes), node("Add", "x weight", "y")],
        {"x": (6, 8)},
        2,
        constants,
    )
    x = values(6, 8)
    assert difference(run(single(made), x=x), run(made, x=x)) < EXACT


def test_what_is_read_as_integers_too_stays() -> None:
    made, _ = integer_convolution("xq w xz wz", np.array(0.02, np.float32), np.array(120, np.uint8), bias=False)
    made.graph.node.append(node("Cast", "total", "z", to=FLOAT))
    made.graph.output.append(helper.make_tensor_value_info("z", FLOAT, [1, 6, "z_2"]))
    found = expanded(made)
    assert found is not None
    assert {"Conv", "ConvInteger"} <= kinds(found)
    assert np.isfinite(run(found, x=values(1, 4, 20))).all()


def test_a_bias_in_other_units_is_not_taken_for_one() -> None:
    made, _ = integer_convolution("xq w xz wz", np.array(0.02, np.float32), np.array(120, np.uint8), bias=True)
    division = next(one for one in made.graph.node if one.op_type == "Div")
    division.input[1] = "xs"
    assert expanded(made) is None


def test_single_precision_is_left_alone() -> None:
    assert expanded(variants.narrow()) is None


def loop_and_branch() -> tuple[ModelProto, dict[str, Array]]:
    """Three rounds of x ← x·w + b, then a branch in which weights are captured from outside."""
    body = helper.make_graph(
        [
            node("MatMul", "state w", "scaled"),
            node("Constant", "", "step", value=numpy_helper.from_array(np.array([0.25], np.float32))),
            node("Add", "scaled step", "next"),
            node("Identity", "go_on", "still"),
        ],
        "body",
        [
            helper.make_tensor_value_info("round", TensorProto.INT64, []),
            helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("state", FLOAT, [4, 4]),
        ],
        [
            helper.make_tensor_value_info("still", TensorProto.BOOL, []),
            helper.make_tensor_value_info("next", FLOAT, [4, 4]),
        ],
    )
    branch = helper.make_graph(
        [node("MatMul", "looped w", "then")], "then", [], [helper.make_tensor_value_info("then", FLOAT, [4, 4])]
    )
    other = helper.make_graph(
        [node("Identity", "looped", "else")], "else", [], [helper.make_tensor_value_info("else", FLOAT, [4, 4])]
    )
    nodes = [
        node("Loop", "rounds yes x", "looped", body=body),
        node("If", "yes", "y", then_branch=branch, else_branch=other),
    ]
    constants: dict[str, Array] = {"w": values(4, 4) / 2, "rounds": np.array(3), "yes": np.array(True)}
    return model(nodes, {"x": (4, 4)}, 2, constants), {"x": values(4, 4)}


def in_bodies(change: Callable[[ModelProto], ModelProto]) -> float:
    """How far the expanded model is from the original, once its weights are rounded by ``change``."""
    original, feeds = loop_and_branch()
    made = change(original)
    found = expanded(made)
    assert found is not None
    onnx.checker.check_model(found, full_check=True)
    assert not kinds(found) & QUANTISED
    return difference(run(found, **feeds), run(original, **feeds))


@pytest.mark.filterwarnings("ignore")
def test_bodies_of_loops_and_branches_are_expanded_when_quantised() -> None:
    assert in_bodies(lambda made: quantised(made, extra_options={"EnableSubgraph": True})) < ROUNDED


@pytest.mark.filterwarnings("ignore")
def test_bodies_of_loops_and_branches_are_expanded_when_halved() -> None:
    from onnxruntime.transformers.float16 import convert_float_to_float16

    assert in_bodies(lambda made: convert_float_to_float16(made, keep_io_types=True)) < 2e-3


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("keep_io_types", [False, True])
def test_no_half_precision_is_left(keep_io_types: bool) -> None:
    from onnxruntime.transformers.float16 import convert_float_to_float16

    nodes = [
        node("Conv", "x w b", "convolved", pads=[1, 1]),
        node("Shape", "convolved", "shape"),
        node("ConstantOfShape", "shape", "ones", value=numpy_helper.from_array(np.ones(1, np.float32))),
        node("RandomNormalLike", "ones", "noise", scale=1e-9, dtype=FLOAT),
        node("Add", "convolved noise", "sum"),
        node("FastGelu", "sum", "bent"),
        node("Mul", "bent ones", "same"),
        node("Softplus", "same", "y"),
    ]
    original = model(nodes, {"x": (1, 4, "n")}, 3, {"w": values(6, 4, 3), "b": values(6)})
    half = convert_float_to_float16(
        original, keep_io_types=keep_io_types, op_block_list=["Softplus", "RandomNormalLike"]
    )
    assert HALF in {tensor.data_type for tensor in half.graph.initializer}
    found = expanded(half)
    assert found is not None
    assert str(HALF) not in {str(tensor.data_type) for tensor in found.graph.initializer}
    assert not any(one.op_type == "Cast" for one in found.graph.node)
    x = values(1, 4, 12)
    assert difference(run(found, x=x), run(original, x=x)) < 2e-3


def test_casts_of_whole_numbers_stay() -> None:
    nodes = [
        node("Cast", "x", "whole", to=TensorProto.INT64),
        node("Cast", "whole", "half", to=HALF),
        node("Mul", "half w", "product"),
        node("Cast", "product", "y", to=FLOAT),
    ]
    made = model(nodes, {"x": (3,)}, 1, {"w": np.array([1.5], np.float16)})
    found = single(made)
    assert [one.op_type for one in found.graph.node] == ["Cast", "Cast", "Mul", "Identity"]
    assert run(found, x=np.array([1, 2, 3], np.float32)).tolist() == [1.5, 3, 4.5]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["half", "half outputs", "quantized"])
def test_an_expanded_kokoro_speaks_as_the_fixture_does(name: str) -> None:
    original = variants.narrow()
    found = expanded(variants.COARSE[name](original))
    assert found is not None
    assert not kinds(found) & QUANTISED
    samples, durations = (np.asarray(output, np.float32) for output in spoken(found))
    before, durations_before = (np.asarray(output, np.float32) for output in spoken(original))
    assert np.abs(durations - durations_before).max() <= 1
    assert samples.size == pytest.approx(before.size, rel=0.1)
    assert np.std(samples) == pytest.approx(np.std(before), rel=0.25)
