"""Makes Kokoro's decoder fit for windows, and faster, without changing what it computes.

Normalisation
    AdaIN normalises each channel over time, so a short window would be normalised by its own few frames. Here the mean
    and mean square of a channel are mixed with those of the windows before: ``trust`` of the past, the rest its own.
    With trust 0 that is InstanceNormalization. The style's part of AdaIN becomes two vectors a channel, ``scale`` and
    ``bias``, which are computed once for a speech.
Snake
    y + sin²(αy)/α costs five passes over the data. With z = αy it is (z + sin² z)/α: α goes into the scale and bias in
    front, 1/α into the weights of the convolution behind, and three passes are left.
Convolutions
    ONNX Runtime has its fast blocked kernels for two-dimensional convolutions only; these here get a height of 1.
Alignment
    The exporter spreads tokens over frames in a loop, one token at a time; a comparison does it at once.
Harmonics
    The harmonic source starts every call at phase 0. ``phase``, the cycles before the window, is added, so that windows
    fit together in the middle of a vowel too.

Every step looks for its pattern and leaves alone what it does not know.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from onnx import NodeProto, TensorProto

from .graph import Graph, attribute
from .split import FLOATS


@dataclass(slots=True, eq=False)
class Norm:
    """One AdaIN: ``scale`` and ``bias`` name float32 [1, C, 1] tensors that depend on the style alone."""

    node: NodeProto
    result: NodeProto
    channels: int
    scale: str
    bias: str


def norms_of(graph: Graph, frames: set[str]) -> list[Norm]:
    """The AdaINs among ``frames``, the tensors that depend on the frames: IN · (1 + γ) + β."""
    found = []
    for node in graph.nodes:
        if node.op_type != "InstanceNormalization" or node.output[0] not in frames:
            continue
        weight, shift = (graph.folded(name) for name in node.input[1:3])
        chain = _follow(graph, node, ("Mul", "Add"))
        if weight is None or shift is None or chain is None:
            continue
        scaled, shifted = chain
        gain, offset = _other(scaled, node.output[0]), _other(shifted, scaled.output[0])
        if gain in frames or offset in frames:
            continue
        gain, offset = _as_float(graph, gain), _as_float(graph, offset)
        affine = (np.asarray(values, np.float32).reshape(1, -1, 1) for values in (weight, shift))
        weights, shifts = (graph.value(values) for values in affine)
        scale = graph.op("Mul", gain, weights)
        bias = graph.op("Add", graph.op("Mul", gain, shifts), offset)
        found.append(Norm(node, shifted, weight.size, scale, bias))
    return found


def fold_snake(graph: Graph, norm: Norm) -> bool:
    """Rewrites the Snake behind ``norm``, if one is there and only convolutions read it."""
    y = norm.result.output[0]
    stretched = next((node for node in graph.readers(y) if node.op_type == "Mul"), None)
    if stretched is None or len(graph.readers(y)) != 2:
        return False
    chain = _follow(graph, stretched, ("Sin", ("Pow", "Mul"), "Mul", "Add"))
    if chain is None:
        return False
    sine, _, shrunk, added = chain
    alpha = graph.folded(_other(stretched, y))
    inverse = graph.folded(_other(shrunk, chain[1].output[0]))
    convolutions = graph.readers(added.output[0])
    fits = (
        alpha is not None
        and inverse is not None
        and y in added.input
        and _squares(graph, chain[1])
        and alpha.size in (1, norm.channels)
        and np.allclose(alpha.astype(np.float32) * inverse.astype(np.float32), 1, atol=1e-2)
        and all(_weighs(graph, node, norm.channels) for node in convolutions)
    )
    if not fits or alpha is None:
        return False
    slope = np.broadcast_to(alpha.astype(np.float32).reshape(-1), norm.channels)
    factor = graph.value(slope.reshape(1, -1, 1))
    norm.scale, norm.bias = graph.op("Mul", norm.scale, factor), graph.op("Mul", norm.bias, factor)
    for node in convolutions:
        graph.set_input(node, 1, graph.reweighed(node.input[1], lambda weight: weight / slope.reshape(1, -1, 1)))
    sine_of = graph.op("Sin", y)
    graph.replace(added.output[0], graph.op("Add", y, graph.op("Mul", sine_of, sine_of)))
    for node in (stretched, sine, chain[1], shrunk, added):
        graph.remove(node)
    return True


def pool(graph: Graph, norms: list[Norm], scales: list[str], *, past: str, trust: str) -> str:
    """Puts the pooled normalisation in the place of every norm; ``scales`` are scale and bias [C] of each in turn.

    ``past`` float32 [1, 2N] and ``trust`` [1] name the decoder's inputs about earlier windows.
    Returns the name of the statistics, float32 [1, 2N]: mean and mean square of each norm's channels in turn.
    """
    kept = graph.op("Sub", graph.value(np.ones(1, np.float32)), trust)
    trusted = graph.op("Reshape", graph.op("Mul", past, trust), graph.value(np.array([-1])))
    earlier = split(graph, trusted, [norm.channels for norm in norms for _ in range(2)])
    measured = []
    for number, norm in enumerate(norms):
        x = _as_float(graph, norm.node.input[0])
        own = [mean(graph, x), mean(graph, graph.op("Mul", x, x))]
        measured += own
        level, square = (
            graph.op("Add", graph.op("Mul", value, kept), before)
            for value, before in zip(own, earlier[2 * number : 2 * number + 2], strict=True)
        )
        # Rounding may take a constant channel's variance below 0.
        variance = graph.op("Relu", graph.op("Sub", square, graph.op("Mul", level, level)))
        epsilon = attribute(norm.node, "epsilon", 1e-5)
        scale, bias = scales[2 * number : 2 * number + 2]
        y = graph.op("BatchNormalization", x, scale, bias, level, variance, epsilon=epsilon)
        if graph.type_of(norm.node.input[0]) == TensorProto.FLOAT16:
            y = graph.op("Cast", y, to=TensorProto.FLOAT16)
        graph.replace(norm.result.output[0], y)
    return graph.op("Unsqueeze", graph.op("Concat", *measured, axis=0), graph.value(np.array([0])))


def mean(graph: Graph, tensor: str) -> str:
    """[C]: the mean over time of a [1, C, n] tensor."""
    if graph.opset < 18:
        return graph.op("ReduceMean", tensor, axes=[0, 2], keepdims=0)
    return graph.op("ReduceMean", tensor, graph.value(np.array([0, 2])), keepdims=0)


def split(graph: Graph, tensor: str, sizes: list[int]) -> list[str]:
    """Consecutive parts of a [n] tensor."""
    return graph.ops("Split", tensor, graph.value(np.array(sizes, np.int64)), outputs=len(sizes), axis=0)


def align(graph: Graph, features: str, durations: str) -> bool:
    """Which token each frame belongs to, from ``durations`` int64 [1, L] at once, not in a loop over the tokens.

    ``features`` are a product with that matrix [1, L, T] of zeros and ones; False where they are not.
    """
    product = graph.maker(features)
    if product is None or product.op_type != "MatMul":
        return False
    old = product.input[1]
    axis = graph.value(np.array(1))
    ends = graph.op("CumSum", durations, axis)
    begins = graph.op("Sub", ends, durations)
    count = graph.op("ReduceMax", ends, keepdims=0)
    frames = graph.op("Range", graph.value(np.array(0)), count, graph.value(np.array(1)))
    column = graph.value(np.array([2]))
    begun = graph.op("GreaterOrEqual", frames, graph.op("Unsqueeze", begins, column))
    lasting = graph.op("Less", frames, graph.op("Unsqueeze", ends, column))
    graph.replace(old, graph.op("Cast", graph.op("And", begun, lasting), to=graph.type_of(old)))
    return True


def raise_convolutions(graph: Graph) -> None:
    """Gives the one-dimensional convolutions a height of 1."""
    height = graph.value(np.array([2]))
    for node in graph.nodes:
        shape = graph.shape(node.input[1]) if node.op_type == "Conv" else None
        if shape is None or len(shape) != 3 or attribute(node, "auto_pad", b"NOTSET") != b"NOTSET":
            continue
        weight = graph.reweighed(node.input[1], lambda weight: weight[:, :, None])
        inputs = [graph.op("Unsqueeze", node.input[0], height), weight, *node.input[2:]]
        begin, end = attribute(node, "pads") or (0, 0)
        result = graph.op(
            "Conv",
            *inputs,
            kernel_shape=[1, shape[2]],
            pads=[0, begin, 0, end],
            dilations=[1, *(attribute(node, "dilations") or (1,))],
            strides=[1, *(attribute(node, "strides") or (1,))],
            group=attribute(node, "group", 1),
        )
        old = node.output[0]
        graph.remove(node)
        graph.replace(old, graph.op("Squeeze", result, height))


def shift_phase(graph: Graph, f0: str, phase: str) -> bool:
    """Adds ``phase`` float32 [1], Σ F0/rate over the points before the window, to the phase of the fundamental.

    Harmonic h gets h times as much. False when the harmonic source is not recognised.
    """
    sums = [node for node in graph.nodes if node.op_type == "CumSum" and f0 in graph.sources(node.output, [f0])]
    if len(sums) != 1:
        return False
    numbers = _harmonics(graph, sums[0].output[0])
    if numbers is None:
        return False
    total = sums[0].output[0]
    readers = graph.readers(total)
    offset = graph.op("Mul", graph.value(numbers.astype(np.float32)), phase)
    if graph.type_of(total) == TensorProto.FLOAT16:
        offset = graph.op("Cast", offset, to=TensorProto.FLOAT16)
    shifted = graph.op("Add", total, offset)
    for node in readers:
        for place, name in enumerate(node.input):
            if name == total:
                graph.set_input(node, place, shifted)
    return True


def _harmonics(graph: Graph, phase: str) -> np.ndarray | None:
    """The constant 1, 2, … n that multiplies F0 on its way to ``phase``, [1, 1, n]."""
    waiting, seen = [phase], set()
    while waiting:
        tensor = waiting.pop()
        node = graph.maker(tensor)
        if node is None or tensor in seen:
            continue
        seen.add(tensor)
        if node.op_type == "Mul":
            for name in node.input:
                known = graph.folded(name)
                if known is not None and known.size > 1 and np.array_equal(known.ravel(), np.arange(1, known.size + 1)):
                    return known.reshape(1, 1, -1)
        waiting.extend(name for name in node.input if name)
    return None


def _as_float(graph: Graph, tensor: str) -> str:
    return graph.op("Cast", tensor, to=TensorProto.FLOAT) if graph.type_of(tensor) == TensorProto.FLOAT16 else tensor


def _other(node: NodeProto, tensor: str) -> str:
    """The other one of two inputs."""
    return str(node.input[1] if node.input[0] == tensor else node.input[0])


def _follow(graph: Graph, node: NodeProto, kinds: tuple[str | tuple[str, ...], ...]) -> list[NodeProto] | None:
    """The nodes behind ``node``, each the only reader of the one before and of the given kinds."""
    found = []
    for kind in kinds:
        readers = graph.readers(node.output[0])
        if len(readers) != 1 or readers[0].op_type not in ((kind,) if isinstance(kind, str) else kind):
            return None
        node = readers[0]
        found.append(node)
    return found


def _squares(graph: Graph, node: NodeProto) -> bool:
    if node.op_type == "Mul":
        return bool(node.input[0] == node.input[1])
    exponent = graph.folded(node.input[1])
    return exponent is not None and exponent.size == 1 and float(exponent.reshape(())) == 2


def _weighs(graph: Graph, node: NodeProto, channels: int) -> bool:
    """A convolution whose constant float weights take each of the channels."""
    if node.op_type != "Conv" or attribute(node, "group", 1) != 1:
        return False
    shape = graph.shape(node.input[1])
    return shape is not None and shape[1] == channels and graph.type_of(node.input[1]) in FLOATS
