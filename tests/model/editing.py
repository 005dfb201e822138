"""Tools that `variants` are made with: copies of a model in which nodes are replaced, renamed and left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper


class Editor:
    """A copy of ``model`` whose main graph is written anew, node after node; `done` gives it.

    Whoever read a tensor that has been `replace`d reads the new one.
    """

    def __init__(self, model: ModelProto) -> None:
        self._model = copied(model)
        self._new: list[NodeProto] = []
        self._names: dict[str, str] = {}
        self._count = 0
        self.weights = {tensor.name: tensor for tensor in self._model.graph.initializer}
        self.makers = {name: node for node in self._model.graph.node for name in node.output}

    def old(self) -> Iterator[NodeProto]:
        """The nodes of the graph in turn, as they read after all replacements so far, to be kept or left out."""
        for node in self._model.graph.node:
            rename(node, self._names)
            yield node

    def keep(self, node: NodeProto) -> None:
        """``node`` stays as it is."""
        self._new.append(node)

    def replace(self, old: str, new: str) -> None:
        """Whoever reads ``old`` reads ``new`` from now on."""
        self._names[old] = new

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """The output of a new node."""
        name = self._name(kind)
        self._new.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def value(self, array: NDArray[Any]) -> str:
        """A new initializer."""
        name = self._name("constant")
        self.weights[name] = numpy_helper.from_array(np.ascontiguousarray(array).reshape(array.shape), name)
        return name

    def constant(self, name: str) -> NDArray[Any] | None:
        """The value of an initializer or of a Constant node; None for what is computed."""
        if name in self.weights:
            return numpy_helper.to_array(self.weights[name])
        node = self.makers.get(name)
        return numpy_helper.to_array(node.attribute[0].t) if node is not None and node.op_type == "Constant" else None

    def done(self) -> ModelProto:
        """The model without nodes and initializers that nobody reads."""
        graph = self._model.graph
        makers = {name: node for node in self._new for name in node.output}
        waiting = [value.name for value in graph.output]
        needed: set[str] = set()
        while waiting:  # not in the order of nodes: quantisers may leave readers in front of makers
            if (name := waiting.pop()) not in needed:
                needed.add(name)
                waiting.extend(reads(makers[name]) if name in makers else ())
        del graph.node[:], graph.initializer[:]
        graph.node.extend(node for node in self._new if needed.intersection(node.output))
        graph.initializer.extend(tensor for name, tensor in self.weights.items() if name in needed)
        return self._model

    def _name(self, stem: str) -> str:
        self._count += 1
        name = f"{stem.lower()}_of_variant_{self._count}"
        return name if name not in self.weights and name not in self.makers else self._name(stem)


def copied(model: ModelProto) -> ModelProto:
    """The same model again."""
    made = ModelProto()
    made.CopyFrom(model)
    return made


def graphs(graph: GraphProto) -> Iterator[GraphProto]:
    """``graph`` and the bodies of its loops and branches."""
    yield graph
    for node in graph.node:
        for body in bodies(node):
            yield from graphs(body)


def bodies(node: NodeProto) -> Iterator[GraphProto]:
    """What a loop repeats, or the branches of a choice."""
    return (attribute.g for attribute in node.attribute if attribute.type == AttributeProto.GRAPH)


def reads(node: NodeProto) -> Iterator[str]:
    """The tensors that ``node`` reads; also some of its own, where it is a loop or a choice."""
    yield from node.input
    for body in bodies(node):
        for inner in body.node:
            yield from reads(inner)
        yield from (value.name for value in body.output)


def rename(node: NodeProto, names: Mapping[str, str]) -> None:
    """``node`` and the bodies in it read tensors by their new names."""
    if any(name in names for name in node.input):
        node.input[:] = [names.get(name, name) for name in node.input]
    for body in bodies(node):
        for inner in body.node:
            rename(inner, names)
        for value in body.output:
            value.name = names.get(value.name, value.name)


def tensors(graph: GraphProto) -> Iterator[str]:
    """The names of all tensors of ``graph``, without its bodies."""
    yield from (value.name for value in (*graph.input, *graph.output, *graph.initializer))
    for node in graph.node:
        yield from node.output


def named(made: ModelProto, names: Mapping[str, str]) -> ModelProto:
    """Renames tensors of ``made`` in place, wherever they are used."""
    for graph in graphs(made.graph):
        for value in (*graph.input, *graph.output, *graph.initializer, *graph.value_info):
            value.name = names.get(value.name, value.name)
        for node in graph.node:
            node.input[:] = [names.get(name, name) for name in node.input]
            node.output[:] = [names.get(name, name) for name in node.output]
    return made


def read_through(made: ModelProto, name: str, node: NodeProto) -> ModelProto:
    """All who read the tensor ``name`` read the output of ``node`` instead; changes ``made``."""
    for graph in graphs(made.graph):
        for reader in graph.node:
            reader.input[:] = [node.output[0] if given == name else given for given in reader.input]
    made.graph.node.insert(0, node)
    return made


def constant_of(node: NodeProto) -> TensorProto:
    """The initializer that a Constant node can be."""
    tensor = TensorProto()
    tensor.CopyFrom(node.attribute[0].t)
    tensor.name = node.output[0]
    return tensor


def attribute_of(node: NodeProto, name: str, default: Any = None) -> Any:
    """The value of an attribute."""
    found: Iterable[AttributeProto] = (attribute for attribute in node.attribute if attribute.name == name)
    return next((helper.get_attribute_value(attribute) for attribute in found), default)
