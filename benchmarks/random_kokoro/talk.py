"""What the network is taught: random sentences, and how a simple speaker would say them.

What a sentence says does not matter, only the classes of its symbols: vowels are long, loud and voiced, punctuation is
a pause, both ends are quiet.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from .voices import pitch

VOWELS, VOICED, VOICELESS = "ɑɐæɛɪɔəʊʌiuAIWYOᵊᵻ", "bdɡvðzʒʤmnŋlɹwj", "ptkfθsʃʧh"
MARKS, BREAKS = "ˈˌ", ",;:.!?—…"
QUIET, LOUD = -6.0, 0.0  # energy is the logarithm of loudness; this range is 52 dB
UNVOICED_HZ = -60.0  # far enough below the 10 Hz from which on the source is voiced
LOUDNESS = 0.11  # RMS of the loudest sounds; that of a sentence is then near 0.06
SAMPLES_PER_POINT = 300


@dataclass(frozen=True, slots=True)
class Sound:
    """How a symbol is said: how long, how loud (nepers) and whether the voice sounds."""

    frames: float
    nepers: float
    voiced: bool


def sound(symbol: str) -> Sound:
    """By the class of the symbol; "" is the padding at both ends, 0.3 s as that of the published model."""
    if not symbol:
        return Sound(12.0, QUIET, False)
    if symbol in VOWELS:
        return Sound(4.0, LOUD, True)
    if symbol in VOICED:
        return Sound(3.0, -1.0, True)
    if symbol in VOICELESS:
        return Sound(3.0, -2.0, False)
    if symbol in MARKS:
        return Sound(1.0, -0.5, True)
    if symbol in BREAKS:
        return Sound(9.0, QUIET, False)
    return Sound(2.0, -3.0, False)


def sentences(seed: int) -> Iterator[str]:
    """Endless random sentences of 2 to 20 words."""
    random = np.random.default_rng(seed)

    def one(symbols: str) -> str:
        return str(random.choice(list(symbols)))

    def word() -> str:
        syllables = [one(VOICED + VOICELESS) + one(VOWELS) for _ in range(random.integers(1, 4))]
        return one(MARKS) + "".join(syllables) + one(VOICED + VOICELESS)

    while True:
        words = [word() + ("," if random.random() < 0.15 else "") for _ in range(random.integers(2, 21))]
        yield " ".join(words).rstrip(",") + one(".?!")


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence of L - 2 symbols in a voice: ``ids`` int64 [1, L], ``style`` float32 [1, 256], ``pitch`` in Hz."""

    sounds: list[Sound]
    ids: Any
    style: Any
    pitch: float

    def durations(self) -> Any:
        """Frames of each token, float32 [L]; whole numbers."""
        return torch.tensor([sound.frames for sound in self.sounds])

    def melody(self) -> tuple[Any, Any]:
        """F0 in Hz and energy in nepers at two points a frame, float32 [1, 2 T]."""
        points = self.durations().long() * 2
        place = torch.linspace(0, 1, int(points.sum()))
        fall = 1.15 - 0.3 * place + 0.1 * torch.sin(2 * math.pi * 3 * place)
        voiced = torch.tensor([sound.voiced for sound in self.sounds]).repeat_interleave(points)
        nepers = torch.tensor([sound.nepers for sound in self.sounds]).repeat_interleave(points)
        # A mean over 5 points (60 ms): loudness does not jump.
        smooth = functional.avg_pool1d(functional.pad(nepers[None, None], (2, 2), mode="replicate"), 5, 1)
        return torch.where(voiced, self.pitch * fall, UNVOICED_HZ)[None], smooth[0]


def examples(vocabulary: dict[str, int], voices: dict[str, NDArray[np.float32]], seed: int) -> Iterator[Example]:
    """Endless sentences, said by one voice after the other."""
    for text, name in zip(sentences(seed), itertools.cycle(voices), strict=False):
        ids = torch.tensor([[0, *(vocabulary[symbol] for symbol in text), 0]])
        style = torch.from_numpy(voices[name][len(text) - 1])
        yield Example([sound(symbol) for symbol in ("", *text, "")], ids, style, pitch(name))


def voice(source: Any, voiced: Any, energy: Any) -> Any:
    """The sound that is wanted, float32 [n]: the harmonic source, as loud as ``energy`` [1, 2 T] says.

    ``source`` and ``voiced`` [1, n, 1] are what the network's own source makes.
    """
    wave, on = source[0, :, 0], voiced[0, :, 0] > 0
    level = torch.where(on, _rms(wave[on]), _rms(wave[~on]))
    loudness = functional.interpolate(torch.exp(energy)[None], scale_factor=SAMPLES_PER_POINT, mode="linear")[0, 0]
    return LOUDNESS * loudness.clamp(max=1.5) * wave / level


def _rms(wave: Any) -> Any:
    return wave.square().mean().sqrt() if len(wave) else torch.ones(())
