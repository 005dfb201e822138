"""A cut decoder that decodes sentences whole, by their own statistics, and tells those: what windows are judged by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper

from ..errors import ModelError
from .folder import DECODER
from .graph import Graph, read_graph
from .kokoro import ONE_THREAD, KokoroModel, Samples
from .nodes import attribute
from .prosody import Prosody
from .providers import Runtime
from .rewrite import SITE
from .session import open_session


class Measuring:
    """Decodes sentences of ``model``, which was loaded from ``folder``, each by the statistics that it has itself.

    Blocking: the decoder is read and loaded once more. Raises `ModelError`.
    """

    def __init__(self, model: KokoroModel, folder: Path, runtime: Runtime = ONE_THREAD) -> None:
        graph, epsilons = measured(read_graph(folder / DECODER))
        self._model = model
        self._session = open_session(graph.SerializeToString(), runtime)
        # With them a norm's gain and offset are what the style makes of them.
        self._neutral = np.concatenate([np.zeros_like(epsilons), 1 - epsilons])[None]

    def decode(self, prosody: Prosody) -> tuple[Samples, NDArray[np.float32]]:
        """Samples of all frames, and the statistics float32 [1, 2S]: means, then variances."""
        frames = slice(0, prosody.frames)
        inputs = self._model.inputs(self._model.normalised(prosody, self._neutral), frames, (0, 0))
        out = self._session.run({name: inputs[name] for name in self._session.inputs})
        return out["samples"].reshape(-1), out["statistics"].copy()


def measured(graph: Graph) -> tuple[ModelProto, NDArray[np.float32]]:
    """The decoder with its own statistics, and ε [S] of each channel."""
    sites: dict[int, list[NodeProto]] = {}
    for node in graph.nodes:
        if node.name.startswith(SITE):
            sites.setdefault(int(node.name.removeprefix(SITE).partition("/")[0]), []).append(node)
    if not sites:
        raise ModelError("the decoder has no normalisations that could be measured")
    means, variances, epsilons = [], [], []
    for _, norms in sorted(sites.items()):
        x, still = norms[0].input[0], graph.constant(norms[0].input[3])
        assert still is not None, "a decoder of ours has constants there"
        mean = _mean(graph, x)
        centred = graph.op("Sub", x, graph.op("Reshape", mean, graph.value(np.array([1, -1, 1]))))
        variance = _mean(graph, graph.op("Mul", centred, centred))
        for node in norms:
            graph.set_input(node, 3, mean)
            graph.set_input(node, 4, variance)
        means.append(mean)
        variances.append(variance)
        epsilons.append(np.full(still.size, attribute(norms[0], "epsilon"), np.float32))
    told = graph.op("Concat", *means, *variances, axis=0)
    graph.publish(graph.op("Unsqueeze", told, graph.value(np.array([0]))), "statistics")
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("samples", "statistics")]
    return graph.extract([*graph.inputs.values()], outputs, "measuring"), np.concatenate(epsilons)


def _mean(graph: Graph, tensor: str) -> str:
    """[C]: the mean over time of a [1, C, n] tensor."""
    if graph.opset < 18:
        return graph.op("ReduceMean", tensor, axes=[0, 2], keepdims=0)
    return graph.op("ReduceMean", tensor, graph.value(np.array([0, 2])), keepdims=0)
