"""How exporters spell what the narrow fixture has as one node (a normalisation) or in one way (Snake).

As in `variants`, models are given back changed and left as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, numpy_helper

from .editing import Editor, attribute_of, copied

AXES_AS_INPUT = 18  # from this opset on ReduceMean reads its axes
GROUPS_BY_CHANNEL = 21  # from this opset on GroupNormalization scales each channel by itself
TIME = 2  # the axis of time in [1, channels, time]


@dataclass(frozen=True, slots=True)
class Spelling:
    """The nodes that a normalisation over time is made of. The defaults are those of the published 8-bit file.

    ``variance``: of what the mean is taken, d² of the deviation d as d · d, d^2.0 or d^2; or it is E x² - (E x)²
    ``quotient``: d / √v, d · (1 / √v), (1 / √v) · d, d · v^-0.5 or d / v^0.5
    ``axis``: that of time, 2 or -1
    ``opset``: below 18 the axes are attributes
    ``swapped``: constants are the first operands of Add and Mul
    ``means``: how often the mean is computed, 1 or 2
    """

    variance: Literal["product", "power", "whole power", "moments"] = "product"
    quotient: Literal["root", "reciprocal", "reciprocal first", "negative power", "power"] = "root"
    axis: int = TIME
    opset: int = 20
    swapped: bool = False
    means: int = 1


def raised(model: ModelProto, opset: int) -> ModelProto:
    """The same model in a later version of the standard operators."""
    if model.opset_import[0].version >= opset:
        return copied(model)
    made = onnx.version_converter.convert_version(model, opset)
    made.ir_version = max(made.ir_version, 9 if opset < GROUPS_BY_CHANNEL else 10)
    return made


def without_affine(model: ModelProto) -> ModelProto:
    """The norms' own weight and bias are 1 and 0, as in the published weights; what they did, the style's part does."""
    edit = Editor(model)
    for node in edit.old():
        if node.op_type == "InstanceNormalization":
            weight, bias = (edit.constant(name) for name in node.input[1:3])
            assert weight is not None
            assert bias is not None
            gemm = _style_matrix(edit, node)
            for place in (1, 2):
                matrix = edit.constant(gemm.input[place])
                assert matrix is not None
                gemm.input[place] = edit.value(_with_affine(matrix, weight, bias, one=place - 1))
            node.input[1:3] = [edit.value(np.ones_like(weight)), edit.value(np.zeros_like(bias))]
        edit.keep(node)
    return merged_weights(edit.done())


def decomposed(model: ModelProto, spelling: Spelling) -> ModelProto:
    """Every InstanceNormalization spelt out; the norm's own weight and bias follow where they do anything."""
    return _each_norm(raised(model, spelling.opset), partial(_spelt, spelling=spelling))


def by_layer(model: ModelProto, *, scale: Literal["single", "full"]) -> ModelProto:
    """LayerNormalization over time; its scale is 1: a single number, or as many as there are points in time."""

    def norm(edit: Editor, x: str, epsilon: float, channels: int) -> str:
        one = edit.value(np.ones(1, np.float32))
        if scale == "full":
            points = edit.op("Shape", x, start=TIME, end=TIME + 1)
            one = edit.op("Expand", one, points)
        return edit.op("LayerNormalization", x, one, axis=-1, epsilon=epsilon)

    return _each_norm(model, norm)


def by_group(model: ModelProto) -> ModelProto:
    """GroupNormalization with each channel a group."""

    def norm(edit: Editor, x: str, epsilon: float, channels: int) -> str:
        one, zero = (edit.value(np.full(channels, number, np.float32)) for number in (1, 0))
        return edit.op("GroupNormalization", x, one, zero, num_groups=channels, epsilon=epsilon)

    return _each_norm(raised(model, GROUPS_BY_CHANNEL), norm)


@dataclass(frozen=True, slots=True)
class Snake:
    """The nodes of x + sin²(αx) / α; α is stored as [1, C, 1]. The defaults are those of the published 8-bit file.

    ``square``: s^2.0, s^2 or s · s
    ``quotient``: · (1 / α) with the quotient stored, computed by Reciprocal or by Div, or all divided by α
    ``swapped``: operands stand the other way round than in the published file
    """

    square: Literal["power", "whole power", "product"] = "power"
    quotient: Literal["stored", "reciprocal", "one by", "divided"] = "stored"
    swapped: bool = False


