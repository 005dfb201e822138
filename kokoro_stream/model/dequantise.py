"""Operators on 8-bit and 4-bit weights become the same operators on those weights in single precision.

One rule for each operator: it gets the node that makes the result and returns what shall make it instead. Nothing is
removed here; what was in between is dead afterwards, unless somebody else reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import GraphProto, NodeProto, helper, numpy_helper

from ..errors import ModelError
from .nodes import attribute, bodies
from .scope import Scope, Weight

MICROSOFT = "com.microsoft"
PRODUCTS = {"ConvInteger": "Conv", "MatMulInteger": "MatMul"}
ROUNDING = ("Cast", "Floor", "Identity", "Reshape", "Round", "Unsqueeze")  # between a bias / its scale and its integers

# What moves numbers without changing them; quantisers let it work on integers.
MOVING = ("Expand", "Flatten", "Gather", "Identity", "Reshape", "Slice", "Squeeze", "Transpose", "Unsqueeze")


Rule = Callable[[Scope, NodeProto], list[NodeProto] | None]


def dequantise(graph: GraphProto) -> int:
    """Changes ``graph``, whose nodes are in order, and its bodies; returns how many nodes were replaced."""
    return _dequantise(Scope(graph))


def _dequantise(scope: Scope) -> int:
    replaced = 0
    nodes: list[NodeProto] = []
    for node in scope.graph.node:
        replaced += sum(_dequantise(Scope(body, scope)) for body in bodies(node))
        rule = RULES.get((node.domain, node.op_type))
        try:
            instead = rule(scope, node) if rule else None
        except ValueError as error:
            raise ModelError(f"the weights of {node.name or node.output[0]!r} and their scales: {error}") from error
        nodes.extend(instead or [node])
        for new in instead or ():
            scope.put(new)
        replaced += bool(instead)
    if replaced:
        copies = [NodeProto.FromString(node.SerializeToString()) for node in nodes]
        del scope.graph.node[:]
        scope.graph.node.extend(copies)
    return replaced


def _scaled_product(scope: Scope, node: NodeProto) -> list[NodeProto] | None:
    """Mul(Cast(integers), Mul(scale, scale)), as dynamic quantisation writes a product; in any order of factors."""
    for whole, scale in _both_ways(node):
        cast, factors = scope.maker(whole, "Cast"), scope.maker(scale, "Mul")
        if cast is None or factors is None:
            continue
        product, bias = _product(scope, cast.input[0], scale)
        if product is None:
            continue
        for scales in _both_ways(factors):
            if made := _float_product(scope, product, scales, bias, node.output[0]):
                return made
    return None


def _product(scope: Scope, whole: str, scale: str) -> tuple[NodeProto | None, str]:
    """The node that makes integers, and the float bias, if any, whose multiples of ``scale`` are added to them."""
    if product := scope.maker(whole, *PRODUCTS):
        return product, ""
    if total := scope.maker(whole, "Add"):
        for summand, other in _both_ways(total):
            product = scope.maker(summand, *PRODUCTS)
            if product and (bias := _bias(scope, other, scale)):
                return product, bias
    return None, ""


def _bias(scope: Scope, whole: str, scale: str) -> str:
    """The float bias that is divided by ``scale`` and rounded to make the integers ``whole``; or nothing."""
    while step := scope.maker(whole, *ROUNDING):
        whole = step.input[0]
    division = scope.maker(whole, "Div")
    if division is None or division.input[1] != scale:
        return ""
    bias = scope.constant(division.input[0])
    return division.input[0] if bias is not None and bias.ndim == 1 else ""


def _float_product(
    scope: Scope, product: NodeProto, scales: tuple[str, str], bias: str, output: str
) -> list[NodeProto] | None:
    """The same product of floats; None when an operand is neither quantised at run time nor constant."""
    first, second, *zeros = product.input
    zero = [*zeros, "", ""]
    made: list[NodeProto] = []
    spread = _by_columns if product.op_type == "MatMulInteger" else _by_filters
    left = _operand(scope, made, first, scales[0], zero[0], _evenly)
    right = _operand(scope, made, second, scales[1], zero[1], spread)
    if left is None or right is None:
        return None
    if product.op_type == "MatMulInteger":
        return [*made, *_matmul(scope, left, right, bias, output)]
    conv = helper.make_node("Conv", [left, right, *filter(None, [bias])], [output], name=product.name)
    conv.attribute.extend(product.attribute)
    return [*made, conv]


Spread = Callable[[NDArray[Any], Weight], NDArray[Any]]  # of scales or zero points, to where they hold


def _operand(scope: Scope, made: list[NodeProto], tensor: str, scale: str, zero: str, spread: Spread) -> str | None:
    """What was quantised to ``tensor``, as floats; None when that is not known. Nodes it takes go into ``made``."""
    rounded = scope.maker(tensor, "DynamicQuantizeLinear")
    if rounded is not None:
        return str(rounded.input[0]) if list(rounded.output[1:3]) == [scale, zero] else None
    weight, scales, zeros = scope.constant(tensor), scope.constant(scale), scope.constant(zero)
    if weight is None:
        alike = scales is None or scales.size == 1
        return _moved(scope, made, tensor, scale, zero) if alike else None
    if scales is None or (zeros is None and zero):
        return None
    floats = weight.astype(np.float32)
    offset = np.float32(0) if zeros is None else spread(zeros.astype(np.float32), floats)
    return scope.weight((tensor, scale, zero, spread.__name__), lambda: (floats - offset) * spread(scales, floats))


def _moved(scope: Scope, made: list[NodeProto], tensor: str, scale: str, zero: str) -> str | None:
    """The floats of what was moved about after it had been quantised, all with one scale: they are moved instead."""
    move = scope.maker(tensor, *MOVING)
    source = None if move is None else _operand(scope, made, move.input[0], scale, zero, _evenly)
    if move is None or source is None:
        return None
    floats = NodeProto()
    floats.CopyFrom(move)
    floats.input[0], floats.output[0] = source, scope.name(f"{tensor}_single")
    made.append(floats)
    return str(floats.output[0])


def _evenly(values: NDArray[Any], weight: Weight) -> NDArray[Any]:
    """One for all."""
    if values.size != 1:
        raise ValueError(f"{values.size} where there should be one")
    return values.reshape(())


def _by_columns(values: NDArray[Any], weight: Weight) -> NDArray[Any]:
    """One for all, or for each column: [n], or [..., 1, n]."""
    return values.reshape(()) if values.size == 1 else values


def _by_filters(values: NDArray[Any], weight: Weight) -> NDArray[Any]:
    """One for all, or for each filter: [m], or as the convolution's output has it, [1, m, 1...]."""
    return values.reshape(()) if values.size == 1 else values.reshape(len(weight), *[1] * (weight.ndim - 1))


