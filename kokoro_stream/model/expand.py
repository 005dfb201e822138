"""A model whose weights are quantised or in half precision becomes an equal one in single precision.

The weights keep their rounded values; what was rounded at run time (activations) no longer is. What is not recognised
stays as it is. Operators that ONNX Runtime has fused without quantising them stay too.
"""

from __future__ import annotations

from onnx import GraphProto, ModelProto

from .dequantise import dequantise
from .nodes import bodies, makers_first, reads
from .single_precision import to_single_precision


def expanded(model: ModelProto) -> ModelProto | None:
    """A new model in single precision; None when nothing in ``model`` is quantised or in half precision.

    Raises `ModelError` when weights and their scales do not belong together.
    """
    made = ModelProto()
    made.CopyFrom(model)
    _sort(made.graph)
    # Halves first: the scales of quantised weights may be stored so.
    changes = to_single_precision(made) + dequantise(made.graph)
    if not changes:
        return None
    _prune(made.graph)
    return made


def _sort(graph: GraphProto) -> None:
    """Makers before readers, in bodies too; converters to half precision leave another order."""
    for node in graph.node:
        for body in bodies(node):
            _sort(body)
    ordered = makers_first(graph.node)
    if any(one is not other for one, other in zip(ordered, graph.node, strict=True)):
        copies = [type(node).FromString(node.SerializeToString()) for node in ordered]
        del graph.node[:]
        graph.node.extend(copies)


def _prune(graph: GraphProto) -> None:
    """Drops the nodes, constants and descriptions that no output needs; bodies first, for what they capture."""
    for node in graph.node:
        for body in bodies(node):
            _prune(body)
    needed = {value.name for value in graph.output}
    kept = []
    for node in reversed(graph.node):  # readers before makers: one sweep is enough
        if needed.intersection(node.output):
            kept.append(node)
            needed.update(reads(node))
    nodes = list(reversed(kept))
    if len(nodes) < len(graph.node):
        del graph.node[:]
        graph.node.extend(nodes)
    dropped = {tensor.name for tensor in graph.initializer} - needed
    for place in reversed(range(len(graph.initializer))):
        if graph.initializer[place].name in dropped:
            del graph.initializer[place]
    for place in reversed(range(len(graph.input))):
        if graph.input[place].name in dropped:  # an input with a default: without it, it would have to be given
            del graph.input[place]
    made = {name for node in graph.node for name in node.output}
    described = [value for value in graph.value_info if value.name in made]
    del graph.value_info[:]
    graph.value_info.extend(described)
    del graph.quantization_annotation[:]
