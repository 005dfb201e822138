"""The forms in which Kokoro's graph is published, each made from the narrow fixture.

Every function takes a ``ModelProto`` and returns a new one; what they are given is not changed.
"""

from __future__ import annotations

import json
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

FIXTURES = Path(__file__).parents[1] / "fixtures"
GRAPH, VOICES = FIXTURES / "kokoro-narrow.onnx", FIXTURES / "kokoro-narrow-voices.bin"

Variant = Callable[[ModelProto], ModelProto]


def narrow() -> ModelProto:
    """The fixture: ``input_ids``, ``style``, ``speed`` → ``waveform``, ``duration``."""
    return onnx.load(GRAPH)


def renamed(model: ModelProto) -> ModelProto:
    """The names of the kokoro-onnx release: ``tokens``, ``style``, ``speed`` → ``audio``."""
    return _named(_copy(model), {"input_ids": "tokens", "waveform": "audio", "duration": "durations"})


def opaque(model: ModelProto) -> ModelProto:
    """No name means anything: nodes, tensors and weights are called by random numbers."""
    made = _copy(model)
    names = {name: uuid.uuid4().hex for graph in _graphs(made.graph) for name in _tensors(graph)}
    kept = {value.name for value in (*made.graph.input, *made.graph.output)}
    for graph in _graphs(made.graph):
        for node in graph.node:
            node.name = uuid.uuid4().hex
    return _named(made, {name: new for name, new in names.items() if name and name not in kept})


def whole_speed(model: ModelProto) -> ModelProto:
    """Speed as int32, as in some early exports."""
    made = _copy(model)
    speed = next(value for value in made.graph.input if value.name == "speed")
    speed.type.tensor_type.elem_type = TensorProto.INT32
    return _read_through(made, "speed", helper.make_node("Cast", ["speed"], ["speed_as_float"], to=TensorProto.FLOAT))


def without_durations(model: ModelProto) -> ModelProto:
    """Sound is the only output, as in older exports."""
    made = _copy(model)
    del made.graph.output[1]
    return made


def short_durations(model: ModelProto) -> ModelProto:
    """Durations as int32."""
    made = _copy(model)
    duration = made.graph.output[1]
    cast = helper.make_node("Cast", [duration.name], ["duration_32"], to=TensorProto.INT32)
    made.graph.node.append(cast)
    duration.name = "duration_32"
    duration.type.tensor_type.elem_type = TensorProto.INT32
    return made


def batched(model: ModelProto) -> ModelProto:
    """Sound as [1, n] instead of [n]."""
    made = _copy(model)
    sound = made.graph.output[0]
    made.graph.initializer.append(numpy_helper.from_array(np.array([0]), "batch_axis"))
    made.graph.node.append(helper.make_node("Unsqueeze", [sound.name, "batch_axis"], ["waveform_batch"]))
    sound.CopyFrom(helper.make_tensor_value_info("waveform_batch", TensorProto.FLOAT, [1, "samples"]))
    return made


def with_initializers(model: ModelProto) -> ModelProto:
    """Constants as initializers instead of Constant nodes, as optimisers leave them."""
    made = _copy(model)
    for graph in _graphs(made.graph):
        kept = []
        for node in graph.node:
            if node.op_type == "Constant" and node.attribute[0].name == "value":
                graph.initializer.append(_constant(node))
            else:
                kept.append(node)
        del graph.node[:]
        graph.node.extend(kept)
    return made


def half(model: ModelProto) -> ModelProto:
    """Weights in half precision, computed in single; inputs and outputs are single precision."""
    made = _copy(model)
    casts = []
    for tensor in made.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            name = tensor.name
            values = numpy_helper.to_array(tensor).astype(np.float16)
            tensor.CopyFrom(numpy_helper.from_array(values, f"{name}_half"))
            casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *made.graph.node]
    del made.graph.node[:]
    made.graph.node.extend(nodes)
    return made