def _biased(scope: Scope, node: NodeProto) -> list[NodeProto] | None:
    """Add of a float bias, reshaped, to what was an integer convolution: the convolution takes it back."""
    for sum_, shaped in _both_ways(node):
        conv, reshape = scope.maker(sum_, "Conv"), scope.maker(shaped, "Reshape")
        if conv is None or reshape is None or len(conv.input) > 2 or not scope.is_expanded(conv.input[1]):
            continue
        bias, values = scope.constant(reshape.input[0]), scope.constant(shaped)
        if bias is not None and bias.ndim == 1 and values is not None and values.shape[:2] == (1, bias.size):
            biased = NodeProto()
            biased.CopyFrom(conv)
            biased.input.append(reshape.input[0])
            biased.output[:] = node.output
            return [biased]
    return None


def _matmul(scope: Scope, left: str, right: str, bias: str, output: str) -> list[NodeProto]:
    if not bias:
        return [helper.make_node("MatMul", [left, right], [output], name=output)]
    product = scope.name(f"{output}_product")
    return [
        helper.make_node("MatMul", [left, right], [product], name=product),
        helper.make_node("Add", [product, bias], [output], name=output),
    ]


def _quantising_matmul(scope: Scope, node: NodeProto) -> list[NodeProto] | None:
    """DynamicQuantizeMatMul: floats, weight, its scale, its zero point, bias."""
    left, weight, scale, zero, bias = _inputs(node, 5)
    made: list[NodeProto] = []
    right = _operand(scope, made, weight, scale, zero, _by_columns)
    return None if right is None else [*made, *_matmul(scope, left, right, bias, node.output[0])]


def _matmul_to_float(scope: Scope, node: NodeProto) -> list[NodeProto] | None:
    """MatMulIntegerToFloat: two operands, two scales, two zero points, bias."""
    first, second, first_scale, second_scale, first_zero, second_zero, bias = _inputs(node, 7)
    made: list[NodeProto] = []
    left = _operand(scope, made, first, first_scale, first_zero, _evenly)
    right = _operand(scope, made, second, second_scale, second_zero, _by_columns)
    if left is None or right is None:
        return None
    return [*made, *_matmul(scope, left, right, bias, node.output[0])]


def _lstm(scope: Scope, node: NodeProto) -> list[NodeProto] | None:
    """DynamicQuantizeLSTM: the inputs of LSTM, with weights [directions, inputs, 4 · hidden], then scales and zeros."""
    inputs = _inputs(node, 12)
    scale, zero, recurrent_scale, recurrent_zero = inputs[8:]
    weight = _gates(scope, inputs[1], scale, zero)
    recurrence = _gates(scope, inputs[2], recurrent_scale, recurrent_zero)
    if weight is None or recurrence is None:
        return None
    given = [inputs[0], weight, recurrence, *inputs[3:8]]
    while not given[-1]:
        given.pop()
    lstm = helper.make_node("LSTM", given, list(node.output), name=node.name)
    lstm.attribute.extend(node.attribute)
    return [lstm]


