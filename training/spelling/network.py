"""The network: letters → two phoneme slots a letter, trained by connectionist temporal classification.

Two convolutions see a letter's neighbours, two layers of bidirectional LSTM the whole word (stress depends on its
end). Each letter writes into `SYMBOLS_PER_LETTER` slots; a slot holds a phoneme, a stress mark or nothing, and equal
neighbours are one. Batches hold words of one length, so that no padding is ever seen.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from kokoro_stream.phonemes.spelling import LETTERS
from kokoro_stream.phonemes.vocabulary import VOCABULARY

from .words import ACCENTS, SYMBOLS_PER_LETTER

WIDTH = 128  # 0.82 million weights in all: 0.85 MB as 8-bit integers


class Network(nn.Module):  # type: ignore[misc, unused-ignore]  # torch is untyped where it is not installed
    """``phonemes`` are the symbols it can write; class 0 is "nothing", class i + 1 is ``phonemes[i]``."""

    def __init__(self, phonemes: str) -> None:
        super().__init__()
        self.phonemes = phonemes
        self.letter = nn.Embedding(1 + len(LETTERS), WIDTH)
        self.accent = nn.Embedding(len(ACCENTS), WIDTH)
        self.near = nn.Conv1d(WIDTH, WIDTH, 5, padding=2)
        self.nearer = nn.Conv1d(WIDTH, WIDTH, 3, padding=1)
        self.word = nn.LSTM(WIDTH, WIDTH, num_layers=2, batch_first=True, bidirectional=True, dropout=0.1)
        self.slots = nn.Linear(2 * WIDTH, SYMBOLS_PER_LETTER * (1 + len(phonemes)))
        self.dropout = nn.Dropout(0.1)

    def forward(self, letters: Tensor, accent: Tensor) -> Tensor:
        """Logits (batch, slots, classes) of ``letters`` (batch, length) int64 and ``accent`` (batch,) int64."""
        x = self.letter(letters) + self.accent(accent).unsqueeze(1)
        x = x + functional.relu(self.near(x.transpose(1, 2)).transpose(1, 2))
        x = x + functional.relu(self.nearer(x.transpose(1, 2)).transpose(1, 2))
        x, _ = self.word(x)
        slots = self.slots(self.dropout(x))
        return slots.reshape(letters.shape[0], letters.shape[1] * SYMBOLS_PER_LETTER, 1 + len(self.phonemes))


class Speller(nn.Module):  # type: ignore[misc, unused-ignore]
    """What is exported: letters → ids of Kokoro's vocabulary, 0 where a slot holds nothing."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("ids", torch.tensor([0, *(VOCABULARY[phoneme] for phoneme in network.phonemes)]))

    def forward(self, letters: Tensor, accent: Tensor) -> Tensor:
        """Ids (batch, slots) int64."""
        return self.ids[self.network(letters, accent).argmax(-1)]
