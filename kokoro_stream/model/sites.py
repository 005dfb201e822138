"""Finds where a graph normalises channels over time, by what it computes: the spelling differs.

Exporters write InstanceNormalization, or one of the like, or spell it out: the mean is taken from x, and the difference
divided by the root of its mean square.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from onnx import NodeProto

from .graph import Graph
from .nodes import attribute, other

SCALE_BY_CHANNEL = 21  # from that opset on GroupNormalization has a scale for each channel, not for each group
SMALLEST_EPSILON = 1e-12  # of those that are spelt without one: keeps a silent channel from being divided by zero


@dataclass(frozen=True, slots=True)
class Site:
    """``x`` [1, C, n], each of whose channels is normalised over n; ``result`` is the tensor that comes of it.

    Some operators scale and shift it as well: by ``weight`` and ``shift``, [C] or [1], "" where they do not.
    """

    x: str
    result: str
    epsilon: float
    weight: str = ""
    shift: str = ""


def sites_in(graph: Graph, frames: set[str]) -> Iterator[Site]:
    for node in graph.nodes:
        if node.output and node.output[0] in frames and (recognise := RECOGNISED.get(node.op_type)) is not None:
            found = recognise(graph, node)
            if found is not None and found.x in frames:
                yield found


def _instance_norm(graph: Graph, node: NodeProto) -> Site | None:
    return Site(node.input[0], node.output[0], attribute(node, "epsilon", 1e-5), *node.input[1:3])


def _group_norm(graph: Graph, node: NodeProto) -> Site | None:
    """As many groups as channels: each is normalised by itself."""
    dims, weight = graph.dims_of(node.input[0]), graph.folded(node.input[1])
    channels = dims[1] if dims is not None and len(dims) == 3 else None
    if channels is None and weight is not None and graph.opset >= SCALE_BY_CHANNEL:
        channels = weight.size
    return _instance_norm(graph, node) if channels == attribute(node, "num_groups") else None


def _layer_norm(graph: Graph, node: NodeProto) -> Site | None:
    """Over the last axis alone, with one scale for all of its positions, whose number is not known beforehand."""
    if attribute(node, "axis", -1) not in (-1, 2):
        return None
    given = [_everywhere(graph, name) for name in node.input[1:3] if name]
    if any(value is None for value in given):
        return None
    own = [graph.value(np.full(1, value, np.float32)) for value in given]
    return Site(node.input[0], node.output[0], attribute(node, "epsilon", 1e-5), *own)


def _everywhere(graph: Graph, tensor: str) -> float | None:
    """The one value that all of a tensor has."""
    node = graph.maker(tensor)
    while node is not None and node.op_type in ("Expand", "Cast"):
        tensor = node.input[0]
        node = graph.maker(tensor)
    values = graph.folded(tensor)
    return None if values is None or np.ptp(values) else float(values.reshape(-1)[0])


def _mean_variance_norm(graph: Graph, node: NodeProto) -> Site | None:
    axes = attribute(node, "axes", [0, 2, 3])
    if {*axes} - {0} not in ({2}, {-1}):
        return None
    return Site(node.input[0], node.output[0], SMALLEST_EPSILON)


def _divided(graph: Graph, node: NodeProto) -> Site | None:
    """d / √(v + ε)."""
    return _centred(graph, node, node.input[0], _variance_under_root(graph, node.input[1]))


def _multiplied(graph: Graph, node: NodeProto) -> Site | None:
    """d · 1/√(v + ε), in either order."""
    for inverse in node.input:
        if (variance := _variance_under_inverse_root(graph, inverse)) is not None:
            return _centred(graph, node, other(node, inverse), variance)
    return None


RECOGNISED: dict[str, Callable[[Graph, NodeProto], Site | None]] = {
    "InstanceNormalization": _instance_norm,
    "GroupNormalization": _group_norm,
    "LayerNormalization": _layer_norm,
    "MeanVarianceNormalization": _mean_variance_norm,
    "Div": _divided,
    "Mul": _multiplied,
}


def _centred(graph: Graph, node: NodeProto, centred: str, spread: tuple[str, float] | None) -> Site | None:
    """The site, when ``centred`` is x less its mean, and ``spread`` x's variance and the ε beside it."""
    if spread is None or (x := _centre(graph, centred)) is None:
        return None
    variance, epsilon = spread
    return Site(x, node.output[0], epsilon) if _varies(graph, variance, x) else None


