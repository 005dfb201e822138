"""The trained network as an ONNX file of 8-bit weights, and how often that file is wrong."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from kokoro_stream.phonemes.spelling import LETTERS
from kokoro_stream.phonemes.vocabulary import VOCABULARY

from .network import Network, Speller
from .score import error_rate, unstressed
from .words import Accent, Example, held_out_words


def export(network: Network, path: Path) -> None:
    """Writes ``path``: inputs ``letters`` (1, n) and ``kind`` (1,), output ``ids`` (1, 2 n), all int64."""
    example = (torch.tensor([[1, 2, 3, 4]]), torch.tensor([0]))
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        torch.onnx.export(
            Speller(network).eval(),
            example,
            full,
            input_names=["letters", "kind"],
            output_names=["ids"],
            dynamic_axes={"letters": {1: "length"}, "ids": {1: "slots"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(full, path, weight_type=QuantType.QInt8)


def measure(path: Path) -> str:
    """Phoneme error rates on the held-out words, and on the names among them, file size and time a word, as JSON."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    accents: tuple[Accent, ...] = ("us", "gb")
    scores = {accent: _scores(session, held_out_words(accent)) for accent in accents}
    return json.dumps({"kilobytes": path.stat().st_size // 1000, **scores}, indent=1)


def spell(session: onnxruntime.InferenceSession, example: Example) -> str:
    """The phonemes the file writes for the word of ``example``."""
    letters = np.array([[1 + LETTERS.index(letter) for letter in example.word]])
    (ids,) = session.run(None, {"letters": letters, "kind": np.array([example.kind])})
    symbols = {number: symbol for symbol, number in VOCABULARY.items()}
    slots = ids[0].tolist()
    return "".join(symbols[now] for before, now in zip([0, *slots], slots, strict=False) if now not in (0, before))


def _scores(session: onnxruntime.InferenceSession, examples: list[Example]) -> dict[str, float]:
    began = time.perf_counter()
    guesses = [(spell(session, example), example.phonemes) for example in examples]
    spent = time.perf_counter() - began
    names = [pair for pair, example in zip(guesses, examples, strict=True) if example.name]
    return {
        "words": len(examples),
        "microseconds_a_word": round(spent / len(examples) * 1e6),
        "error_rate": error_rate(guesses),
        "error_rate_without_stress": error_rate([(unstressed(a), unstressed(b)) for a, b in guesses]),
        "names": len(names),
        "error_rate_of_names": error_rate(names),
    }
