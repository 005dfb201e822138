"""Writes kokoro.onnx and voices-v1.0.bin into a folder: ``python -m benchmarks.random_kokoro OUT``.

It needs the dependency group ``random-kokoro``, and the package ``kokoro`` without what that depends on (its text front
end); `make random-kokoro OUT=folder` installs both:

    python -m pip install --group random-kokoro
    python -m pip install --no-deps kokoro==0.9.4
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import AttributeProto, GraphProto

from . import manners, network, voices
from .talk import examples

GRAPH, VOICES = "kokoro.onnx", "voices-v1.0.bin"
NARROW_VOICES = ("af_heart", "am_adam", "bf_emma")


def export(made: Any, to: Path) -> None:
    """The graph with the inputs and outputs of the published files."""
    from kokoro.model import KModelForONNX

    torch.onnx.export(
        KModelForONNX(made).eval(),
        (torch.tensor([[0, *range(43, 91), 0]]), torch.zeros(1, 256), torch.ones(1)),
        str(to),
        input_names=["input_ids", "style", "speed"],
        output_names=["waveform", "duration"],
        dynamic_axes={"input_ids": {1: "tokens"}, "waveform": {0: "samples"}, "duration": {0: "tokens"}},
        opset_version=17,
        dynamo=False,
    )


def compact(path: Path) -> None:
    """The same graph in fewer bytes: equal constants stand there once, and nodes have numbers for names."""
    model = onnx.load(path)
    firsts: dict[bytes, str] = {}
    names = {tensor.name: tensor.name.removeprefix("kmodel.") for tensor in model.graph.initializer}
    nodes = []
    for node in model.graph.node:
        made = node.output[0]
        first = firsts.setdefault(node.attribute[0].SerializeToString(), made) if node.op_type == "Constant" else made
        names.update({output: output.removesuffix("_output_0") for output in node.output})
        names[made] = names[first]
        if made == first:
            nodes.append(node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    for graph in _graphs(model.graph):
        _rename(graph, names)
    for number, node in enumerate(model.graph.node):
        node.name = str(number)  # quantisers want names, and each another
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _graphs(graph: GraphProto) -> Iterator[GraphProto]:
    """``graph`` and the bodies of its loops and branches."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == AttributeProto.GRAPH:
                yield from _graphs(attribute.g)


def _rename(graph: GraphProto, names: Mapping[str, str]) -> None:
    for tensor in graph.initializer:
        tensor.name = names.get(tensor.name, tensor.name)
    for node in graph.node:
        node.name = ""
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    for value in graph.output:
        value.name = names.get(value.name, value.name)


def write(folder: Path, *, narrow: bool, seed: int) -> None:
    """Makes the network, teaches it manners, and writes it and its voices."""
    widths, effort = (network.NARROW, manners.NARROW) if narrow else (network.FULL, manners.FULL)
    tables = voices.tables(seed, NARROW_VOICES if narrow else voices.NAMES)
    made = network.build(widths, seed)
    symbols = network.vocabulary()
    print("teaching prosody …", flush=True)
    manners.teach_prosody(made, examples(symbols, tables, seed), effort)
    print("teaching sound …", flush=True)
    manners.teach_sound(made, examples(symbols, tables, seed + 1), effort)
    folder.mkdir(parents=True, exist_ok=True)
    export(made, folder / GRAPH)
    if narrow:
        compact(folder / GRAPH)
    with (folder / VOICES).open("wb") as file:
        np.savez_compressed(file, **tables)  # type: ignore[arg-type]
    weights = sum(parameter.numel() for parameter in made.parameters())
    print(f"{folder / GRAPH}: {weights / 1e6:.1f} million weights, {(folder / GRAPH).stat().st_size:,} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--narrow", action="store_true", help="narrow layers, below 1 MB: the fixture of the tests")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns about shapes that are meant to be constant
        write(options.folder, narrow=options.narrow, seed=options.seed)


if __name__ == "__main__":
    main()