def _centre(graph: Graph, tensor: str) -> str | None:
    """x, when the tensor is x less its mean over time."""
    node = _maker(graph, tensor)
    if node is not None and node.op_type == "Sub" and _mean_of(graph, node.input[1]) == _plain(graph, node.input[0]):
        return _plain(graph, node.input[0])
    if node is not None and node.op_type == "Add":
        for name in node.input:
            negative = _maker(graph, name)
            if negative is not None and negative.op_type == "Neg":
                x = _plain(graph, other(node, name))
                if _mean_of(graph, negative.input[0]) == x:
                    return x
    return None


def _varies(graph: Graph, variance: str, x: str) -> bool:
    """It is the mean of x's squared distances from its mean, or the mean of its squares less its mean squared."""
    node = _maker(graph, variance)
    while node is not None and node.op_type in ("Relu", "Abs"):
        node = _maker(graph, node.input[0])
    if node is None:
        return False
    if node.op_type == "Sub":
        squares, level = _mean_of(graph, node.input[0]), squared(graph, node.input[1])
        return (
            squares is not None and level is not None and squared(graph, squares) == x and _mean_of(graph, level) == x
        )
    distances = _mean_of(graph, variance)
    centred = None if distances is None else squared(graph, distances)
    return centred is not None and _centre(graph, centred) == x


def _variance_under_root(graph: Graph, tensor: str) -> tuple[str, float] | None:
    """v and ε, when the tensor is √(v + ε)."""
    node = _maker(graph, tensor)
    if node is None:
        return None
    rooted = node.op_type == "Sqrt" or (node.op_type == "Pow" and _number(graph, node.input[1]) == 0.5)
    return _with_epsilon(graph, node.input[0]) if rooted else None


def _variance_under_inverse_root(graph: Graph, tensor: str) -> tuple[str, float] | None:
    """v and ε, when the tensor is 1 / √(v + ε)."""
    node = _maker(graph, tensor)
    if node is None:
        return None
    if node.op_type == "Reciprocal":
        return _variance_under_root(graph, node.input[0])
    if node.op_type == "Div" and _number(graph, node.input[0]) == 1:
        return _variance_under_root(graph, node.input[1])
    if node.op_type == "Pow" and _number(graph, node.input[1]) == -0.5:
        return _with_epsilon(graph, node.input[0])
    if node.op_type == "Sqrt" and (inner := _maker(graph, node.input[0])) is not None and inner.op_type == "Reciprocal":
        return _with_epsilon(graph, inner.input[0])
    return None


def _with_epsilon(graph: Graph, tensor: str) -> tuple[str, float] | None:
    node = _maker(graph, tensor)
    if node is None or node.op_type not in ("Add", "Max", "Clip"):
        return tensor, SMALLEST_EPSILON
    for name in node.input:
        epsilon = _number(graph, name) if name else None
        if epsilon is not None:
            return other(node, name), max(epsilon, SMALLEST_EPSILON)
    return None


def _mean_of(graph: Graph, tensor: str) -> str | None:
    """x, when the tensor is its mean over time, its dimension kept."""
    node = _maker(graph, tensor)
    if node is None:
        return None
    if node.op_type == "GlobalAveragePool":
        return _plain(graph, node.input[0])
    if node.op_type != "ReduceMean" or not attribute(node, "keepdims", 1):
        return None
    return _plain(graph, node.input[0]) if axes_of(graph, node) in ([2], [-1]) else None


def axes_of(graph: Graph, node: NodeProto) -> list[int] | None:
    """Those of a reduction, an attribute once and now an input; None for all."""
    axes = attribute(node, "axes")
    if axes is None and len(node.input) > 1 and node.input[1]:
        values = graph.folded(node.input[1])
        axes = None if values is None else values.reshape(-1)
    return None if axes is None else [int(axis) for axis in axes]


def squared(graph: Graph, tensor: str) -> str | None:
    """y, when the tensor is y²."""
    node = _maker(graph, tensor)
    if node is None:
        return None
    if node.op_type == "Mul" and node.input[0] == node.input[1]:
        return _plain(graph, node.input[0])
    return _plain(graph, node.input[0]) if node.op_type == "Pow" and _number(graph, node.input[1]) == 2 else None


def _number(graph: Graph, tensor: str) -> float | None:
    values = graph.folded(tensor)
    return float(values.reshape(())) if values is not None and values.size == 1 else None


def _maker(graph: Graph, tensor: str) -> NodeProto | None:
    """The node that makes it, whatever its precision."""
    return graph.maker(_plain(graph, tensor))


def _plain(graph: Graph, tensor: str) -> str:
    """The tensor before it was brought into another precision."""
    while (node := graph.maker(tensor)) is not None and node.op_type == "Cast":
        tensor = node.input[0]
    return tensor
