"""A loaded model: phonemes to frames (prosody), frames to samples (decoder)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError
from .folder import BUILTIN, CARD, DECODER, PROSODY, VOICES, ModelCard, read_card, verify
from .session import Session, Stop, Tensor, open_session
from .voices import DECODER_STYLE, Voices, read_voices

PROSODY_OUTPUTS = {"features", "f0", "energy", "durations"}


@dataclass(frozen=True, slots=True)
class Prosody:
    """How an utterance will be said.

    ``features`` float32 [1, C, T]; ``f0`` (Hz, 0 where unvoiced) and ``energy`` (rises with loudness) float32
    [1, rT], r points to a frame; ``durations`` int64 [L + 2], of each phoneme and both paddings; ``style`` float32
    [1, 256].
    """

    features: NDArray[np.float32]
    f0: NDArray[np.float32]
    energy: NDArray[np.float32]
    durations: NDArray[np.int64]
    style: NDArray[np.float32]

    @property
    def frames(self) -> int:
        """T."""
        return int(self.features.shape[2])


class KokoroModel:
    """A model folder in memory. Every method blocks and may be called from any thread."""

    def __init__(self, card: ModelCard, prosody: Session, decoder: Session, voices: Voices) -> None:
        if missing := PROSODY_OUTPUTS - set(prosody.outputs):
            raise ModelError(f"{PROSODY} of {card.name} lacks the outputs {', '.join(sorted(missing))}")
        self.card = card
        self.voices = voices
        self._prosody = prosody
        self._decoder = decoder

    @classmethod
    def load(cls, folder: Path = BUILTIN, *, threads: int = 1, verified: bool = False) -> KokoroModel:
        """Read a model folder; ``verified`` compares checksums first. Raises `ModelError`."""
        card = read_card(folder)
        if verified:
            verify(folder, card)
        voices = Voices(read_voices(folder / VOICES), card.default_voice)
        if not card.vocabulary:
            raise ModelError(f"{folder / CARD}: the vocabulary is empty")
        return cls(card, open_session(folder / PROSODY, threads), open_session(folder / DECODER, threads), voices)

    @property
    def provider(self) -> str:
        """The execution provider that computes the decoder."""
        return self._decoder.provider

    def ids(self, phonemes: str) -> NDArray[np.int64]:
        """int64 [1, L + 2]: token ids with padding at both ends. Raises `ModelError` for an unknown symbol."""
        unknown = set(phonemes) - self.card.vocabulary.keys()
        if unknown:
            raise ModelError(f"{self.card.name} has no token for {', '.join(sorted(map(repr, unknown)))}")
        return np.array([[0, *(self.card.vocabulary[symbol] for symbol in phonemes), 0]], np.int64)

    def prosody(self, phonemes: str, voice: str, speed: float, stop: Stop | None = None) -> Prosody:
        """The prosody of a whole segment. ``phonemes`` has at most `ModelCard.token_limit` symbols.

        Raises `InputError` for the voice, `ModelError` for the phonemes, `StoppedError`.
        """
        if len(phonemes) > self.card.token_limit:
            raise ModelError(f"{len(phonemes)} phonemes exceed the {self.card.token_limit} of {self.card.name}")
        style = self.voices.style(voice, len(phonemes))
        inputs: dict[str, Tensor] = {
            "input_ids": self.ids(phonemes),
            "style": style,
            "speed": np.array([speed], np.float32),
        }
        out = self._prosody.run(inputs, stop)
        return Prosody(out["features"], out["f0"], out["energy"], out["durations"].reshape(-1), style)

    def decode(self, prosody: Prosody, frames: slice, stop: Stop | None = None) -> NDArray[np.float32]:
        """float32 [n * samples_per_frame]: the samples of n consecutive frames. Raises `StoppedError`."""
        rate = prosody.f0.shape[1] // prosody.frames
        curve = slice(frames.start * rate, frames.stop * rate)
        inputs: dict[str, Tensor] = {
            "features": prosody.features[:, :, frames],
            "f0": prosody.f0[:, curve],
            "energy": prosody.energy[:, curve],
            "style": prosody.style[:, DECODER_STYLE],
        }
        samples: NDArray[np.float32] = self._decoder.run(inputs, stop)["samples"].reshape(-1)
        return samples
