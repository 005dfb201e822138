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
from .words import ACCENTS, Accent, held_out_words


def export(network: Network, path: Path) -> None:
    """Writes ``path``: inputs ``letters`` (1, n) and ``accent`` (1,), output ``ids`` (1, 2 n), all int64."""
    example = (torch.tensor([[1, 2, 3, 4]]), torch.tensor([0]))
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        torch.onnx.export(
            Speller(network).eval(),
            example,
            full,
            input_names=["letters", "accent"],
            output_names=["ids"],
            dynamic_axes={"letters": {1: "length"}, "ids": {1: "slots"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(full, path, weight_type=QuantType.QInt8)


def measure(path: Path) -> str:
    """Phoneme error rates on the held-out words, file size and time a word, as JSON."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    figures: dict[str, object] = {"kilobytes": path.stat().st_size // 1000}
    for accent in ACCENTS:
        words = held_out_words(accent)
        began = time.perf_counter()
        guesses = [spell(session, example.word, accent) for example in words]
        figures[f"{accent}_microseconds_a_word"] = round((time.perf_counter() - began) / len(words) * 1e6)
        figures[f"{accent}_words"] = len(words)
        pairs = [(guess, example.phonemes) for guess, example in zip(guesses, words, strict=True)]
        figures[f"{accent}_error_rate"] = error_rate(pairs)
        figures[f"{accent}_error_rate_without_stress"] = error_rate([(unstressed(a), unstressed(b)) for a, b in pairs])
    return json.dumps(figures, indent=1)


def spell(session: onnxruntime.InferenceSession, word: str, accent: Accent) -> str:
    """The phonemes the file writes for ``word``."""
    letters = np.array([[1 + LETTERS.index(letter) for letter in word]])
    (ids,) = session.run(None, {"letters": letters, "accent": np.array([ACCENTS.index(accent)])})
    symbols = {number: symbol for symbol, number in VOCABULARY.items()}
    slots = ids[0].tolist()
    return "".join(symbols[now] for before, now in zip([0, *slots], slots, strict=False) if now not in (0, before))
