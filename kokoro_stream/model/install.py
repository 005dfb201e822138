"""A one-file Kokoro and its voices become a model folder: cut, compared with the whole, its statistics learned.

Needs about four times the file's size in memory, of a quantised one five times what its weights take in single
precision. Every function blocks.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto

from ..audio.spectrum import log_spectral_distance
from ..errors import ModelError
from ..phonemes.voices import language_of
from .cut import cut, whole
from .expand import expanded
from .folder import (
    BUILTIN,
    DECODER,
    NORMS,
    PROSODY,
    STATISTICS,
    VOICES,
    WHOLE,
    Keep,
    ModelCard,
    checksum,
    read_card,
    write_card,
)
from .graph import Graph, read_model
from .kokoro import NO_NUMBERS, KokoroModel, Samples
from .learning import learned
from .measuring import Measuring
from .split import UncuttableError
from .voices import StyleTable

Report = Callable[[str], None]

# 25 ms each: what the decoder's first blocks see to either side. It costs a twentieth of what a window does, since each
# part of the decoder is spared what it does not see (`crop`).
MARGIN_FRAMES = 10
FIRST_WINDOW_FRAMES = 10
LONGEST_WINDOW_FRAMES = 80  # two seconds: more hardly saves context, and keeps others waiting
# In sentences of eight voices, durations lag by 50 ms (quartiles 45 and 61) behind the levels that their sounds should
# have. The reference code subtracts three frames, 75 ms, from the first padding.
LEAD_MS = 50.0
# They fit best where a quarter of each space goes to the word before it; Whisper's borders say the same.
SPACE = 0.25
# Of its energy, the logarithm of a mel spectrum's norm: above it the same sentences are within 35 dB of their loudest
# moment, their first sound to -8 ms (quartiles -10 and -4) and their last to +15 ms (8 and 23).
QUIET_ENERGY = 0.5
PREFERRED = "af_heart"  # the voice that Kokoro's authors rate best
# Some three seconds with sounds of every class.
SENTENCE = "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˌOvəɹ ðə lˈAzi dˈɔɡ, wˌʌn mˈɔɹ tˈIm."
# Two runs of one graph differ by their noise. The cut graph may differ from the whole one by this much more, in dB:
# room for sums in another order, none for a wrong tensor.
TOLERANCE_DB = 1.0
# What is quantised at run time is rounded by its largest value: sums in another order are rounded elsewhere.
ROUNDED_DB = 3.0


def install(
    graph: Path,
    voices: Mapping[str, StyleTable],
    folder: Path,
    *,
    name: str,
    licence: str,
    origin: str,
    report: Report,
    keep: Keep = "fastest",
) -> ModelCard:
    """Writes a model into ``folder``, which exists and is empty. Raises `ModelError` for what is not a Kokoro.

    A file whose weights are quantised or in half precision is kept as the ``file`` is, with its weights expanded to
    ``float`` (four or two times as large), or as what computes ``fastest`` on this machine. ``report`` is told what is
    going on and, in a warning, what is lost where the graph cannot be cut.
    """
    if not voices:
        raise ModelError(f"{name} has no voices; give the file or the folder that holds them")
    _save(folder / VOICES, voices)
    model = read_model(graph)
    card = _card(_vocabulary(model, graph), voices, name, licence, origin)
    write_card(folder, card)
    model, once, lost = _form(model, graph, folder, keep, report)
    report(f"cutting {graph.name} into prosody and decoder")
    notes, known = _cut(model, once, lost, folder, report)
    for note in notes:
        report(f"warning: {note}")
    files = (PROSODY, DECODER, NORMS, WHOLE, VOICES, STATISTICS)
    sums = {file: checksum(folder / file) for file in files if (folder / file).exists()}
    card = msgspec.structs.replace(card, checksums=sums, notes=tuple(notes), licence=licence or known or "unknown")
    write_card(folder, card)
    return card


def _form(
    model: ModelProto, graph: Path, folder: Path, keep: Keep, report: Report
) -> tuple[ModelProto, Samples, list[str]]:
    """The model in the form to keep, what it says, and what a whole one of it loses.

    Afterwards ``folder`` holds it whole.
    """
    forms: dict[str, ModelProto] = {"as it is": model}
    if keep != "file" and (full := expanded(model)) is not None:
        forms["expanded to single precision"] = full
        if keep == "float":
            del forms["as it is"]
        else:
            report("its weights are quantised or in half precision: trying it as it is and expanded")
    tried: dict[str, tuple[float, Samples, list[str]]] = {}
    for form, one in forms.items():
        uncut, losses = whole(Graph(_copied(one)))
        onnx.save(uncut, folder / WHOLE)
        del uncut
        tried[form] = (*_timed(KokoroModel.load(folder)), list(losses))
    chosen = min(tried, key=lambda form: tried[form][0])
    seconds, once, lost = tried[chosen]
    if not np.isfinite(once).all():
        raise ModelError(f"{graph.name} makes samples that are no numbers; {NO_NUMBERS}")
    for form, (other, _, _) in tried.items():
        if form != chosen:
            report(f"{chosen} it takes {seconds / other:.2f} of the time that it takes {form}; that is kept")
    if [*forms][-1] != chosen:
        uncut, _ = whole(Graph(_copied(forms[chosen])))
        onnx.save(uncut, folder / WHOLE)
    return forms[chosen], once, lost


def _timed(model: KokoroModel) -> tuple[float, Samples]:
    """Seconds for a sentence, and its samples."""
    begun = time.perf_counter()
    samples = _spoken(model)
    return time.perf_counter() - begun, samples


def _cut(model: ModelProto, once: Samples, lost: list[str], folder: Path, report: Report) -> tuple[list[str], str]:
    """Writes both halves in the place of the whole, where that can be. ``model`` is consumed.

    Returns what is lost, and the licence of weights that are known.
    """
    kinds = {node.op_type for node in model.graph.node}
    noisy = any(kind.startswith("Random") for kind in kinds)
    tolerance = ROUNDED_DB if any(kind.startswith("DynamicQuantize") for kind in kinds) else TOLERANCE_DB
    again = _spoken_again(KokoroModel.load(folder)) if noisy else once
    try:
        halves = cut(Graph(model))
        onnx.save(halves.prosody, folder / PROSODY)
        onnx.save(halves.decoder, folder / DECODER)
        if halves.norms is not None:
            onnx.save(halves.norms, folder / NORMS)
        report("comparing the cut model with the whole one")
        known = _taught(folder, once, again, tolerance, report)
    except UncuttableError as error:
        for half in (PROSODY, DECODER, NORMS):
            (folder / half).unlink(missing_ok=True)
        return [f"the model runs whole, each sentence is computed before any of it is heard: {error}", *lost], ""
    (folder / WHOLE).unlink()
    return list(halves.notes), known


def _taught(folder: Path, once: Samples, again: Samples, tolerance: float, report: Report) -> str:
    """Compares the cut model with what the whole one said, and writes what predicts its statistics.

    Returns the licence of weights that are known. Raises `UncuttableError`.
    """
    model = KokoroModel.load(folder, taught=False)
    rate = model.card.sample_rate
    if not (folder / NORMS).exists():
        _compare(_spoken(model), once, again, rate, tolerance)
        return ""
    measuring = Measuring(model, folder)
    _compare(measuring.decode(model.prosody(SENTENCE, "", 1.0))[0], once, again, rate, tolerance)
    found, licence = learned(model, measuring, report)
    found.write(folder / STATISTICS)
    return licence


def _compare(halved: Samples, once: Samples, again: Samples, sample_rate: int, tolerance: float) -> None:
    """Raises `UncuttableError` when the halves do not give what the whole model gave, once and again."""
    if len(halved) != len(once):
        raise UncuttableError(f"cut, it gives {len(halved)} samples of a sentence, whole {len(once)}")
    noise = log_spectral_distance(once, again, sample_rate)
    found = log_spectral_distance(once, halved, sample_rate)
    if not found <= noise + tolerance:
        raise UncuttableError(
            f"cut, its spectrum is {found:.1f} dB from the whole one's, whose own noise is {noise:.1f}"
        )


def _spoken(model: KokoroModel) -> Samples:
    prosody = model.prosody(SENTENCE, "", 1.0)
    return model.decode(prosody, slice(0, prosody.frames))


def _spoken_again(model: KokoroModel) -> Samples:
    """The second time: every session of a process begins with the same noise."""
    _spoken(model)
    return _spoken(model)


def _copied(model: ModelProto) -> ModelProto:
    made = ModelProto()
    made.CopyFrom(model)
    return made


def _save(path: Path, arrays: Mapping[str, NDArray[np.float32]]) -> None:
    with path.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # numpy's stubs take a mapping's values for its options


def _card(
    vocabulary: dict[str, int], voices: Mapping[str, StyleTable], name: str, licence: str, origin: str
) -> ModelCard:
    spoken = {language for voice in voices if (language := language_of(voice))}
    return ModelCard(
        name=name,
        sample_rate=24000,
        samples_per_frame=600,
        samples_per_duration=600,
        margin_frames=MARGIN_FRAMES,
        first_window_frames=FIRST_WINDOW_FRAMES,
        longest_window_frames=LONGEST_WINDOW_FRAMES,
        token_limit=510,
        default_voice=PREFERRED if PREFERRED in voices else min(voices),
        languages=tuple(sorted(spoken)) or ("en-us",),
        licence=licence,
        vocabulary=vocabulary,
        decoder_style=256,
        lead_ms=LEAD_MS,
        space=SPACE,
        quiet_energy=QUIET_ENERGY,
        origin=origin,
    )


def _vocabulary(model: ModelProto, graph: Path) -> dict[str, int]:
    """What newer exports say of themselves; else that of Kokoro-82M v1.0, which the built-in voice shares."""
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    if "kokoro_config" not in metadata:
        return read_card(BUILTIN).vocabulary
    try:
        return msgspec.convert(json.loads(metadata["kokoro_config"])["vocab"], dict[str, int])
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{graph}: its metadata kokoro_config holds no vocabulary: {error}") from error
