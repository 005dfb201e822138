"""A one-file Kokoro becomes the two graphs of a model folder; see `folder` for what they take and give."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from onnx import ModelProto, TensorProto, ValueInfoProto, helper

from . import rewrite
from .crop import crop
from .graph import Graph
from .nodes import attribute
from .norms import Norm, norms_of, reductions
from .session import open_session
from .snake import fold_snake
from .split import Contract, Seam, UncuttableError, contract_of, seam_of

FLOAT, FLOAT16, INT64 = TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.INT64
Step = Literal["alignment", "normalisation", "snake", "convolutions"]
STEPS: tuple[Step, ...] = get_args(Step)
STYLE = 256  # numbers in a row of a voice
MOST_NAMED = 5  # of the nodes in a note
PASSED = ("features", "f0", "energy")
OWN_NAMES = (*PASSED, "input_ids", "durations", "statistics", "norms", "phase", "context", "samples")


@dataclass(frozen=True, slots=True)
class Cut:
    """Both halves, and how the norms of the second follow from style and statistics (None: it has none of ours).

    ``sites`` are the channels of each place that is normalised. ``notes`` are what could not be done, each saying what
    is lost by it.
    """

    prosody: ModelProto
    decoder: ModelProto
    norms: ModelProto | None
    sites: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


def cut(graph: Graph, steps: Collection[Step] = STEPS) -> Cut:
    """Cuts ``graph``, which is consumed. ``steps`` are the rewritings to do; fewer only to measure what each is worth.

    Raises `ModelError`, `UncuttableError` where the graph is not built as expected.
    """
    notes: list[str] = []
    for name in OWN_NAMES:
        if name not in graph.inputs:
            graph.vacate(name)
    contract, seam = contract_of(graph), seam_of(graph)
    _feed_prosody(graph, contract, notes)
    _tell_durations(graph, seam)
    if "alignment" in steps:
        rewrite.align(graph, seam.features, "durations")
    for name, tensor in zip(PASSED, (seam.features, seam.f0, seam.energy), strict=True):
        _pass_on(graph, tensor, name)
    # Found before the graph is cropped: after that, all of it depends on how many frames there are.
    found = norms_of(graph, graph.dependents(PASSED), "features")
    crop(graph, "features", "f0", "context")
    norms = _rewrite_norms(graph, found, snake="snake" in steps) if "normalisation" in steps else None
    if "convolutions" in steps:
        rewrite.raise_convolutions(graph)
    if not rewrite.shift_phase(graph, "f0", "phase"):
        notes.append("the harmonic source is not built as expected: it starts anew in each window, which may be heard")
    _publish_row(graph, contract.waveform, "samples", FLOAT)
    if "normalisation" in steps and (left := reductions(graph, ["samples"], graph.dependents(PASSED))):
        notes.append(
            f"{len(left)} of the decoder's normalisations are not built as expected ({', '.join(left[:MOST_NAMED])}"
            f"{' …' if len(left) > MOST_NAMED else ''}): windows differ from the whole sentence, the more the shorter"
        )
    return _extracted(graph, norms, tuple(notes))


def _extracted(graph: Graph, norms: rewrite.Affine | None, notes: tuple[str, ...]) -> Cut:
    durations, samples = _value("durations", INT64, 1, "L"), _value("samples", FLOAT, 1, "samples")
    return Cut(
        graph.extract(_model_inputs(), [*_curves(graph), durations], "prosody"),
        graph.extract(_decoder_inputs(graph, norms), [samples], "decoder"),
        None if norms is None else graph.extract(_norms_inputs(norms), [_factors(norms)], "norms"),
        () if norms is None else norms.site_sizes,
        notes,
    )


def whole(graph: Graph) -> tuple[ModelProto, tuple[str, ...]]:
    """The graph as it is but for our names and types (`folder`), and notes as in `Cut`. Raises `ModelError`."""
    notes: list[str] = []
    for name in ("samples", "durations", "input_ids"):
        if name not in graph.inputs:
            graph.vacate(name)
    contract = contract_of(graph)
    _feed_prosody(graph, contract, notes)
    told = []
    if contract.durations:
        _publish_row(graph, contract.durations, "durations", INT64)
        told.append(_value("durations", INT64, 1, "L"))
    else:
        notes.append("it does not tell durations: times of words are rough")
    _publish_row(graph, contract.waveform, "samples", FLOAT)
    return graph.extract(_model_inputs(), [_value("samples", FLOAT, 1, "N"), *told], "whole"), tuple(notes)


def _feed_prosody(graph: Graph, contract: Contract, notes: list[str]) -> None:
    """The inputs get our names and types: input_ids int64, style float32, speed float32 [1]."""
    kinds = {name: graph.type_of(name) for name in graph.inputs}
    scalar = graph.dims_of(contract.speed) == ()
    if kinds[contract.speed] not in (FLOAT, FLOAT16):
        if _unround_speed(graph, contract.speed):
            kinds[contract.speed] = FLOAT
        else:
            notes.append("this export takes whole numbers as speed: other speeds are rounded")
    for old, new, kind in ((contract.ids, "input_ids", INT64), (contract.style, "style", FLOAT)):
        _rename_input(graph, old, new, kinds[old], kind)
    _rename_input(graph, contract.speed, "speed", kinds[contract.speed], FLOAT, scalar=scalar)


def _unround_speed(graph: Graph, speed: str) -> bool:
    """A whole-number speed that is only ever cast to float can as well be a float from the start."""
    casts = graph.readers(speed)
    if any(node.op_type != "Cast" or attribute(node, "to") != FLOAT for node in casts):
        return False
    for node in casts:
        graph.remove(node)
        graph.replace(node.output[0], speed)
    return True


def _rename_input(graph: Graph, old: str, new: str, kind: int, wanted: int, *, scalar: bool = False) -> None:
    inner = graph.name(new)
    graph.replace(old, inner)
    del graph.inputs[old]
    graph.inputs[new] = _value(new, wanted, 1)
    tensor = graph.op("Cast", new, to=kind) if kind != wanted else new
    if scalar:
        tensor = graph.op("Reshape", tensor, graph.value(np.array([], np.int64)))
    graph.add(helper.make_node("Identity", [tensor], [inner]))


def _pass_on(graph: Graph, tensor: str, name: str) -> None:
    """``tensor`` gets the name under which it leaves the prosody and enters the decoder, float32; curves [1, n]."""
    half = graph.type_of(tensor) == FLOAT16
    flat = name == "features" or any(node.op_type == "Unsqueeze" for node in graph.readers(tensor))
    inner = graph.name(name)
    graph.replace(tensor, inner)
    leaving = graph.op("Cast", tensor, to=FLOAT) if half else tensor
    entering = graph.op("Cast", name, to=FLOAT16) if half else name
    if not flat:
        leaving = graph.op("Reshape", leaving, graph.value(np.array([1, -1])))
        entering = graph.op("Unsqueeze", entering, graph.value(np.array([1])))
    graph.publish(leaving, name)
    graph.add(helper.make_node("Identity", [entering], [inner]))


def _rewrite_norms(graph: Graph, norms: list[Norm], *, snake: bool) -> rewrite.Affine | None:
    if not norms:
        return None
    for norm in norms if snake else ():
        fold_snake(graph, norm)
    sizes = _sizes(graph, norms)
    known = [(norm, size) for norm, size in zip(norms, sizes, strict=True) if size > 1]
    if not known:
        return None
    norms, sizes = [norm for norm, _ in known], [size for _, size in known]
    made = rewrite.affine(graph, norms, sizes, "statistics")
    graph.publish(made.factors, "factors")
    rewrite.normalise(graph, norms, sizes, "norms")
    return made


def _sizes(graph: Graph, norms: Sequence[Norm]) -> list[int]:
    """The channels of each norm, told by how many values its style makes: exports seldom tell the tensor's shape."""
    names = [name for norm in norms for name in (norm.scale, norm.bias)]
    made = [_value(f"value_{number}", FLOAT) for number in range(len(names))]
    for name, value in zip(names, made, strict=True):
        graph.publish(name, value.name)
    session = open_session(graph.extract([_style()], made, "scales").SerializeToString())
    found = session.run({"style": np.zeros((1, STYLE), np.float32)} if session.inputs else {})
    counts = [found[value.name].size for value in made]
    by_site: dict[str, int] = {}
    for number, norm in enumerate(norms):
        by_site[norm.site.x] = max(by_site.get(norm.site.x, 1), *counts[2 * number : 2 * number + 2])
    return [by_site[norm.site.x] for norm in norms]