def half_outputs(model: ModelProto) -> ModelProto:
    """`half`, and the sound comes out in half precision."""
    made = half(model)
    sound = made.graph.output[0]
    made.graph.node.append(helper.make_node("Cast", [sound.name], ["waveform_half"], to=TensorProto.FLOAT16))
    sound.name = "waveform_half"
    sound.type.tensor_type.elem_type = TensorProto.FLOAT16
    return made


def quantized(model: ModelProto) -> ModelProto:
    """Weights of matrix products, recurrent layers and convolutions as 8-bit integers, quantised at run time."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        single, bytes_ = Path(folder) / "single.onnx", Path(folder) / "bytes.onnx"
        onnx.save(model, single)
        quantize_dynamic(single, bytes_, weight_type=QuantType.QUInt8)
        return onnx.load(bytes_)


def with_vocabulary(model: ModelProto, vocabulary: Mapping[str, int]) -> ModelProto:
    """The vocabulary in the metadata key ``kokoro_config``, as in newer exports."""
    made = _copy(model)
    helper.set_model_props(made, {"kokoro_config": json.dumps({"vocab": dict(vocabulary)})})
    return made


def uncuttable(model: ModelProto) -> ModelProto:
    """The same sound, but F0 and energy are read by plain convolutions of which every second point is taken."""
    made = _copy(model)
    shapes = {tensor.name: tuple(tensor.dims) for tensor in made.graph.initializer}
    for name, value in (("zero", 0), ("end", 2**62), ("last_axis", 2), ("second", 2)):
        made.graph.initializer.append(numpy_helper.from_array(np.array([value]), name))
    nodes: list[NodeProto] = []
    for node in made.graph.node:
        nodes.append(node)
        if node.op_type == "Conv" and shapes[node.input[1]] == (1, 1, 3):
            strided, dense = node.output[0], f"{node.output[0]}_dense"
            next(attribute for attribute in node.attribute if attribute.name == "strides").ints[:] = [1]
            node.output[0] = dense
            nodes.append(helper.make_node("Slice", [dense, "zero", "end", "last_axis", "second"], [strided]))
    del made.graph.node[:]
    made.graph.node.extend(nodes)
    return made


SAME_SOUND: Mapping[str, Variant] = {
    "renamed": renamed,
    "opaque": opaque,
    "whole speed": whole_speed,
    "without durations": without_durations,
    "short durations": short_durations,
    "batched": batched,
    "with initializers": with_initializers,
    "uncuttable": uncuttable,
}
# Computed with less precision: its durations may differ by a frame, and so does its sound.
COARSE: Mapping[str, Variant] = {"half": half, "half outputs": half_outputs, "quantized": quantized}


def _copy(model: ModelProto) -> ModelProto:
    made = ModelProto()
    made.CopyFrom(model)
    return made


def _graphs(graph: GraphProto) -> Iterator[GraphProto]:
    """``graph`` and the bodies of its loops and branches."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == AttributeProto.GRAPH:
                yield from _graphs(attribute.g)


def _tensors(graph: GraphProto) -> Iterator[str]:
    yield from (value.name for value in (*graph.input, *graph.output, *graph.initializer))
    for node in graph.node:
        yield from node.output


def _named(made: ModelProto, names: Mapping[str, str]) -> ModelProto:
    """Renames tensors of ``made`` in place, wherever they are used."""
    for graph in _graphs(made.graph):
        for value in (*graph.input, *graph.output, *graph.initializer, *graph.value_info):
            value.name = names.get(value.name, value.name)
        for node in graph.node:
            node.input[:] = [names.get(name, name) for name in node.input]
            node.output[:] = [names.get(name, name) for name in node.output]
    return made


def _read_through(made: ModelProto, name: str, node: NodeProto) -> ModelProto:
    """All who read the tensor ``name`` read the output of ``node`` instead; changes ``made``."""
    for graph in _graphs(made.graph):
        for reader in graph.node:
            reader.input[:] = [node.output[0] if given == name else given for given in reader.input]
    made.graph.node.insert(0, node)
    return made


def _constant(node: NodeProto) -> TensorProto:
    tensor = TensorProto()
    tensor.CopyFrom(node.attribute[0].t)
    tensor.name = node.output[0]
    return tensor
