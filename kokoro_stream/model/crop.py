"""The decoder's last stage is spared most of the context around a window.

Two thirds of a decoder's work are in its generator's last stage, which runs at the highest rate and therefore sees the
fewest frames: half a frame to either side, where the stages before it see three and more. So the context frames are cut
off in front of it, all but `folder.LAST_STAGE_FRAMES` of them.
"""

from __future__ import annotations

import numpy as np
from onnx import NodeProto

from .graph import Graph, attribute


def crop(graph: Graph, features: str, f0: str, context: str) -> bool:
    """Has the last stage leave ``context`` int64 [2] frames behind: that many of the first, and of the last.

    ``features`` [1, C, T] and ``f0`` name what the decoder reads. False, and nothing changed, where the last stage is
    not recognised: an upsampling by n whose result meets what is made of the harmonics, which are read twice, once in
    steps of n for the stage before.
    """
    raising = _last_upsampling(graph, graph.dependents([features]))
    if raising is None:
        return False
    stride = int(attribute(raising, "strides")[0])
    joining = _reader_of_harmonics(graph, graph.dependents([f0]) - graph.dependents([features]), stride)
    if joining is None:
        return False
    axis = graph.value(np.array([2]))
    first, last = graph.ops("Split", context, graph.value(np.array([1, 1])), outputs=2, axis=0)
    rate = graph.op("Div", _length(graph, raising.input[0]), _length(graph, features))
    for node, positions in ((raising, rate), (joining, graph.op("Mul", rate, graph.value(np.array([stride]))))):
        tensor = node.input[0]
        end = graph.op("Sub", _length(graph, tensor), graph.op("Mul", last, positions))
        begin = graph.op("Mul", first, positions)
        graph.set_input(node, 0, graph.op("Slice", tensor, begin, end, axis))
    return True


def _last_upsampling(graph: Graph, frames: set[str]) -> NodeProto | None:
    """The transposed convolution over all channels that depends on every other of its kind."""
    raising = [
        node
        for node in graph.nodes
        if node.op_type == "ConvTranspose"
        and node.output[0] in frames
        and attribute(node, "group", 1) == 1
        and (graph.shape(node.input[1]) or (0, 0, 0))[1] > 1
    ]
    names = {node.output[0] for node in raising}
    last = [node for node in raising if not names & (graph.dependents(node.output) - {*node.output})]
    return last[0] if len(last) == 1 and len(raising) > 1 else None


def _reader_of_harmonics(graph: Graph, harmonics: set[str], stride: int) -> NodeProto | None:
    """The convolution in steps of 1 that reads the same as one in steps of ``stride``."""
    convolutions = [node for node in graph.nodes if node.op_type == "Conv" and node.input[0] in harmonics]
    coarse = {node.input[0] for node in convolutions if attribute(node, "strides") == [stride]}
    fine = [node for node in convolutions if node.input[0] in coarse and (attribute(node, "strides") or [1]) == [1]]
    return fine[0] if len(fine) == 1 else None


def _length(graph: Graph, tensor: str) -> str:
    """[1]: how many positions a [1, C, n] tensor has."""
    return graph.op("Gather", graph.op("Shape", tensor), graph.value(np.array([2])))