def with_snake(model: ModelProto, spelling: Snake) -> ModelProto:
    """Every Snake spelt in that way."""
    edit = Editor(model)
    for node in edit.old():
        found = _snake(edit, node)
        if found is None:
            edit.keep(node)
        else:
            edit.replace(node.output[0], _spelt_snake(edit, *found, spelling))
    return edit.done()


def merged_weights(model: ModelProto) -> ModelProto:
    """Equal initializers stand there once."""
    edit = Editor(model)
    firsts: dict[tuple[int, tuple[int, ...], bytes], str] = {}
    for name, tensor in edit.weights.items():
        key = (tensor.data_type, tuple(tensor.dims), numpy_helper.to_array(tensor).tobytes())
        if (first := firsts.setdefault(key, name)) != name:
            edit.replace(name, first)
    for node in edit.old():
        edit.keep(node)
    return edit.done()


def _each_norm(model: ModelProto, norm: Callable[[Editor, str, float, int], str]) -> ModelProto:
    """``norm`` gets an input, ε and the number of channels, and gives what is normalised."""
    edit = Editor(model)
    for node in edit.old():
        if node.op_type != "InstanceNormalization":
            edit.keep(node)
            continue
        weight, bias = (edit.constant(name) for name in node.input[1:3])
        assert weight is not None
        assert bias is not None
        y = norm(edit, node.input[0], attribute_of(node, "epsilon", 1e-5), weight.size)
        if np.any(weight != 1) or np.any(bias != 0):
            y = edit.op("Mul", y, edit.value(weight[None, :, None]))
            y = edit.op("Add", y, edit.value(bias[None, :, None]))
        edit.replace(node.output[0], y)
    return edit.done()


def _spelt(edit: Editor, x: str, epsilon: float, channels: int, spelling: Spelling) -> str:
    mean = _mean(edit, x, spelling)
    deviation = edit.op("Sub", x, mean if spelling.means == 1 else _mean(edit, x, spelling))
    if spelling.variance == "moments":
        square = _mean(edit, edit.op("Mul", x, x), spelling)
        variance = edit.op("Sub", square, edit.op("Mul", mean, mean))
    else:
        variance = _mean(edit, _squared(edit, deviation, spelling.variance), spelling)
    safe = _commuted(edit, "Add", variance, edit.value(np.array(epsilon, np.float32)), swapped=spelling.swapped)
    if spelling.quotient in ("power", "negative power"):
        exponent = edit.value(np.array(0.5 if spelling.quotient == "power" else -0.5, np.float32))
        return edit.op("Div" if spelling.quotient == "power" else "Mul", deviation, edit.op("Pow", safe, exponent))
    root = edit.op("Sqrt", safe)
    if spelling.quotient == "root":
        return edit.op("Div", deviation, root)
    inverse = edit.op("Reciprocal", root)
    return _commuted(edit, "Mul", deviation, inverse, swapped=spelling.quotient == "reciprocal first")


def _mean(edit: Editor, tensor: str, spelling: Spelling) -> str:
    if spelling.opset < AXES_AS_INPUT:
        return edit.op("ReduceMean", tensor, axes=[spelling.axis], keepdims=1)
    return edit.op("ReduceMean", tensor, edit.value(np.array([spelling.axis])), keepdims=1)


def _squared(edit: Editor, tensor: str, how: str) -> str:
    if how == "product":
        return edit.op("Mul", tensor, tensor)
    exponent = np.array(2, np.int64) if how == "whole power" else np.array(2, np.float32)
    return edit.op("Pow", tensor, edit.value(exponent))


def _commuted(edit: Editor, kind: str, one: str, other: str, *, swapped: bool) -> str:
    return edit.op(kind, other, one) if swapped else edit.op(kind, one, other)


def _style_matrix(edit: Editor, norm: NodeProto) -> NodeProto:
    """The Gemm that makes γ and β of (1 + γ) · norm + β."""
    gain = next(node for node in edit.makers.values() if node.op_type == "Mul" and norm.output[0] in node.input)
    node: NodeProto = edit.makers[next(name for name in gain.input if name != norm.output[0])]
    while node.op_type != "Gemm":
        node = edit.makers[next(name for name in node.input if edit.constant(name) is None)]
    return node


