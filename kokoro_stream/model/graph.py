"""An ONNX graph that is being taken apart: who makes a tensor, who reads it, what it depends on.

Nodes may be added in any order; `extract` brings what its outputs need into order and leaves the rest behind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from numpy.typing import NDArray
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from ..errors import ModelError
from .nodes import bodies, makers_first, reads

IR_VERSION = 8  # the oldest that every opset up to 17 may use; each runtime of the last years reads it
SHAPE_BYTES = 1024  # a constant of that size may be a shape; a larger one is a weight


class Graph:
    """The main graph of ``model``, which is consumed: its nodes are changed in place.

    Identity nodes are resolved and Constant nodes become initializers, so that `constant` and `maker` see through both.
    """

    def __init__(self, model: ModelProto) -> None:
        graph = model.graph
        self.opsets = list(model.opset_import)
        self._values = _inferred(model)
        self.inputs = {value.name: value for value in graph.input}
        self.outputs = {value.name: value for value in graph.output}
        self._constants: dict[str, TensorProto] = {tensor.name: tensor for tensor in graph.initializer}
        for name in self._constants.keys() & self.inputs.keys():  # the old way of giving an input a default
            del self.inputs[name]
        self._makers: dict[str, NodeProto] = {}
        self._readers: defaultdict[str, list[NodeProto]] = defaultdict(list)
        self._fresh = 0
        for node in _without_identities(graph):
            if node.op_type == "Constant":
                self._constants[node.output[0]] = _tensor_of(node)
            else:
                self.add(node)

    def add(self, node: NodeProto) -> None:
        """A further node, whose outputs nobody makes yet."""
        for tensor in node.output:
            self._makers[tensor] = node
        for tensor in reads(node):
            self._readers[tensor].append(node)

    def op(self, kind: str, *inputs: str, name: str = "", domain: str = "", **attributes: Any) -> str:
        """The output of a new node, which both have ``name``, by default a new one."""
        name = name or self.name(kind)
        self.add(helper.make_node(kind, list(inputs), [name], name=name, domain=domain, **attributes))
        return name

    def ops(self, kind: str, *inputs: str, outputs: int, **attributes: Any) -> list[str]:
        """The outputs of a new node with several."""
        names = [self.name(kind) for _ in range(outputs)]
        self.add(helper.make_node(kind, list(inputs), names, name=names[0], **attributes))
        return names

    def name(self, stem: str) -> str:
        """A name that no tensor has."""
        while True:
            self._fresh += 1
            name = f"kokoro_stream/{stem}_{self._fresh}"
            if name not in self._makers and name not in self._constants:  # of a graph of ours that is read again
                return name

    def value(self, array: NDArray[Any]) -> str:
        """A new constant."""
        name = self.name("constant")
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def remove(self, node: NodeProto) -> None:
        """Forget a node; the caller gives its outputs another maker."""
        for tensor in node.output:
            del self._makers[tensor]
        for tensor in reads(node):
            self._readers[tensor].remove(node)

    def set_input(self, node: NodeProto, place: int, tensor: str) -> None:
        """``node`` reads ``tensor`` at that place from now on."""
        self.remove(node)
        node.input[place] = tensor
        self.add(node)

    def replace(self, old: str, new: str) -> None:
        """Whoever reads ``old``, sub-graphs included, reads ``new`` from now on; outputs of the graph do too."""
        for node in self._readers.pop(old, []):
            _rename(node, {old: new})
            self._readers[new].append(node)
        if old in self.outputs:
            output = self.outputs.pop(old)
            self.outputs[new] = output

    def publish(self, tensor: str, name: str) -> None:
        """Gives ``tensor`` a second name, that of an output or of an input of the part behind a cut."""
        self.add(helper.make_node("Identity", [tensor], [name], name=self.name(name)))

    def vacate(self, name: str) -> None:
        """Renames the tensor that has this name, if one has."""
        node = self.maker(name)
        if node is None:
            return
        new = self.name(name)
        self.remove(node)
        for place, output in enumerate(node.output):
            if output == name:
                node.output[place] = new
        self.add(node)
        self.replace(name, new)
        if name in self._values:
            self._values[new] = self._values.pop(name)

    @property
    def nodes(self) -> list[NodeProto]:
        """Each node once."""
        return list({id(node): node for node in self._makers.values()}.values())

    def maker(self, tensor: str) -> NodeProto | None:
        """The node that makes ``tensor``; None for inputs and constants."""
        return self._makers.get(tensor)

    def readers(self, tensor: str) -> list[NodeProto]:
        """The nodes that read ``tensor``, each once."""
        return list({id(node): node for node in self._readers.get(tensor, [])}.values())

    def constant(self, tensor: str) -> NDArray[Any] | None:
        """The value of an initializer or Constant node; None for what is computed."""
        stored = self._constants.get(tensor)
        return None if stored is None else numpy_helper.to_array(stored)

    def shape(self, tensor: str) -> tuple[int, ...] | None:
        """The shape of a weight (a constant, cast or not), without reading its data."""
        stored = self._constants.get(self._stored(tensor))
        return None if stored is None else tuple(stored.dims)

    def reweighed(self, tensor: str, change: Callable[[NDArray[Any]], NDArray[Any]]) -> str:
        """A changed copy of a weight, stored as precisely as the weight is; ``change`` gets and gives float32."""
        source = self._stored(tensor)
        weight = numpy_helper.to_array(self._constants[source])
        changed = self.value(change(weight.astype(np.float32)).astype(weight.dtype))
        return changed if source == tensor else self.op("Cast", changed, to=self.type_of(tensor))

    def _stored(self, tensor: str) -> str:
        node = self.maker(tensor)
        return str(node.input[0]) if node is not None and node.op_type == "Cast" else tensor

    def type_of(self, tensor: str) -> int:
        """The element type of a tensor of the graph as it was read; FLOAT where it cannot be inferred."""
        if tensor in self._constants:
            return self._constants[tensor].data_type
        value = self._values.get(tensor)
        return value.type.tensor_type.elem_type if value is not None else TensorProto.FLOAT

    def dims_of(self, tensor: str) -> tuple[int | None, ...] | None:
        """The shape of a tensor of the graph as it was read, None for a free dimension; None where not inferred."""
        value = self._values.get(tensor)
        if value is None or not value.type.tensor_type.HasField("shape"):
            return None
        return tuple(dim.dim_value if dim.HasField("dim_value") else None for dim in value.type.tensor_type.shape.dim)

    @property
    def opset(self) -> int:
        """The version of the standard operators."""
        return next((entry.version for entry in self.opsets if entry.domain in ("", "ai.onnx")), 1)

    def folded(self, tensor: str) -> NDArray[Any] | None:
        """The value of a tensor that depends on constants alone; None for any other."""
        if (known := self.constant(tensor)) is not None:
            return known
        if self.maker(tensor) is None or not self._folds(tensor):
            return None
        made = helper.make_tensor_value_info(tensor, TensorProto.FLOAT, None)
        (value,) = ReferenceEvaluator(self.extract([], [made], "constants")).run(None, {})
        return np.asarray(value)

    def _folds(self, tensor: str) -> bool:
        """No input of the graph is needed for it."""
        waiting, seen = [tensor], set[str]()
        while waiting:
            needed = waiting.pop()
            if needed in seen:
                continue
            if needed in self.inputs:
                return False
            seen.add(needed)
            if (node := self.maker(needed)) is not None:
                waiting.extend(reads(node))
        return True

    def sources(self, tensors: Iterable[str], stops: Iterable[str] = ()) -> set[str]:
        """The graph inputs (and ``stops``) that ``tensors`` depend on; nothing is looked for behind a stop."""
        ends = {*stops, *self.inputs}
        return {tensor for tensor in self._upstream(tensors, ends) if tensor in ends}

    def dependents(self, tensors: Iterable[str]) -> set[str]:
        """``tensors`` and all that is computed from them."""
        found = set(tensors)
        waiting = list(found)
        while waiting:
            for node in self.readers(waiting.pop()):
                new = [output for output in node.output if output and output not in found]
                found.update(new)
                waiting.extend(new)
        return found

    def needed(self, tensors: Iterable[str]) -> list[NodeProto]:
        """The nodes that ``tensors`` are computed by, each once."""
        makers = (self.maker(tensor) for tensor in self._upstream(tensors, {*self.inputs}))
        return list({id(node): node for node in makers if node is not None}.values())

    def _upstream(self, tensors: Iterable[str], ends: set[str]) -> set[str]:
        found: set[str] = set()
        waiting = list(tensors)
        while waiting:
            tensor = waiting.pop()
            if tensor in found:
                continue
            found.add(tensor)
            if tensor not in ends and (node := self.maker(tensor)) is not None:
                waiting.extend(reads(node))
        return found

    def extract(self, inputs: Sequence[ValueInfoProto], outputs: Sequence[ValueInfoProto], name: str) -> ModelProto:
        """The model that computes ``outputs`` from ``inputs``. Raises `ModelError` when they do not suffice."""
        given = {value.name for value in inputs}
        nodes, constants = self._in_order([value.name for value in outputs], given)
        graph = helper.make_graph(nodes, name, list(inputs), list(outputs), [self._constants[key] for key in constants])
        return helper.make_model(graph, opset_imports=self.opsets, ir_version=IR_VERSION, producer_name="kokoro_stream")

    def _in_order(self, outputs: Sequence[str], given: set[str]) -> tuple[list[NodeProto], list[str]]:
        """The nodes that ``outputs`` need, makers before readers, and the constants among what those read."""
        nodes: list[NodeProto] = []
        constants: list[str] = []
        done: set[str] = set(given)
        waiting = list(reversed(outputs))
        while waiting:
            tensor = waiting[-1]
            node = self.maker(tensor)
            missing = [] if tensor in done or node is None else [need for need in reads(node) if need not in done]
            if missing:
                waiting.extend(missing)
                continue
            waiting.pop()
            if tensor in done:
                continue
            if node is not None:
                nodes.append(node)
                done.update(node.output)
            elif tensor in self._constants:
                constants.append(tensor)
                done.add(tensor)
            else:
                raise ModelError(f"the graph cannot be cut here: {tensor!r} would be missing behind the cut")
        return nodes, constants


def read_graph(path: Path) -> Graph:
    """The graph of an ONNX file. Raises `ModelError`. Blocking; takes the file's size in memory twice."""
    return Graph(read_model(path))