def _gates(scope: Scope, tensor: str, scale: str, zero: str) -> str | None:
    """The weight as LSTM wants it: [directions, 4 · hidden, inputs]. One scale a direction, or one for each row."""
    whole, scales, zeros = scope.constant(tensor), scope.constant(scale), scope.constant(zero)
    if whole is None or scales is None or zeros is None:
        return None

    def floats() -> Weight:
        directions = len(whole)
        offset, factor = (values.astype(np.float32).reshape(directions, 1, -1) for values in (zeros, scales))
        weight: Weight = ((whole.astype(np.float32) - offset) * factor).transpose(0, 2, 1)
        return weight

    return scope.weight((tensor, scale, zero, "LSTM"), floats)


def _block_matmul(scope: Scope, node: NodeProto) -> list[NodeProto] | None:
    """MatMulNBits: floats, packed weight [n, blocks, bytes], a scale and a zero point for each block, bias."""
    left, packed, scale, zero, order, bias = _inputs(node, 6)
    weight, scales, zeros = scope.constant(packed), scope.constant(scale), scope.constant(zero)
    bits = attribute(node, "bits", 4)
    if order or weight is None or scales is None or (zeros is None and zero) or bits not in (2, 4, 8):
        return None
    rows, columns = attribute(node, "K"), attribute(node, "N")  # of the matrix that is multiplied with

    def floats() -> Weight:
        blocks = weight.shape[1]
        whole = _unpacked(weight.reshape(columns, blocks, -1), bits).astype(np.float32)
        if zeros is None:
            offset: NDArray[Any] = np.full((columns, blocks), 2 ** (bits - 1), np.float32)
        elif zeros.dtype == np.uint8:
            offset = _unpacked(zeros.reshape(columns, -1), bits)[:, :blocks].astype(np.float32)
        else:
            offset = zeros.reshape(columns, blocks).astype(np.float32)
        factor = scales.reshape(columns, blocks, 1).astype(np.float32)
        matrix: Weight = ((whole - offset[..., None]) * factor).reshape(columns, -1)[:, :rows].T
        return matrix

    right = scope.weight((packed, scale, zero, "MatMulNBits"), floats)
    return _matmul(scope, left, right, bias, node.output[0])


def _unpacked(packed: NDArray[Any], bits: int) -> NDArray[np.uint8]:
    """The numbers of ``bits`` bits in bytes, the lowest bits first; the last axis grows."""
    shifts = np.arange(0, 8, bits, dtype=np.uint8)
    numbers: NDArray[np.uint8] = packed.astype(np.uint8)[..., None] >> shifts & np.uint8(2**bits - 1)
    return numbers.reshape(*packed.shape[:-1], -1)


def _dequantised(scope: Scope, node: NodeProto) -> list[NodeProto] | None:
    """DequantizeLinear of a constant, or of what was moved about after it had been quantised."""
    tensor, scale, zero = _inputs(node, 3)
    whole, scales, zeros = scope.constant(tensor), scope.constant(scale), scope.constant(zero)
    if whole is None:
        made: list[NodeProto] = []
        floats = _operand(scope, made, tensor, scale, zero, _evenly)
        if floats is None:
            return None
        return [*made, helper.make_node("Identity", [floats], [node.output[0]], name=node.name)]
    if scales is None or (zeros is None and zero):
        return None
    offset = np.zeros_like(scales) if zeros is None else zeros
    axis, block = attribute(node, "axis", 1), attribute(node, "block_size", 0)
    factor, less = (_spread(values.astype(np.float32), whole, axis, block) for values in (scales, offset))
    single = numpy_helper.from_array(np.asarray((whole.astype(np.float32) - less) * factor, np.float32))
    return [helper.make_node("Constant", [], [node.output[0]], name=node.name, value=single)]


def _spread(values: NDArray[Any], like: NDArray[Any], axis: int, block: int) -> NDArray[Any]:
    """One for all, for each place of ``axis``, or for each ``block`` places of it, in the shape of ``like``."""
    if values.size == 1 and not block:
        return values.reshape(())
    if block:
        repeated = np.repeat(values, block, axis)
        return np.take(repeated, np.arange(like.shape[axis]), axis)
    shape = [1] * like.ndim
    shape[axis] = -1
    return values.reshape(shape)


def _inputs(node: NodeProto, count: int) -> list[str]:
    """That many inputs; those left out are empty."""
    return [*node.input, *[""] * count][:count]


def _both_ways(node: NodeProto) -> list[tuple[str, str]]:
    first, second = node.input
    return [(first, second), (second, first)]


RULES: Mapping[tuple[str, str], Rule] = {
    ("", "Add"): _biased,
    ("", "Mul"): _scaled_product,
    ("", "DequantizeLinear"): _dequantised,
    (MICROSOFT, "DequantizeLinear"): _dequantised,
    (MICROSOFT, "DynamicQuantizeLSTM"): _lstm,
    (MICROSOFT, "DynamicQuantizeMatMul"): _quantising_matmul,
    (MICROSOFT, "MatMulIntegerToFloat"): _matmul_to_float,
    (MICROSOFT, "MatMulNBits"): _block_matmul,
}
