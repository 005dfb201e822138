"""Each part of a decoder is spared the context that it does not see.

A frame of sound depends on some fourteen frames to either side: ten of them are seen by the decoder's first blocks,
which are a twentieth of the work; the generator sees four, and its last stage, which runs at the highest rate and is
more than half of the work, half a frame. So context is cut off in two places: in front of the generator, all but
`folder.GENERATOR_FRAMES` of it, and in front of the last stage, all but `folder.LAST_STAGE_FRAMES`.
"""

from __future__ import annotations

import numpy as np
from onnx import NodeProto

from .graph import Graph
from .nodes import attribute
from .split import readers_of_pitch

THROUGH = ("DynamicQuantizeLinear", "Cast")  # what may stand between a tensor and its convolution
CONVOLUTIONS = ("Conv", "ConvInteger")


def crop(graph: Graph, features: str, f0: str, context: str) -> bool:
    """Has the decoder leave ``context`` int64 [2, 2] frames behind: that many of the first, and of the last.

    The first row holds in front of the generator, the second, of what is left, in front of its last stage.
    ``features`` [1, C, T] and ``f0`` name what the decoder reads. False, and nothing changed, where the stages are not
    recognised: upsamplings, of which the first takes what the blocks made, and the last, by n, meets what is made of
    the harmonics, which are read twice, once in steps of n for the stage before.
    """
    stages = _upsamplings(graph, graph.dependents([features]))
    pitch = readers_of_pitch(graph, f0)
    if stages is None or not pitch:
        return False
    first, last = stages
    stride = int(attribute(last, "strides")[0])
    joining = _reader_of_harmonics(graph, graph.dependents([f0]) - graph.dependents([features]), stride)
    if joining is None:
        return False
    outer, inner = (
        graph.ops("Split", row, graph.value(np.array([1, 1])), outputs=2, axis=0) for row in _rows(graph, context)
    )
    frames = _length(graph, features)
    kept = graph.op("Sub", graph.op("Sub", frames, outer[0]), outer[1])
    _leave_out(graph, first, outer, graph.op("Div", _length(graph, first.input[0]), frames))
    points = graph.op("Div", _length(graph, f0), frames)
    for node, tensor in pitch:
        _leave_out(graph, node, outer, points, tensor)
    rate = graph.op("Div", _length(graph, last.input[0]), kept)
    _leave_out(graph, last, inner, rate)
    _leave_out(graph, joining, inner, graph.op("Mul", rate, graph.value(np.array([stride]))))
    return True


def _leave_out(graph: Graph, node: NodeProto, ends: list[str], rate: str, tensor: str = "") -> None:
    """``node`` reads its first input, or ``tensor``, without ``ends`` frames of ``rate`` positions at both ends."""
    place = [*node.input].index(tensor) if tensor else 0
    tensor = node.input[place]
    begin, behind = (graph.op("Mul", end, rate) for end in ends)
    end = graph.op("Sub", _length(graph, tensor), behind)
    graph.set_input(node, place, graph.op("Slice", tensor, begin, end, graph.value(np.array([-1]))))


def _rows(graph: Graph, matrix: str) -> list[str]:
    """The two rows of a [2, 2] tensor, each [2]."""
    flat = graph.op("Reshape", matrix, graph.value(np.array([-1])))
    return graph.ops("Split", flat, graph.value(np.array([2, 2])), outputs=2, axis=0)


def _upsamplings(graph: Graph, frames: set[str]) -> tuple[NodeProto, NodeProto] | None:
    """Of the transposed convolutions over all channels, that on which every other depends, and that on none."""
    raising = [
        node
        for node in graph.nodes
        if node.op_type == "ConvTranspose"
        and node.output[0] in frames
        and attribute(node, "group", 1) == 1
        and (graph.shape(node.input[1]) or (0, 0, 0))[1] > 1
    ]
    behind = {node.output[0]: graph.dependents(node.output) - {*node.output} for node in raising}
    names = behind.keys()
    first = [node for node in raising if behind[node.output[0]] >= names - {node.output[0]}]
    last = [node for node in raising if not names & behind[node.output[0]]]
    return (first[0], last[0]) if len(first) == len(last) == 1 and len(raising) > 1 else None


def _reader_of_harmonics(graph: Graph, harmonics: set[str], stride: int) -> NodeProto | None:
    """The convolution in steps of 1 that reads the same as one in steps of ``stride``."""
    convolutions = [node for node in graph.nodes if node.op_type in CONVOLUTIONS and node.input[0] in harmonics]
    coarse = {_source(graph, node.input[0]) for node in convolutions if attribute(node, "strides") == [stride]}
    fine = [
        node
        for node in convolutions
        if _source(graph, node.input[0]) in coarse and (attribute(node, "strides") or [1]) == [1]
    ]
    return fine[0] if len(fine) == 1 else None


def _source(graph: Graph, tensor: str) -> str:
    """The tensor before it was quantised or cast."""
    while (node := graph.maker(tensor)) is not None and node.op_type in THROUGH:
        tensor = node.input[0]
    return tensor


def _length(graph: Graph, tensor: str) -> str:
    """[1]: how many positions a tensor has in its last dimension."""
    return graph.op("Gather", graph.op("Shape", tensor), graph.value(np.array([-1])))
