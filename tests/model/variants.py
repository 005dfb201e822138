"""The forms in which Kokoro's graph is published, each made from the narrow fixture.

Every function takes a ``ModelProto`` and returns a new one; what they are given is not changed.
"""

from __future__ import annotations

import json
import tempfile
import uuid
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from .editing import Editor, bodies, constant_of, copied, graphs, named, read_through, tensors
from .spellings import Snake, Spelling, decomposed, merged_weights, with_snake, without_affine

FIXTURES = Path(__file__).parents[1] / "fixtures"
GRAPH, VOICES = FIXTURES / "kokoro-narrow.onnx", FIXTURES / "kokoro-narrow-voices.bin"

Variant = Callable[[ModelProto], ModelProto]


def narrow() -> ModelProto:
    """The fixture: ``input_ids``, ``style``, ``speed`` → ``waveform``, ``duration``."""
    return onnx.load(GRAPH)


def renamed(model: ModelProto) -> ModelProto:
    """The names of the kokoro-onnx release: ``tokens``, ``style``, ``speed`` → ``audio``."""
    return named(copied(model), {"input_ids": "tokens", "waveform": "audio", "duration": "durations"})


def opaque(model: ModelProto) -> ModelProto:
    """No name means anything: nodes, tensors and weights are called by random numbers."""
    made = copied(model)
    names = {name: uuid.uuid4().hex for graph in graphs(made.graph) for name in tensors(graph)}
    kept = {value.name for value in (*made.graph.input, *made.graph.output)}
    for graph in graphs(made.graph):
        for node in graph.node:
            node.name = uuid.uuid4().hex
    return named(made, {name: new for name, new in names.items() if name and name not in kept})


def whole_speed(model: ModelProto) -> ModelProto:
    """Speed as int32, as in some early exports."""
    made = copied(model)
    speed = next(value for value in made.graph.input if value.name == "speed")
    speed.type.tensor_type.elem_type = TensorProto.INT32
    return read_through(made, "speed", helper.make_node("Cast", ["speed"], ["speed_as_float"], to=TensorProto.FLOAT))


def without_durations(model: ModelProto) -> ModelProto:
    """Sound is the only output, as in older exports."""
    made = copied(model)
    del made.graph.output[1]
    return made


def short_durations(model: ModelProto) -> ModelProto:
    """Durations as int32."""
    made = copied(model)
    duration = made.graph.output[1]
    cast = helper.make_node("Cast", [duration.name], ["duration_32"], to=TensorProto.INT32)
    made.graph.node.append(cast)
    duration.name = "duration_32"
    duration.type.tensor_type.elem_type = TensorProto.INT32
    return made


def batched(model: ModelProto) -> ModelProto:
    """Sound as [1, n] instead of [n]."""
    made = copied(model)
    sound = made.graph.output[0]
    made.graph.initializer.append(numpy_helper.from_array(np.array([0]), "batch_axis"))
    made.graph.node.append(helper.make_node("Unsqueeze", [sound.name, "batch_axis"], ["waveform_batch"]))
    sound.CopyFrom(helper.make_tensor_value_info("waveform_batch", TensorProto.FLOAT, [1, "samples"]))
    return made


def with_initializers(model: ModelProto) -> ModelProto:
    """Constants as initializers instead of Constant nodes, as optimisers leave them."""
    made = copied(model)
    for graph in graphs(made.graph):
        kept = []
        for node in graph.node:
            if node.op_type == "Constant" and node.attribute[0].name == "value":
                graph.initializer.append(constant_of(node))
            else:
                kept.append(node)
        del graph.node[:]
        graph.node.extend(kept)
    return made


def half(model: ModelProto) -> ModelProto:
    """Weights in half precision, computed in single; inputs and outputs are single precision."""
    made = copied(model)
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


def half_precision(model: ModelProto) -> ModelProto:
    """Computed in half precision, norms and all; inputs and outputs are single precision."""
    from onnxruntime.transformers.float16 import convert_float_to_float16

    edit = Editor(model)
    for node in edit.old():
        if node.op_type == "Resize" and (scales := edit.constant(node.input[2])) is not None:
            node.input[2] = edit.value(scales)  # the converter breaks a graph in which two share them
        edit.keep(node)
    made: ModelProto = convert_float_to_float16(edit.done(), keep_io_types=True)
    return made


def quantized(model: ModelProto) -> ModelProto:
    """Weights of matrix products, recurrent layers and convolutions as 8-bit integers, quantised at run time."""
    from onnxruntime.quantization import QuantType

    return _quantized(model, QuantType.QUInt8)


def without_noise(model: ModelProto) -> ModelProto:
    """No random numbers, so that each run gives the same: harmonics begin at phase 0, noise is a function of them.

    Not 0, for this graph cannot tell the phase of silence, and rounding alone decides that of what is nearly silent.
    """
    edit = Editor(model)
    for node in edit.old():
        if node.op_type == "RandomUniformLike":
            edit.replace(node.output[0], edit.op("ConstantOfShape", edit.op("Shape", node.input[0])))
        elif node.op_type == "RandomNormalLike":
            wobbling = edit.op("Mul", node.input[0], edit.value(np.array(30, np.float32)))
            edit.replace(node.output[0], edit.op("Cos", wobbling))
        else:
            edit.keep(node)
    return edit.done()


