"""Lessons as training examples: standardised targets, batches of sentences of like length."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kokoro_stream.phonemes.vocabulary import VOCABULARY

from .network import FRAMES_PER_STEP, SPECTRUM, UNITS_PER_STEP, placed
from .vocoder import BINS, FFT, ORDER, RATE, mel_phase

UNITS_PER_FRAME = UNITS_PER_STEP // FRAMES_PER_STEP
LONGEST_STEPS = 600  # 12 s
PAUSING = 10  # units; 50 ms
OTHER_MARKS = ",,,,,,,,,,,,,,…—;:.!?"
QUESTION_RISE = 0.36  # of log F0: six semitones


@dataclass(slots=True)
class Example:
    """One sentence: ids int64 [L], durations float32 [L] units; owner int64 [2T], place float32 [2T, PLACE];
    curves float32 [2T, 3] (log F0 through the gaps, voiced 0/1, log RMS); spectrum float32 [2T, SPECTRUM].
    """

    ids: Tensor
    durations: Tensor
    owner: Tensor
    place: Tensor
    curves: Tensor
    spectrum: Tensor

    @property
    def steps(self) -> int:
        """T, in 20 ms."""
        return self.owner.shape[0] // FRAMES_PER_STEP


def load(folder: Path) -> list[Example]:
    """Every lesson of every batch in ``folder``, in order; unvoiced and overlong ones left out."""
    examples: list[Example] = []
    for path in sorted(folder.glob("????.npz")):
        with np.load(path) as batch:
            arrays = {name: batch[name] for name in batch.files}
        token = frame = 0
        for phonemes, tokens, frames in zip(arrays["phonemes"], arrays["tokens"], arrays["frames"], strict=True):
            example = _example(
                str(phonemes),
                arrays["durations"][token : token + tokens],
                arrays["spectrum"][frame : frame + frames],
                arrays["pitch"][frame : frame + frames],
            )
            token, frame = token + tokens, frame + frames
            if example is not None:
                examples.append(example)
    return examples


def _example(
    phonemes: str, durations: NDArray[np.int16], spectrum: NDArray[np.float16], pitch: NDArray[np.float32]
) -> Example | None:
    extra = -len(pitch) % UNITS_PER_STEP
    lengths = durations.astype(np.float32)
    lengths[-1] += extra
    padded = np.concatenate([spectrum, np.repeat(spectrum[-1:], extra, 0)])
    targets = padded[::UNITS_PER_FRAME].astype(np.float32)
    pitch = np.concatenate([pitch, np.zeros(extra, np.float32)])[::UNITS_PER_FRAME]
    voiced = pitch > 0
    steps = len(pitch) // FRAMES_PER_STEP
    if steps > LONGEST_STEPS or voiced.sum() < 4:
        return None
    height = np.interp(np.arange(len(pitch)), np.flatnonzero(voiced), pitch[voiced]) + rise(phonemes, lengths)
    curves = np.stack([height, voiced, loudness(targets)], 1).astype(np.float32)
    units = np.arange(steps * FRAMES_PER_STEP) * UNITS_PER_FRAME + UNITS_PER_FRAME - 1
    ends = np.cumsum(lengths)
    owner = np.searchsorted(ends, units, side="right")
    starts = ends - lengths
    place = placed(*(torch.from_numpy(a.astype(np.float32)) for a in (starts[owner], lengths[owner], units)))
    return Example(
        torch.tensor([0, *(VOCABULARY[symbol] for symbol in varied(phonemes, durations)), 0]),
        torch.from_numpy(lengths),
        torch.from_numpy(owner),
        place,
        torch.from_numpy(curves),
        torch.from_numpy(np.ascontiguousarray(targets[:, 1:])),
    )


def varied(phonemes: str, durations: NDArray[np.int16]) -> str:
    """With one pausing comma in three written as another mark: the texts have few dashes, ellipses and inner stops."""
    return "".join(
        OTHER_MARKS[zlib.crc32(f"{i}{phonemes}".encode()) % len(OTHER_MARKS)]
        if symbol == "," and 0 < i < len(phonemes) - 1 and durations[i + 1] >= PAUSING
        else symbol
        for i, symbol in enumerate(phonemes)
    )


def rise(phonemes: str, durations: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 [2T]: how much log F0 is raised in each frame. The teacher asks no questions: its trees say "?" as ".".

    Up from the last stressed syllable to the end, as in an English question that wants yes or no.
    """
    ends = np.cumsum(durations)
    frames = np.arange(int(ends[-1]) // UNITS_PER_FRAME, dtype=np.float32) * UNITS_PER_FRAME
    stress = max(phonemes.rfind("ˈ"), phonemes.rfind("ˌ"))
    if not phonemes.endswith("?") or stress < 0:
        return np.zeros_like(frames)
    begin, last = ends[stress], ends[len(phonemes) - 1]
    return np.asarray(QUESTION_RISE * np.clip((frames - begin) / max(last - begin, 1), 0, 1), np.float32)


_BASIS = torch.cos(mel_phase(torch.arange(0, BINS, 4) * (RATE / FFT))[None] * torch.arange(ORDER)[:, None]).numpy()


def loudness(spectrum: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log RMS of each frame of a unit-variance source shaped by mel-cepstra [F, ORDER]."""
    power: NDArray[np.float32] = np.exp(2 * (spectrum @ _BASIS)).mean(-1)
    return np.asarray(0.5 * np.log(power + 1e-6), np.float32)


@dataclass(frozen=True, slots=True)
class Scale:
    """Mean and deviation of curves [3] and spectrum [SPECTRUM]; voicing is left as it is."""

    curves_mean: Tensor
    curves_deviation: Tensor
    spectrum_mean: Tensor
    spectrum_deviation: Tensor

    @classmethod
    def of(cls, examples: list[Example]) -> Scale:
        """Measured over the examples."""
        curves = torch.cat([example.curves for example in examples])
        spectrum = torch.cat([example.spectrum for example in examples])
        mean, deviation = curves.mean(0), curves.std(0)
        mean[1], deviation[1] = 0.0, 1.0
        return cls(mean, deviation, spectrum.mean(0), spectrum.std(0))


@dataclass(slots=True)
class Batch:
    """Padded examples; masks are [B, L, 1] and [B, T, 1]; targets are standardised."""

    ids: Tensor
    token_mask: Tensor
    durations: Tensor
    owner: Tensor
    place: Tensor
    step_mask: Tensor
    curves: Tensor
    spectrum: Tensor


def batches(examples: list[Example], scale: Scale, steps_per_batch: int, seed: int) -> Iterator[Batch]:
    """Endless shuffled batches of about ``steps_per_batch`` steps, sentences of like length together."""
    rng = np.random.default_rng(seed)
    while True:
        jitter = rng.uniform(0.85, 1.15, len(examples))
        order = sorted(range(len(examples)), key=lambda i: examples[i].steps * jitter[i])
        groups: list[list[Example]] = [[]]
        for i in order:
            longest = max([examples[i].steps, *(example.steps for example in groups[-1])])
            if groups[-1] and longest * (len(groups[-1]) + 1) > steps_per_batch:
                groups.append([])
            groups[-1].append(examples[i])
        for k in rng.permutation(len(groups)):
            yield _padded(groups[k], scale)


def _padded(group: list[Example], scale: Scale) -> Batch:
    curves = [(e.curves - scale.curves_mean) / scale.curves_deviation for e in group]
    spectra = [(e.spectrum - scale.spectrum_mean) / scale.spectrum_deviation for e in group]
    padded = functools.partial(torch.nn.utils.rnn.pad_sequence, batch_first=True)
    return Batch(
        padded([e.ids for e in group]),
        padded([torch.ones(len(e.ids), 1) for e in group]),
        padded([e.durations for e in group]),
        padded([e.owner for e in group]),
        padded([e.place for e in group]),
        padded([torch.ones(e.steps, 1) for e in group]),
        padded(curves),
        padded(spectra),
    )


assert SPECTRUM == ORDER - 1
