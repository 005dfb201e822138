"""The network: letters → two phoneme slots a letter, trained by connectionist temporal classification.

Two convolutions see a letter's neighbours, two layers of bidirectional LSTM the whole word (stress depends on its
end). Each letter writes into `SYMBOLS_PER_LETTER` slots; a slot holds a phoneme, a stress mark or nothing, and equal
neighbours are one. The first layer writes a draft that the second one reads, so that slots agree with each other: on
their own they would not know where a neighbour has put the stress. Batches hold words of one length, so that no padding
is ever seen.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from kokoro_stream.phonemes.spelling import LETTERS
from kokoro_stream.phonemes.vocabulary import VOCABULARY

from .words import KINDS, SYMBOLS_PER_LETTER

WIDTH = 160  # 1.3 million weights in all: 1.4 MB as 8-bit integers
DROPOUT = 0.15


class Network(nn.Module):  # type: ignore[misc, unused-ignore]  # torch is untyped where it is not installed
    """``phonemes`` are the symbols it can write; class 0 is "nothing", class i + 1 is ``phonemes[i]``."""

    def __init__(self, phonemes: str) -> None:
        super().__init__()
        self.phonemes = phonemes
        self.classes = 1 + len(phonemes)
        slots = SYMBOLS_PER_LETTER * self.classes
        self.letter = nn.Embedding(1 + len(LETTERS), WIDTH)
        self.kind = nn.Embedding(len(KINDS), WIDTH)
        self.near = nn.Conv1d(WIDTH, WIDTH, 5, padding=2)
        self.nearer = nn.Conv1d(WIDTH, WIDTH, 3, padding=1)
        self.first = nn.LSTM(WIDTH, WIDTH, batch_first=True, bidirectional=True)
        self.draft = nn.Linear(2 * WIDTH, slots)
        self.reread = nn.Linear(slots, 2 * WIDTH, bias=False)
        self.second = nn.LSTM(2 * WIDTH, WIDTH, batch_first=True, bidirectional=True)
        self.slots = nn.Linear(2 * WIDTH, slots)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, letters: Tensor, kind: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (batch, slots, classes), and the draft's, of ``letters`` (batch, length) and ``kind`` (batch,)."""
        words, length = letters.shape
        x = self.letter(letters) + self.kind(kind).unsqueeze(1)
        x = x + functional.relu(self.near(x.transpose(1, 2)).transpose(1, 2))
        x = x + functional.relu(self.nearer(x.transpose(1, 2)).transpose(1, 2))
        x, _ = self.first(self.dropout(x))
        x = self.dropout(x)
        draft = self.draft(x).reshape(words, length * SYMBOLS_PER_LETTER, self.classes)
        x = x + self.reread(draft.softmax(-1).reshape(words, length, SYMBOLS_PER_LETTER * self.classes))
        x, _ = self.second(x)
        return self.slots(self.dropout(x)).reshape(draft.shape), draft


class Speller(nn.Module):  # type: ignore[misc, unused-ignore]
    """What is exported: letters → ids of Kokoro's vocabulary, 0 where a slot holds nothing.

    The slot that is most likely to hold the main stress holds it, and no other does: a word has exactly one.
    """

    ids: Tensor

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        self.stress = 1 + network.phonemes.index("ˈ")
        self.register_buffer("ids", torch.tensor([0, *(VOCABULARY[phoneme] for phoneme in network.phonemes)]))

    def forward(self, letters: Tensor, kind: Tensor) -> Tensor:
        """Ids (batch, slots) int64."""
        slots, _ = self.network(letters, kind)
        chances = slots.log_softmax(-1)
        stress = chances[:, :, self.stress]
        stressed = stress == stress.max(1, keepdim=True).values
        others = torch.cat([chances[:, :, : self.stress], chances[:, :, self.stress + 1 :]], 2).argmax(-1)
        others = others + (others >= self.stress)
        return self.ids[torch.where(stressed, self.stress, others)]
