"""What Kokoro loses and gains in half precision and in eight bits: ``python -m benchmarks.precisions``.

``kokoro.onnx``, with ``voices-v1.0.bin`` beside it, is made into the forms in which it is published: all of it in half
precision (float16), and its weights as 8-bit integers, quantised at run time (int8). Each is installed as any model is,
compared with its uncut file included. Ratios are to full precision, of the processor time of one thread, the median
over rounds in which all take turns. Decoder by window, in frames of 25 ms; prosody by phonemes.

The distance is that of spectra, dB: the same frames decoded by each, against full precision; it is to be held against
what full precision differs from itself by its noise. Memory is what a fresh process holds more with the model loaded
and after windows of several sizes, in MB.
"""

from __future__ import annotations

import logging
import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import onnx
import psutil
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.float16 import convert_float_to_float16

from kokoro_stream.audio.spectrum import log_spectral_distance
from kokoro_stream.errors import ModelError
from kokoro_stream.model.install import SENTENCE, install
from kokoro_stream.model.kokoro import KokoroModel
from kokoro_stream.model.prosody import Prosody
from kokoro_stream.model.voices import StyleTable, read_voices

from .graph_steps import PHONEMES, WINDOWS, seconds
from .report import arguments, publish
from .session_options import GROWING

VOICES = "voices-v1.0.bin"
FULL = "float32"


def half(source: Path, to: Path) -> None:
    """Weights, and what is computed from them, in half precision; inputs and outputs stay as they are."""
    onnx.save(convert_float_to_float16(onnx.load(source), keep_io_types=True), to)


def eight_bits(source: Path, to: Path) -> None:
    """Weights of matrix products, recurrent layers and convolutions as 8-bit integers."""
    quantize_dynamic(source, to, weight_type=QuantType.QUInt8)


PRECISIONS: dict[str, Callable[[Path, Path], None]] = {"float16": half, "int8": eight_bits}


def installed(graph: Path, voices: dict[str, StyleTable], folder: Path) -> Path:
    """The model folder made of ``graph``. Raises `ModelError` for one that cannot be used here."""
    folder.mkdir()
    install(graph, voices, folder, name=folder.name, licence="", origin=str(graph), report=_tell, keep="file")
    return folder


def speeds(models: dict[str, KokoroModel], prosody: Prosody, rounds: int) -> dict[str, float]:
    """Milliseconds of full precision, and the others' ratios to it."""
    begin = prosody.sounding.start
    cases: dict[str, dict[str, Callable[[], object]]] = {}
    for size in WINDOWS:
        window = slice(begin, begin + size)
        cases[f"decoder {size}"] = {name: partial(model.decode, prosody, window) for name, model in models.items()}
    for size in PHONEMES:
        said = (SENTENCE * 3)[:size]
        cases[f"prosody {size}"] = {name: partial(model.prosody, said, "", 1.0) for name, model in models.items()}
    figures: dict[str, float] = {}
    for case, runs in cases.items():
        taken = seconds(runs, rounds)
        figures[f"{case}, {FULL}, ms"] = round(taken[FULL] * 1000, 1)
        figures |= {f"{case}, {name}": round(taken[name] / taken[FULL], 3) for name in models if name != FULL}
    return figures


def distances(models: dict[str, KokoroModel], prosody: Prosody) -> dict[str, float]:
    """dB between each one's sound and full precision's, of the same frames."""
    rate, once = models[FULL].card.sample_rate, models[FULL].decode(prosody, prosody.sounding)
    return {
        f"distance, {name}, dB": round(log_spectral_distance(once, model.decode(prosody, prosody.sounding), rate), 2)
        for name, model in models.items()
    }


def memory(folder: Path) -> float:
    """MB that the model takes. For a process of its own."""
    process = psutil.Process()
    before = int(process.memory_info().rss)
    model = KokoroModel.load(folder)
    prosody = model.prosody(SENTENCE, "", 1.0)
    for frames in GROWING:
        model.decode(prosody, slice(0, min(frames, prosody.frames)))
    return round((int(process.memory_info().rss) - before) / 1e6)


def measure(graph: Path, rounds: int) -> dict[str, float]:
    voices = read_voices(graph.with_name(VOICES))
    spawn = multiprocessing.get_context("spawn")
    figures: dict[str, float] = {}
    with TemporaryDirectory() as scratch:
        files = {FULL: graph}
        folders = {FULL: installed(graph, voices, Path(scratch, FULL))}
        for name, make in PRECISIONS.items():
            files[name] = Path(scratch, f"{name}.onnx")
            make(graph, files[name])
            try:
                folders[name] = installed(files[name], voices, Path(scratch, name))
            except ModelError as error:
                _tell(f"{name} is left out: {error}")
        figures |= {f"file, {name}, MB": round(path.stat().st_size / 1e6) for name, path in files.items()}
        for name, folder in folders.items():
            with ProcessPoolExecutor(1, mp_context=spawn) as process:
                figures[f"memory, {name}, MB"] = process.submit(memory, folder).result()
        models = {name: KokoroModel.load(folder) for name, folder in folders.items()}
        prosody = models[FULL].prosody(SENTENCE, "", 1.0)
        return figures | distances(models, prosody) | speeds(models, prosody, rounds)


def _tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def main() -> None:
    options = arguments(__doc__, model="kokoro.onnx", rounds=7)
    logging.disable(logging.WARNING)  # the quantiser names every tensor that it leaves alone
    publish("precisions", measure(Path(options.model), options.rounds), as_json=options.json)


if __name__ == "__main__":
    main()