def _tell_durations(graph: Graph, seam: Seam) -> None:
    """``durations`` int64 [1, L], at least 1. Not the model's own output: older exports have none."""
    counted = graph.op("Max", graph.op("Cast", seam.rounded, to=FLOAT), graph.value(np.ones(1, np.float32)))
    _publish_row(graph, counted, "durations", INT64)


def _publish_row(graph: Graph, tensor: str, name: str, kind: int) -> None:
    """``tensor`` leaves the graph as ``name``, of that type, [1, n]."""
    graph.publish(graph.op("Reshape", graph.op("Cast", tensor, to=kind), graph.value(np.array([1, -1]))), name)


def _decoder_inputs(graph: Graph, norms: rewrite.Affine | None) -> list[ValueInfoProto]:
    offered = [
        *_curves(graph),
        *([] if norms is None else [_value("norms", FLOAT, 1, 2 * sum(norms.sizes))]),
        _value("phase", FLOAT, 1),
        _value("context", INT64, 2, 2),
        _style(),
    ]
    needed = graph.sources(["samples"], [value.name for value in offered])
    if strange := needed - {value.name for value in offered}:
        raise UncuttableError(f"the decoder needs {', '.join(sorted(strange))} beside the frames")
    return [value for value in offered if value.name in needed]


def _norms_inputs(norms: rewrite.Affine) -> list[ValueInfoProto]:
    return [_style(), _value("statistics", FLOAT, 1, 2 * sum(norms.site_sizes))]


def _factors(norms: rewrite.Affine) -> ValueInfoProto:
    return _value("factors", FLOAT, 1, 2 * sum(norms.sizes))


def _curves(graph: Graph) -> list[ValueInfoProto]:
    """The frames' tensors."""
    return [
        _value("features", FLOAT, 1, _channels_of(graph, "features"), "frames"),
        _value("f0", FLOAT, 1, "points"),
        _value("energy", FLOAT, 1, "points"),
    ]


def _channels_of(graph: Graph, tensor: str) -> int | str:
    """As many as a convolution that reads the tensor takes."""
    for node in graph.readers(tensor):
        if node.op_type in ("Identity", "Unsqueeze", "Cast", "DynamicQuantizeLinear"):
            return _channels_of(graph, node.output[0])
        if node.op_type in ("Conv", "ConvInteger") and (shape := graph.shape(node.input[1])) is not None:
            return shape[1]
    return "channels"


def _model_inputs() -> list[ValueInfoProto]:
    return [_value("input_ids", INT64, 1, "L"), _style(), _value("speed", FLOAT, 1)]


def _style() -> ValueInfoProto:
    return _value("style", FLOAT, 1, "S")


def _value(name: str, kind: int, *shape: int | str) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, list(shape))
