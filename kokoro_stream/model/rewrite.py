"""Makes Kokoro's decoder fit for windows, and faster, without changing what it computes.

Normalisation
    AdaIN normalises each channel over time, so a window would be normalised by its own few frames. Here the statistics
    are those of the sentence, which are known before it is decoded (`statistics`). With them a norm is a product and a
    sum, whose factors are computed once for a sentence (`Affine`), and all windows are normalised as the whole is.
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

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from onnx import TensorProto

from .graph import Graph
from .nodes import attribute
from .norms import Norm, as_float, sites_of

SITE = "kokoro_stream/site_"  # names of norms begin so, followed by the number of their site and a slash


@dataclass(frozen=True, slots=True)
class Affine:
    """All norms as vectors: y = x · gain + offset. Names of tensors, N channels over all norms, S over all sites.

    ``sizes`` are the channels of each norm, ``site_sizes`` those of each site; ``factors`` float32 [1, 2N] holds the
    gains of all norms and then the offsets, which depend on ``style`` and ``statistics``.
    """

    sizes: tuple[int, ...]
    site_sizes: tuple[int, ...]
    factors: str


def affine(graph: Graph, norms: Sequence[Norm], sizes: Sequence[int], statistics: str) -> Affine:
    """The factors of ``norms`` with those numbers of channels.

    ``statistics`` float32 [1, 2S] names the mean of each channel of all sites and then the variances.
    """
    sites = sites_of(norms)
    channels = {norm.site.x: size for norm, size in zip(norms, sizes, strict=True)}
    site_sizes = tuple(channels[site.x] for site in sites)
    begins = dict(zip((site.x for site in sites), np.cumsum([0, *site_sizes]), strict=False))
    index = np.concatenate([begins[norm.site.x] + np.arange(size) for norm, size in zip(norms, sizes, strict=True)])
    epsilon = np.concatenate(
        [np.full(size, norm.site.epsilon, np.float32) for norm, size in zip(norms, sizes, strict=True)]
    )
    scale, bias = (_packed(graph, [getattr(norm, part) for norm in norms], sizes) for part in ("scale", "bias"))
    row = graph.op("Reshape", statistics, graph.value(np.array([-1])))
    mean = graph.op("Gather", row, graph.value(index), axis=0)
    variance = graph.op("Gather", row, graph.value(index + sum(site_sizes)), axis=0)
    deviation = graph.op("Sqrt", graph.op("Add", variance, graph.value(epsilon)))
    gain = graph.op("Div", scale, deviation)
    offset = graph.op("Sub", bias, graph.op("Mul", mean, gain))
    factors = graph.op("Concat", gain, offset, axis=0)
    return Affine(tuple(sizes), site_sizes, graph.op("Unsqueeze", factors, graph.value(np.array([0]))))


def _packed(graph: Graph, vectors: Sequence[str], sizes: Sequence[int]) -> str:
    """[N]: the vectors one behind the other, each as long as it has channels."""
    row = graph.value(np.array([-1]))
    long = [
        graph.op("Mul", graph.op("Reshape", name, row), graph.value(np.ones(size, np.float32)))
        for name, size in zip(vectors, sizes, strict=True)
    ]
    return graph.op("Concat", *long, axis=0)


def normalise(graph: Graph, norms: Sequence[Norm], sizes: Sequence[int], factors: str) -> None:
    """Has every norm take its gain and offset from ``factors`` float32 [1, 2N] (`Affine`).

    A norm becomes a BatchNormalization with a mean of 0 and a variance, ε included, of 1: the one operator that does
    both in a single pass, and where another's statistics can be put in (`measuring`).
    """
    places = {site.x: place for place, site in enumerate(sites_of(norms))}
    row = graph.op("Reshape", factors, graph.value(np.array([-1])))
    parts = split(graph, row, [*sizes, *sizes])
    for norm, size, gain, offset in zip(norms, sizes, parts[: len(norms)], parts[len(norms) :], strict=True):
        x, epsilon = norm.site.x, norm.site.epsilon
        still = graph.value(np.zeros(size, np.float32)), graph.value(np.full(size, 1 - epsilon, np.float32))
        name = f"{SITE}{places[x]}/{norm.result}"
        half = graph.type_of(x) == TensorProto.FLOAT16
        single = as_float(graph, x) if half else x
        y = graph.op("BatchNormalization", single, gain, offset, *still, name=name, epsilon=epsilon)
        if half:
            y = graph.op("Cast", y, to=TensorProto.FLOAT16)
        graph.replace(norm.result, y)


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
