"""Half precision (float16) becomes single precision, wherever a model says float16: weights, casts, types.

Casts between the two then change nothing and become Identity, as far as the type of what they read is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import onnx
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, TypeProto, numpy_helper

from .nodes import attribute, bodies

HALF, SINGLE = TensorProto.FLOAT16, TensorProto.FLOAT
TYPE_ATTRIBUTES = ("to", "dtype", "output_dtype")  # that name the type of what a node makes

# Operators outside ONNX whose first output has the type of the first input.
LIKE_FIRST_INPUT = (
    *("BiasAdd", "BiasGelu", "FastGelu", "Gelu", "QuickGelu"),
    *("Attention", "MultiHeadAttention", "RotaryEmbedding"),
    *("FusedConv", "FusedGemm", "FusedMatMul", "FusedMatMulActivation", "MatMulNBits", "NhwcFusedConv"),
    *("GroupNorm", "LayerNormalization", "SimplifiedLayerNormalization"),
    *("SkipGroupNorm", "SkipLayerNormalization", "SkipSimplifiedLayerNormalization"),
)


def to_single_precision(model: ModelProto) -> int:
    """Changes ``model``, whose nodes are in order; returns how many places said float16."""
    found = _convert(model.graph) + sum(_convert_node(node) for body in model.functions for node in body.node)
    if found:
        opset = next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), 1)
        _drop_casts(model.graph, {}, opset)
    return found


def _convert(graph: GraphProto) -> int:
    found = sum(_convert_tensor(tensor) for tensor in graph.initializer)
    found += sum(_convert_type(value.type) for value in (*graph.input, *graph.output, *graph.value_info))
    return found + sum(_convert_node(node) for node in graph.node)


def _convert_node(node: NodeProto) -> int:
    found = 0
    for entry in node.attribute:
        if entry.type == AttributeProto.TENSOR:
            found += _convert_tensor(entry.t)
        elif entry.name in TYPE_ATTRIBUTES and entry.type == AttributeProto.INT and entry.i == HALF:
            entry.i = SINGLE
            found += 1
    return found + sum(_convert(body) for body in bodies(node))


def _convert_tensor(tensor: TensorProto) -> bool:
    if tensor.data_type != HALF:
        return False
    values = numpy_helper.to_array(tensor).astype(np.float32)
    tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    return True


def _convert_type(kind: TypeProto) -> bool:
    held = kind.WhichOneof("value")
    if held == "tensor_type" and kind.tensor_type.elem_type == HALF:
        kind.tensor_type.elem_type = SINGLE
        return True
    if held in ("sequence_type", "optional_type"):
        return _convert_type(getattr(kind, held).elem_type)
    return False


def _drop_casts(graph: GraphProto, outside: Mapping[str, int], opset: int) -> None:
    """Casts of single precision to itself become Identity. ``outside``: types that bodies may capture."""
    types = {**outside, **dict(_declared(graph))}
    for node in graph.node:
        for body in bodies(node):
            _drop_casts(body, types, opset)
        if node.op_type == "Cast" and types.get(node.input[0]) == attribute(node, "to") == SINGLE:
            node.op_type = "Identity"
            del node.attribute[:]
            types[node.output[0]] = SINGLE
        else:
            types.update(_made(node, types, opset))


def _declared(graph: GraphProto) -> Iterator[tuple[str, int]]:
    values = (*graph.input, *graph.value_info, *graph.output)
    yield from ((value.name, value.type.tensor_type.elem_type) for value in values if value.type.tensor_type.elem_type)
    yield from ((tensor.name, tensor.data_type) for tensor in graph.initializer)


def _made(node: NodeProto, types: Mapping[str, int], opset: int) -> Iterator[tuple[str, int]]:
    """The outputs of a node whose types follow from its operator."""
    if node.op_type in ("Constant", "ConstantOfShape"):
        yield node.output[0], _type_of_constant(node)
    elif node.op_type == "Cast":
        yield node.output[0], attribute(node, "to")
    elif node.op_type in LIKE_FIRST_INPUT and node.input[0] in types:
        yield node.output[0], types[node.input[0]]
    elif onnx.defs.has(node.op_type, node.domain):
        schema = onnx.defs.get_schema(node.op_type, opset, node.domain)
        given: dict[str, int] = {}  # by the letter that stands for a type in the operator's signature
        for place, name in enumerate(node.input):
            if schema.inputs and name in types:
                given.setdefault(schema.inputs[min(place, len(schema.inputs) - 1)].type_str, types[name])
        for place, name in enumerate(node.output):
            kind = given.get(schema.outputs[min(place, len(schema.outputs) - 1)].type_str)
            if name and kind is not None:
                yield name, kind


def _type_of_constant(node: NodeProto) -> int:
    value = attribute(node, "value")
    if isinstance(value, TensorProto):
        return int(value.data_type)
    if node.op_type == "ConstantOfShape":
        return SINGLE
    return SINGLE if any("float" in entry.name for entry in node.attribute) else TensorProto.INT64