def _with_affine(
    matrix: NDArray[np.float32], weight: NDArray[np.float32], bias: NDArray[np.float32], *, one: int
) -> NDArray[np.float32]:
    """Rows of γ and β that do the work of weight and bias in (1 + γ) · (weight · norm + bias) + β; ``one``: that 1."""
    gamma, beta = np.split(matrix, 2)
    across = (-1, *[1] * (matrix.ndim - 1))
    gain = gamma + one
    rows = [gain * weight.reshape(across) - one, beta + gain * bias.reshape(across)]
    return np.concatenate(rows).astype(np.float32)


def _snake(edit: Editor, node: NodeProto) -> tuple[str, NDArray[np.float32]] | None:
    """x and α of the Snake whose last node is ``node``."""
    if node.op_type != "Add" or node.input[1] not in edit.makers:
        return None
    shrunk = edit.makers[node.input[1]]
    square = edit.makers.get(shrunk.input[1]) if shrunk.op_type == "Mul" else None
    sine = edit.makers.get(square.input[0]) if square is not None and square.op_type == "Pow" else None
    if sine is None or sine.op_type != "Sin":
        return None
    stretched = edit.makers[sine.input[0]]
    alpha = edit.constant(stretched.input[0])
    return None if alpha is None else (node.input[0], alpha)


def _spelt_snake(edit: Editor, x: str, alpha: NDArray[np.float32], spelling: Snake) -> str:
    swapped, slope = spelling.swapped, edit.value(alpha)
    sine = edit.op("Sin", _commuted(edit, "Mul", slope, x, swapped=swapped))
    square = _squared(edit, sine, spelling.square)
    if spelling.quotient == "divided":
        return _commuted(edit, "Add", x, edit.op("Div", square, slope), swapped=swapped)
    if spelling.quotient == "stored":
        inverse = edit.value(1 / alpha)
    elif spelling.quotient == "reciprocal":
        inverse = edit.op("Reciprocal", slope)
    else:
        inverse = edit.op("Div", edit.value(np.array(1, np.float32)), slope)
    return _commuted(edit, "Add", x, _commuted(edit, "Mul", inverse, square, swapped=swapped), swapped=swapped)


def _folded(spelling: Spelling) -> Callable[[ModelProto], ModelProto]:
    return lambda model: decomposed(without_affine(model), spelling)


NORM_SPELLINGS: Mapping[str, Callable[[ModelProto], ModelProto]] = {
    "one node": without_affine,
    "as published": _folded(Spelling()),
    "with weight and bias": partial(decomposed, spelling=Spelling()),
    "axes as attribute": _folded(Spelling(opset=17)),
    "last axis": _folded(Spelling(axis=-1)),
    "last axis as attribute": _folded(Spelling(axis=-1, opset=17)),
    "power": _folded(Spelling(variance="power")),
    "whole power": _folded(Spelling(variance="whole power")),
    "moments": _folded(Spelling(variance="moments")),
    "reciprocal": _folded(Spelling(quotient="reciprocal")),
    "reciprocal first": _folded(Spelling(quotient="reciprocal first")),
    "negative power": _folded(Spelling(quotient="negative power")),
    "root as power": _folded(Spelling(quotient="power")),
    "constants first": _folded(Spelling(swapped=True)),
    "mean twice": _folded(Spelling(means=2)),
    "all otherwise": partial(
        decomposed,
        spelling=Spelling(variance="power", quotient="reciprocal first", axis=-1, opset=17, swapped=True, means=2),
    ),
    "layers, single scale": partial(by_layer, scale="single"),
    "layers, full scale": partial(by_layer, scale="full"),
    "groups": by_group,
}

SNAKE_SPELLINGS: Mapping[str, Callable[[ModelProto], ModelProto]] = {
    name: partial(with_snake, spelling=spelling)
    for name, spelling in {
        "as published": Snake(),
        "reciprocal": Snake(quotient="reciprocal"),
        "one by": Snake(quotient="one by"),
        "divided": Snake(quotient="divided"),
        "product": Snake(square="product"),
        "whole power": Snake(square="whole power"),
        "other way round": Snake(swapped=True),
        "divided, product": Snake(square="product", quotient="divided"),
        "divided, other way round": Snake(quotient="divided", swapped=True),
        "product, other way round": Snake(square="product", quotient="reciprocal", swapped=True),
    }.items()
}