def read_model(path: Path) -> ModelProto:
    """What an ONNX file holds. Raises `ModelError`. Blocking."""
    try:
        model = onnx.load(path)
    except (OSError, ValueError, DecodeError) as error:
        raise ModelError(f"{path} cannot be read as an ONNX model: {error}") from error
    if not model.graph.output:
        raise ModelError(f"{path} is not an ONNX model, or an empty one")
    return model


def _inferred(model: ModelProto) -> dict[str, ValueInfoProto]:
    """Types and shapes of the main graph's tensors, as far as ONNX can tell; weights are left out of the inference."""
    light = ModelProto()
    light.ir_version = model.ir_version
    light.opset_import.extend(model.opset_import)
    light.graph.name = "light"
    light.graph.node.extend(makers_first(model.graph.node))
    light.graph.input.extend(model.graph.input)
    light.graph.output.extend(model.graph.output)
    given = {value.name for value in model.graph.input}
    for tensor in model.graph.initializer:
        if tensor.ByteSize() <= SHAPE_BYTES:
            light.graph.initializer.append(tensor)
        elif tensor.name not in given:
            light.graph.input.append(helper.make_tensor_value_info(tensor.name, tensor.data_type, list(tensor.dims)))
    graph = onnx.shape_inference.infer_shapes(light).graph
    return {value.name: value for value in (*graph.input, *graph.value_info, *graph.output)}


def _rename(node: NodeProto, names: dict[str, str]) -> None:
    for number, name in enumerate(node.input):
        if name in names:
            node.input[number] = names[name]
    for body in bodies(node):
        for inner in body.node:
            _rename(inner, names)
        for value in body.output:
            value.name = names.get(value.name, value.name)


def _without_identities(graph: GraphProto) -> Iterator[NodeProto]:
    """Nodes in order, reading through Identity; one that names an output of the graph stays."""
    kept = {value.name for value in graph.output}
    names: dict[str, str] = {}
    for node in graph.node:
        if names:
            _rename(node, names)
        if node.op_type == "Identity" and node.output[0] not in kept:
            names[node.output[0]] = node.input[0]
        else:
            yield node


def _tensor_of(node: NodeProto) -> TensorProto:
    """The value of a Constant node."""
    found = node.attribute[0]
    if found.name == "value":
        tensor = TensorProto()
        tensor.CopyFrom(found.t)
        tensor.name = node.output[0]
        return tensor
    value = helper.get_attribute_value(found)
    kind = np.float32 if "float" in found.name else np.int64
    return numpy_helper.from_array(np.asarray(value, kind), node.output[0])
