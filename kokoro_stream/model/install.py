"""A one-file Kokoro and its voices become a model folder: cut, compared with the whole, its voices measured.

Needs about four times the file's size in memory. Every function blocks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import numpy as np
import onnx
from numpy.typing import NDArray

from ..audio.spectrum import log_spectral_distance
from ..errors import ModelError
from ..phonemes.voices import language_of
from .cut import cut, whole
from .folder import BUILTIN, DECODER, PRIORS, PROSODY, STYLE, VOICES, WHOLE, ModelCard, checksum, read_card, write_card
from .graph import Graph, read_graph
from .kokoro import NO_NUMBERS, KokoroModel
from .split import UncuttableError
from .voices import StyleTable

Report = Callable[[str], None]
Samples = NDArray[np.float32]

# 25 ms each. The generator sees three to four frames to either side; of the ten that the decoder's first blocks see,
# the outer ones count for little. More changed less than the noise does where it was tried (2 to 10, on models without
# the published weights); `models verify` measures what the model at hand needs.
MARGIN_FRAMES = 3
FIRST_WINDOW_FRAMES = 10
LONGEST_WINDOW_FRAMES = 80  # two seconds: more hardly saves context, and keeps others waiting
PREFERRED = "af_heart"  # the voice that Kokoro's authors rate best
# Some three seconds with sounds of every class.
SENTENCE = "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˌOvəɹ ðə lˈAzi dˈɔɡ, wˌʌn mˈɔɹ tˈIm."
# Two runs of one graph differ by their noise. The cut graph may differ from the whole one by this much more, in dB:
# room for sums in another order, none for a wrong tensor.
TOLERANCE_DB = 1.0


def install(
    graph: Path,
    voices: Mapping[str, StyleTable],
    folder: Path,
    *,
    name: str,
    licence: str,
    origin: str,
    report: Report,
) -> ModelCard:
    """Writes a model into ``folder``, which exists and is empty. Raises `ModelError` for what is not a Kokoro.

    ``report`` is told what is going on and, in a warning, what is lost where the graph cannot be cut.
    """
    if not voices:
        raise ModelError(f"{name} has no voices; give the file or the folder that holds them")
    _save(folder / VOICES, voices)
    read = read_graph(graph)
    card = _card(_vocabulary(read.metadata, graph), voices, name, licence, origin)
    write_card(folder, card)
    report(f"cutting {graph.name} into prosody and decoder")
    notes = _cut(read, graph, folder, report)
    if not (folder / WHOLE).exists():
        report(f"measuring {len(voices)} voices")
        _measure_voices(folder)
    for note in notes:
        report(f"warning: {note}")
    files = (PROSODY, DECODER, STYLE, WHOLE, VOICES, PRIORS)
    sums = {file: checksum(folder / file) for file in files if (folder / file).exists()}
    card = msgspec.structs.replace(card, checksums=sums, notes=tuple(notes))
    write_card(folder, card)
    return card


def _cut(read: Graph, graph: Path, folder: Path, report: Report) -> list[str]:
    """Writes both halves, or the whole where that cannot be; returns what is lost. ``read`` is consumed."""
    uncut, lost = whole(read)
    onnx.save(uncut, folder / WHOLE)
    del uncut
    reference = KokoroModel.load(folder)
    once, again = _spoken(reference), _spoken(reference)
    del reference
    if not np.isfinite(once).all():
        raise ModelError(f"{graph.name} makes samples that are no numbers; {NO_NUMBERS}")
    try:
        halves = cut(read_graph(graph))
        onnx.save(halves.prosody, folder / PROSODY)
        onnx.save(halves.decoder, folder / DECODER)
        if halves.style is not None:
            onnx.save(halves.style, folder / STYLE)
        report("comparing the cut model with the whole one")
        _compare(_spoken(KokoroModel.load(folder)), once, again, read_card(folder).sample_rate)
    except UncuttableError as error:
        for half in (PROSODY, DECODER, STYLE):
            (folder / half).unlink(missing_ok=True)
        return [f"the model runs whole, each sentence is computed before any of it is heard: {error}", *lost]
    (folder / WHOLE).unlink()
    return list(halves.notes)


def _compare(halved: Samples, once: Samples, again: Samples, sample_rate: int) -> None:
    """Raises `UncuttableError` when the halves do not give what the whole model gave, once and again."""
    if len(halved) != len(once):
        raise UncuttableError(f"cut, it gives {len(halved)} samples of a sentence, whole {len(once)}")
    noise = log_spectral_distance(once, again, sample_rate)
    found = log_spectral_distance(once, halved, sample_rate)
    if not found <= noise + TOLERANCE_DB:
        raise UncuttableError(
            f"cut, its spectrum is {found:.1f} dB from the whole one's, whose own noise is {noise:.1f}"
        )


def _spoken(model: KokoroModel) -> Samples:
    prosody = model.prosody(SENTENCE, "", 1.0)
    return model.decode(prosody, slice(0, prosody.frames)).samples


def _measure_voices(folder: Path) -> None:
    """Each voice's statistics over a sentence, for its first window."""
    model = KokoroModel.load(folder)
    priors = {}
    for voice in model.voices.names:
        prosody = model.prosody(SENTENCE, voice, 1.0)
        memory = model.decode(prosody, slice(0, prosody.frames)).memory
        if memory is None:
            return
        priors[voice] = memory.statistics[0]
    _save(folder / PRIORS, priors)


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
        origin=origin,
    )


def _vocabulary(metadata: Mapping[str, str], graph: Path) -> dict[str, int]:
    """What newer exports say of themselves; else that of Kokoro-82M v1.0, which the built-in voice shares."""
    if "kokoro_config" not in metadata:
        return read_card(BUILTIN).vocabulary
    try:
        return msgspec.convert(json.loads(metadata["kokoro_config"])["vocab"], dict[str, int])
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{graph}: its metadata kokoro_config holds no vocabulary: {error}") from error