def steady(model: ModelProto) -> ModelProto:
    """Pitch comes in whole Hz, for tests that compare samples.

    Phase adds up pitch, so that a difference in the last digit of one would be heard in all that follows.
    """
    edit = Editor(model)
    pitch = next(node for node in edit.makers.values() if node.op_type == "CumSum")
    while pitch.op_type != "Conv":
        pitch = edit.makers[next(name for name in pitch.input if edit.constant(name) is None)]
    for node in edit.old():
        edit.keep(node)
        if node.output[0] == pitch.output[0]:
            edit.replace(node.output[0], edit.op("Floor", node.output[0]))
    return edit.done()


def merged(model: ModelProto) -> ModelProto:
    """What is computed twice from the same tensors is computed once, and equal weights stand there once."""
    edit = Editor(merged_weights(model))
    kept = {value.name for value in model.graph.output}
    firsts: dict[tuple[object, ...], NodeProto] = {}
    for node in edit.old():
        key = (node.domain, node.op_type, *node.input, *sorted(a.SerializeToString() for a in node.attribute))
        chance = node.op_type.startswith("Random") or any(bodies(node)) or kept.intersection(node.output)
        first = node if chance else firsts.setdefault(key, node)
        if first is node or len(first.output) != len(node.output):
            edit.keep(node)
            continue
        for old, new in zip(node.output, first.output, strict=True):
            edit.replace(old, new)
    return edit.done()


def published_full(model: ModelProto) -> ModelProto:
    """Built like the published 8-bit file, but in full precision.

    It has no noise, tells no durations, is called by other names, shares its norms, and has been through ONNX Runtime,
    which put its own operators in it.
    """
    quiet = without_durations(without_noise(without_affine(model)))
    return optimized(renamed(merged(with_snake(decomposed(quiet, Spelling()), Snake()))))


def published_int8(model: ModelProto) -> ModelProto:
    """Built like the published 8-bit file: `published_full`, quantised in its way.

    Matrices are int8 with a scale for each column, recurrent layers int8, convolutions uint8 with one scale each; the
    last convolution and the transposed ones are in full precision.
    """
    from onnxruntime.quantization import QuantType

    full = published_full(model)
    matrices = _quantized(full, QuantType.QInt8, ["MatMul", "Gemm", "LSTM", "Gather"], per_channel=True)
    last = [node.name for node in matrices.graph.node if node.op_type == "Conv"][-1]
    return _quantized(matrices, QuantType.QUInt8, ["Conv"], nodes_to_exclude=[last])


def optimized(model: ModelProto) -> ModelProto:
    """What ONNX Runtime makes of it for the processor, saved: fused operators of its own, folded constants."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    with tempfile.TemporaryDirectory() as folder:
        options.optimized_model_filepath = str(Path(folder) / "optimized.onnx")
        onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        made = onnx.load(options.optimized_model_filepath)
    for number, node in enumerate(made.graph.node):
        node.name = node.name or f"{node.op_type}_{number}"
    return made


def _quantized(model: ModelProto, kind: Any, operators: list[str] | None = None, **options: Any) -> ModelProto:
    from onnxruntime.quantization import quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        single, bytes_ = Path(folder) / "single.onnx", Path(folder) / "bytes.onnx"
        onnx.save(_with_own_matrices(model), single)
        quantize_dynamic(single, bytes_, op_types_to_quantize=operators, weight_type=kind, **options)
        return onnx.load(bytes_)


def _with_own_matrices(model: ModelProto) -> ModelProto:
    """Each Gemm has a matrix of its own: the quantiser transposes one in place each time it meets it."""
    edit = Editor(model)
    for node in edit.old():
        if node.op_type == "Gemm" and (matrix := edit.constant(node.input[1])) is not None:
            node.input[1] = edit.value(matrix)
        edit.keep(node)
    return edit.done()


def with_vocabulary(model: ModelProto, vocabulary: Mapping[str, int]) -> ModelProto:
    """The vocabulary in the metadata key ``kokoro_config``, as in newer exports."""
    made = copied(model)
    helper.set_model_props(made, {"kokoro_config": json.dumps({"vocab": dict(vocabulary)})})
    return made


def uncuttable(model: ModelProto) -> ModelProto:
    """The same sound, but F0 and energy are read by plain convolutions of which every second point is taken."""
    made = copied(model)
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
# Built otherwise, each without noise; but for rounding they speak as `without_noise` does.
STRUCTURES: Mapping[str, Variant] = {
    "without noise": without_noise,
    "merged": lambda model: merged(without_affine(without_noise(model))),
    "spelt out and merged": lambda model: merged(decomposed(without_affine(without_noise(model)), Spelling())),
    "published, full precision": published_full,
}
# The same, computed with less precision.
COARSE_STRUCTURES: Mapping[str, Variant] = {
    "half precision": lambda model: half_precision(without_noise(model)),
    "spelt out, half precision": lambda model: half_precision(
        decomposed(without_affine(without_noise(model)), Spelling())
    ),
    "published, 8 bits": published_int8,
}


def of_narrow(make: Variant) -> ModelProto:
    """That variant of the fixture, which is made once a session: some take seconds."""
    return onnx.load_from_string(_serialized(make))


@cache
def _serialized(make: Variant) -> bytes:
    made: bytes = make(narrow()).SerializeToString()
    return made
