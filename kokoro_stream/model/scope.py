"""What may be known of the tensors of a graph, from inside it: who makes them, and which are constant."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import GraphProto, NodeProto, TensorProto, numpy_helper

from .nodes import attribute, bodies

Weight = NDArray[np.float32]


class Scope:
    """A graph and those around it: who makes a tensor, and what is constant. New constants go to the outermost."""

    def __init__(self, graph: GraphProto, outside: Scope | None = None) -> None:
        self.graph = graph
        self._makers = ChainMap({name: node for node in graph.node for name in node.output if name})
        self._constants = ChainMap({tensor.name: tensor for tensor in graph.initializer})
        self._main: GraphProto = graph
        self._weights: dict[tuple[str, ...], str] = {}
        self._taken: set[str] = set()
        if outside is None:
            self._taken.update(_names(graph))
        else:
            self._makers.maps.extend(outside._makers.maps)
            self._constants.maps.extend(outside._constants.maps)
            self._main, self._weights, self._taken = outside._main, outside._weights, outside._taken

    def maker(self, tensor: str, *kinds: str) -> NodeProto | None:
        """The node that makes ``tensor``, if it is one of these operators."""
        node = self._makers.get(tensor)
        return node if node is not None and node.op_type in kinds else None

    def put(self, node: NodeProto) -> None:
        """``node`` makes its outputs from now on."""
        self._makers.update(dict.fromkeys(node.output, node))

    def constant(self, tensor: str) -> NDArray[Any] | None:
        """The value of an initializer or a Constant node, read through Identity and Reshape; None for any other."""
        if tensor in self._constants:
            return numpy_helper.to_array(self._constants[tensor])
        node = self.maker(tensor, "Constant", "Identity", "Reshape")
        if node is None:
            return None
        if node.op_type == "Constant":
            value = attribute(node, "value")
            return numpy_helper.to_array(value) if isinstance(value, TensorProto) else None
        values = self.constant(node.input[0])
        if values is None or node.op_type == "Identity":
            return values
        shape = self.constant(node.input[1])
        return None if shape is None or (shape == 0).any() else values.reshape(shape)

    def name(self, stem: str) -> str:
        """A name that no tensor has."""
        number = 0
        while (name := f"{stem}_{number}" if number else stem) in self._taken:
            number += 1
        self._taken.add(name)
        return name

    def is_expanded(self, tensor: str) -> bool:
        """Whether `weight` made it."""
        return tensor in self._weights.values()

    def weight(self, sources: Iterable[str], make: Callable[[], Weight]) -> str:
        """The constant made of ``sources``, names of constants and of the way; made once for all who want it."""
        key = tuple(sources)
        if key not in self._weights:
            self._weights[key] = self.name(f"{key[0]}_single")
            tensor = numpy_helper.from_array(np.ascontiguousarray(make(), np.float32), self._weights[key])
            self._main.initializer.append(tensor)
            self._constants.maps[-1][tensor.name] = tensor
        return self._weights[key]


def _names(graph: GraphProto) -> set[str]:
    """All tensors, those of bodies included."""
    found = {value.name for value in (*graph.input, *graph.initializer)}
    for node in graph.node:
        found.update(node.output)
        for body in bodies(node):
            found |= _names(body)
    return found
