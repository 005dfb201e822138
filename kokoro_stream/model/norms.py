"""Finds the normalisations over time in a graph (Kokoro's AdaINs), by what they compute: their spelling differs.

An AdaIN takes the mean of each channel of ``x`` from it, divides by its standard deviation, and then scales and shifts
by what the style asks for. Exporters write InstanceNormalization, or one of the like, or spell it out; optimisers merge
what two AdaINs of one ``x`` have in common. So two things are told apart: a `Site`, where channels are measured, and
the `Norm`\\ s that read it, each with a scale and a shift of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from onnx import NodeProto, TensorProto

from .graph import Graph
from .nodes import attribute, other
from .sites import Site, axes_of, sites_in
from .split import CONVOLUTIONS

# What looks at all of a [1, C, n] tensor's positions at once, so that a window would see something else than the whole.
REDUCTIONS = frozenset(
    {
        "InstanceNormalization",
        "GroupNormalization",
        "MeanVarianceNormalization",
        "LayerNormalization",
        "GlobalAveragePool",
        "GlobalMaxPool",
        "GlobalLpPool",
        *(
            f"Reduce{kind}"
            for kind in ("Mean", "Sum", "SumSquare", "Max", "Min", "L1", "L2", "LogSum", "LogSumExp", "Prod")
        ),
    }
)


@dataclass(slots=True, eq=False)
class Norm:
    """One reader of a site: ``result`` is normalised x · ``scale`` + ``bias``.

    Both name float32 tensors that can be broadcast to [1, C, 1] and depend on the style alone.
    """

    site: Site
    result: str
    scale: str
    bias: str


def norms_of(graph: Graph, frames: set[str], features: str) -> list[Norm]:
    """The norms among ``frames``, the tensors that depend on the frames, of which ``features`` name the richest.

    Those of one site follow one another, and sites stand in an order that is the network's, not the exporter's: first
    those that see the harmonics alone, then by how many convolutions are in front of them, side by side ones by the
    width of the last. So what is known of the sites of one file holds for every other file of the same network.
    """
    seen = graph.dependents([features])
    found = [norm for site in sites_in(graph, frames) for norm in _norms(graph, frames, site)]
    places = {norm.site.x: (norm.site.x in seen, *_place(graph, norm.site.x)) for norm in found}
    return sorted(found, key=lambda norm: (places[norm.site.x], norm.site.x))


def sites_of(norms: Sequence[Norm]) -> list[Site]:
    """Each x once, in order: exports that were not optimised measure one several times."""
    return list({norm.site.x: norm.site for norm in reversed(norms)}.values())[::-1]


def reductions(graph: Graph, ends: Sequence[str], frames: set[str]) -> list[str]:
    """Names of the nodes that ``ends`` need and that look at all positions of tensors among ``frames`` at once."""
    return sorted(
        node.name or node.output[0]
        for node in graph.needed(ends)
        if _reduces_time(graph, node) and node.input[0] in frames
    )


def _place(graph: Graph, x: str) -> tuple[int, int]:
    """How many convolutions x is computed by, and the width of the last of them."""
    count = sum(node.op_type in (*CONVOLUTIONS, "ConvTranspose") for node in graph.needed([x]))
    node = graph.maker(x)
    while node is not None and node.op_type not in (*CONVOLUTIONS, "ConvTranspose"):
        node = graph.maker(node.input[0])
    if node is None:
        return count, 0
    shape = graph.shape(node.input[CONVOLUTIONS.get(node.op_type, 1)])
    return count, shape[-1] if shape else 0


def _reduces_time(graph: Graph, node: NodeProto) -> bool:
    if node.op_type not in REDUCTIONS:
        return False
    if node.op_type.startswith("Reduce"):
        axes = axes_of(graph, node)
        return axes is None or bool({2, -1} & {*axes})
    return node.op_type != "LayerNormalization" or attribute(node, "axis", -1) in (-1, 2)


@dataclass(frozen=True, slots=True)
class _Affine:
    """``tensor`` is a site's result · ``scale`` + ``bias``; both are names, "" for 1 and for 0."""

    tensor: str
    scale: str = ""
    bias: str = ""


def _norms(graph: Graph, frames: set[str], site: Site) -> Iterator[Norm]:
    one, none = (graph.value(np.full((1, 1, 1), value, np.float32)) for value in (1, 0))
    column = graph.value(np.array([1, -1, 1]))
    own = (graph.op("Reshape", as_float(graph, name), column) if name else "" for name in (site.weight, site.shift))
    for leaf in _leaves(graph, frames, _Affine(site.result, *own)):
        yield Norm(site, leaf.tensor, leaf.scale or one, leaf.bias or none)


def _leaves(graph: Graph, frames: set[str], known: _Affine) -> Iterator[_Affine]:
    """Whatever is computed of it by scaling and shifting alone, as far as that goes."""
    readers = graph.readers(known.tensor)
    steps = [_step(graph, frames, node, known) for node in readers]
    if not readers or known.tensor in graph.outputs or any(step is None for step in steps):
        yield known
        return
    for step in steps:
        assert step is not None
        yield from _leaves(graph, frames, step)


def _step(graph: Graph, frames: set[str], node: NodeProto, known: _Affine) -> _Affine | None:
    """What ``node`` makes of it; None when that is something else than scaling or shifting by what is no frame."""
    if node.op_type == "Cast":
        return _Affine(node.output[0], known.scale, known.bias)
    if node.op_type not in ("Mul", "Add", "Sub", "Div") or node.input[0] == node.input[1]:
        return None
    operand = other(node, known.tensor)
    first = node.input[0] == known.tensor
    if operand in frames or (node.op_type == "Div" and not first):
        return None
    value = as_float(graph, operand)
    scale, bias = known.scale, known.bias
    if node.op_type in ("Mul", "Div"):
        factor = value if node.op_type == "Mul" else graph.op("Reciprocal", value)
        scale = graph.op("Mul", scale, factor) if scale else factor
        bias = graph.op("Mul", bias, factor) if bias else ""
    elif node.op_type == "Add" or first:
        shift = value if node.op_type == "Add" else graph.op("Neg", value)
        bias = graph.op("Add", bias, shift) if bias else shift
    else:
        minus = graph.value(np.array(-1, np.float32))
        scale = graph.op("Neg", scale) if scale else minus
        bias = graph.op("Sub", value, bias) if bias else value
    return _Affine(node.output[0], scale, bias)


def as_float(graph: Graph, tensor: str) -> str:
    """The tensor in single precision."""
    return graph.op("Cast", tensor, to=TensorProto.FLOAT)
