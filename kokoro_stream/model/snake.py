"""Takes the factors out of a Snake, the activation of Kokoro's generator, whatever its spelling.

y + sin²(αy)/α costs five passes over the data. With z = αy it is (z + sin² z)/α: α goes into the scale and bias in
front, 1/α into the weights of the convolution behind, and three passes are left.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto

from .graph import Graph
from .nodes import attribute, other
from .norms import Norm
from .sites import squared
from .split import FLOATS


def fold_snake(graph: Graph, norm: Norm) -> bool:
    """Rewrites the Snake behind ``norm``, if one is there."""
    y = norm.result
    snake = _snake(graph, y)
    if snake is None:
        return False
    alpha, result = snake
    norm.scale, norm.bias = (
        graph.op("Mul", name, graph.value(alpha.reshape(1, -1, 1))) for name in (norm.scale, norm.bias)
    )
    z = norm.result = graph.name("stretched")
    sine = graph.op("Sin", z)
    bent = graph.op("Add", z, graph.op("Mul", sine, sine))
    convolutions = graph.readers(result)
    if all(_weighs(graph, node, alpha.size) for node in convolutions):
        for node in convolutions:
            graph.set_input(node, 1, graph.reweighed(node.input[1], lambda weight: weight / alpha.reshape(1, -1, 1)))
    else:
        kind = np.float16 if graph.type_of(result) == TensorProto.FLOAT16 else np.float32
        bent = graph.op("Mul", bent, graph.value((1 / alpha).reshape(1, -1, 1).astype(kind)))
    graph.replace(result, bent)
    return True


def _snake(graph: Graph, y: str) -> tuple[NDArray[np.float32], str] | None:
    """α [C] or [1] and the name of y + sin²(αy)/α, when that is all that is made of ``y``."""
    if len(graph.readers(y)) > 2:
        return None
    for added in graph.readers(y):
        if added.op_type != "Add":
            continue
        shrunk = graph.maker(other(added, y))
        squared, inverse = _shrunk(graph, shrunk)
        sine = graph.maker(squared) if squared else None
        if sine is None or sine.op_type != "Sin" or inverse is None:
            continue
        stretched = graph.maker(sine.input[0])
        alpha = np.ones(1, np.float32)
        if sine.input[0] != y:
            if stretched is None or stretched.op_type not in ("Mul", "Div") or y not in stretched.input:
                continue
            known = graph.folded(other(stretched, y))
            if known is None or (stretched.op_type == "Div" and stretched.input[0] != y):
                continue
            alpha = known.astype(np.float32).reshape(-1)
            alpha = alpha if stretched.op_type == "Mul" else np.float32(1) / alpha
        if inverse.size == alpha.size and np.allclose(alpha * inverse, 1, atol=1e-2):
            return alpha, str(added.output[0])
    return None


def _shrunk(graph: Graph, node: NodeProto | None) -> tuple[str | None, NDArray[np.float32] | None]:
    """s and f, when the node makes s² · f or s² / (1/f)."""
    if node is None or node.op_type not in ("Mul", "Div"):
        return None, None
    for place, name in enumerate(node.input):
        base = squared(graph, name)
        factor = None if base is None else graph.folded(node.input[1 - place])
        if factor is not None:
            inverse = factor.astype(np.float32).reshape(-1)
            if node.op_type == "Mul":
                return base, inverse
            return (base, np.float32(1) / inverse) if place == 0 else (None, None)
    return None, None


def _weighs(graph: Graph, node: NodeProto, channels: int) -> bool:
    """A convolution whose constant float weights take each of the channels, of which 1 stands for any number."""
    if node.op_type != "Conv" or attribute(node, "group", 1) != 1:
        return False
    shape = graph.shape(node.input[1])
    return shape is not None and channels in (1, shape[1]) and graph.type_of(node.input[1]) in FLOATS
