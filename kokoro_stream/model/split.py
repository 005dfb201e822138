"""Finds the place in a one-file Kokoro where prosody ends and the decoder begins. By structure: names differ.

Inputs are told apart by type and rank, outputs by type. Two convolutions with weights (1, 1, 3) and stride 2 read the
curves of F0 and energy; the harmonic source reads F0 too, and nothing else reads the energy. Both meet the frame
features in a Concat. Durations come from the only Round.
"""

from __future__ import annotations

from dataclasses import dataclass

from onnx import NodeProto, TensorProto

from ..errors import ModelError
from .graph import Graph
from .nodes import attribute

CONVOLUTIONS = {"Conv": 1, "ConvInteger": 1, "QLinearConv": 3}  # which of the inputs is the weight
CURVE_WEIGHT, CURVE_STRIDE = (1, 1, 3), 2
# What exporters, optimisers and quantisers put between a curve and its convolution.
WRAPPERS = {"Identity", "Unsqueeze", "Cast", "Reshape", "DynamicQuantizeLinear", "QuantizeLinear", "DequantizeLinear"}
INTEGERS = (TensorProto.INT64, TensorProto.INT32)
FLOATS = (TensorProto.FLOAT, TensorProto.FLOAT16)


class UncuttableError(ModelError):
    """The graph is not built as Kokoro's is; it can only be run whole."""


@dataclass(frozen=True, slots=True)
class Contract:
    """Names of a whole model's inputs and outputs; ``durations`` is "" when it does not tell them."""

    ids: str
    style: str
    speed: str
    waveform: str
    durations: str


@dataclass(frozen=True, slots=True)
class Seam:
    """Where to cut: names of the tensors that pass from prosody to decoder, and of ``rounded`` durations."""

    features: str
    f0: str
    energy: str
    rounded: str


def contract_of(graph: Graph) -> Contract:
    """What the model takes and gives. Raises `ModelError` when that is not what a Kokoro takes and gives."""
    ids = [name for name in graph.inputs if graph.type_of(name) in INTEGERS and _rank(graph, name) == 2]
    rest = [name for name in graph.inputs if name not in ids]
    style = [name for name in rest if graph.type_of(name) in FLOATS and _rank(graph, name) == 2]
    speed = [name for name in rest if name not in style]
    waveform = [name for name in graph.outputs if graph.type_of(name) in FLOATS]
    durations = [name for name in graph.outputs if graph.type_of(name) in INTEGERS]
    if not (len(ids) == len(style) == len(speed) == len(waveform) == 1 and len(durations) <= 1):
        raise ModelError(
            "this is not a Kokoro model: it takes token ids [1, n], a style [1, 256] and a speed, and gives samples "
            f"(and durations); this one takes {', '.join(graph.inputs)} and gives {', '.join(graph.outputs)}"
        )
    return Contract(ids[0], style[0], speed[0], waveform[0], durations[0] if durations else "")


def seam_of(graph: Graph) -> Seam:
    """Where to cut. Raises `UncuttableError` saying what was not found."""
    chains = [_chain(graph, node) for node in graph.nodes if _reads_a_curve(graph, node)]
    if len(chains) != 2:
        raise UncuttableError(f"{len(chains)} convolutions read a curve; F0 and energy should have one each")
    sounding = [chain for chain in chains if _read_elsewhere(graph, chain)]
    if len(sounding) != 1:
        raise UncuttableError("F0 cannot be told from energy: the harmonic source should read one of the curves")
    f0, energy = sounding[0], next(chain for chain in chains if chain is not sounding[0])
    rounded = [node.output[0] for node in graph.nodes if node.op_type == "Round"]
    rounded = [tensor for tensor in rounded if f0.curve not in graph.sources([tensor], [f0.curve])]
    if len(rounded) != 1:
        raise UncuttableError(f"{len(rounded)} Round nodes where one should make the durations")
    return Seam(_features(graph, f0, energy), f0.curve, energy.curve, rounded[0])


def readers_of_pitch(graph: Graph, f0: str) -> list[tuple[NodeProto, str]]:
    """Who reads ``f0`` beside its convolution: the harmonic source, nodes and under which name they read it."""
    chains = [_chain(graph, node) for node in graph.nodes if _reads_a_curve(graph, node)]
    found = []
    for chain in chains:
        if f0 in chain.tensors:
            own = {id(node) for node in chain.nodes}
            found += [
                (reader, tensor)
                for tensor in chain.tensors[chain.tensors.index(f0) :]
                for reader in graph.readers(tensor)
                if id(reader) not in own
            ]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Chain:
    """From a curve down to its convolution: the tensors between, the curve first, and the nodes."""

    tensors: tuple[str, ...]
    nodes: tuple[NodeProto, ...]

    @property
    def curve(self) -> str:
        return self.tensors[0]


def _reads_a_curve(graph: Graph, node: NodeProto) -> bool:
    place = CONVOLUTIONS.get(node.op_type)
    if place is None or CURVE_STRIDE not in (attribute(node, "strides") or []):
        return False
    weight = node.input[place]
    maker = graph.maker(weight)
    if maker is not None and maker.op_type in WRAPPERS:
        weight = maker.input[0]
    return graph.shape(weight) == CURVE_WEIGHT


def _chain(graph: Graph, convolution: NodeProto) -> _Chain:
    tensors, nodes = [convolution.input[0]], [convolution]
    while (maker := graph.maker(tensors[0])) is not None and maker.op_type in WRAPPERS:
        tensors.insert(0, maker.input[0])
        nodes.insert(0, maker)
    return _Chain(tuple(tensors), tuple(nodes))


def _read_elsewhere(graph: Graph, chain: _Chain) -> bool:
    own = {id(node) for node in chain.nodes}
    return any(id(reader) not in own for tensor in chain.tensors for reader in graph.readers(tensor))


def _features(graph: Graph, f0: _Chain, energy: _Chain) -> str:
    """The third input of the Concat in which the curves meet first."""
    of_f0, of_energy = (graph.dependents(chain.nodes[-1].output) for chain in (f0, energy))
    for node in graph.nodes:
        if node.op_type == "Concat" and len(node.input) == 3:
            alien = [name for name in node.input if name not in of_f0 | of_energy]
            if len(alien) == 1 and of_f0 & set(node.input) and of_energy & set(node.input):
                return str(alien[0])
    raise UncuttableError("the frame features were not found: F0 and energy should meet them in a Concat of three")


def _rank(graph: Graph, tensor: str) -> int | None:
    dims = graph.dims_of(tensor)
    return None if dims is None else len(dims)
