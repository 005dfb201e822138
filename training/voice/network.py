"""The student: phonemes to durations, pitch, voicing, energy and mel-cepstra. Convolutions only; 20 ms steps.

`Prosody` sees the whole segment and decides when, how high and how loud; `Timbre` sees a stretch of its frames and
decides the spectrum. The border between them is the border between prosody.onnx and decoder.onnx.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

SYMBOLS = 178
TOKEN, FRAME = 160, 192  # channels of the token and the frame convolutions
ENCODER_DILATIONS = (1, 2, 4, 8, 16, 1)  # a reach of 32 symbols to each side: about six words
PROSODY_DILATIONS = (1, 2)
TIMBRE_DILATIONS = (1, 2, 1, 1)
UNITS_PER_STEP = 4  # durations are counted in 5 ms units, a step is 20 ms
FRAMES_PER_STEP = 2  # curves and spectra come every 10 ms
SPECTRUM = 44  # mel-cepstra without c0
PLACE = 4  # numbers that tell where in its token a unit lies


class Block(nn.Module):
    """Residual convolution of width 3 over time, [B, T, C] → [B, T, C]; starts as the identity.

    Written as a product over shifted copies: channels stay last, where matrix products and normalisation want them.
    """

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.dilation = dilation
        self.mix = nn.Linear(3 * channels, channels)
        self.norm = nn.LayerNorm(channels)
        self.out = nn.Linear(channels, channels)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        padded = functional.pad(x, (0, 0, self.dilation, self.dilation))
        near = torch.cat([padded[:, : -2 * self.dilation], x, padded[:, 2 * self.dilation :]], -1)
        y: Tensor = (x + self.out(functional.silu(self.norm(self.mix(near))))) * mask
        return y


class Prosody(nn.Module):
    """Tokens to durations, and tokens laid out in time to frame features and curves."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(SYMBOLS, TOKEN)
        self.encoder = nn.ModuleList(Block(TOKEN, dilation) for dilation in ENCODER_DILATIONS)
        self.duration = nn.Sequential(nn.Linear(TOKEN, 128), nn.SiLU(), nn.Linear(128, 1))
        self.enter = nn.Linear(2 * (TOKEN + PLACE), FRAME)
        self.frames = nn.ModuleList(Block(FRAME, dilation) for dilation in PROSODY_DILATIONS)
        self.curves = nn.Linear(FRAME, 3 * FRAMES_PER_STEP)

    def encode(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """ids int64 [B, L], mask float [B, L, 1] → token features [B, L, TOKEN], log1p of durations in units [B, L]."""
        x = self.embedding(ids) * mask
        for block in self.encoder:
            x = block(x, mask)
        return x, self.duration(x)[..., 0]

    def lay_out(self, tokens: Tensor, owner: Tensor, place: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """tokens [B, L, TOKEN]; owner int64 [B, 2T], the token of the 2nd and 4th unit of each step; place
        [B, 2T, PLACE]; mask [B, T, 1] → features [B, T, FRAME], curves [B, 2T, 3] (log F0, voicing logit, log RMS;
        standardised).
        """
        spread = torch.gather(tokens, 1, owner[..., None].expand(-1, -1, tokens.shape[-1]))
        paired = torch.cat([spread, place], -1)
        x = self.enter(paired.reshape(paired.shape[0], -1, 2 * (TOKEN + PLACE))) * mask
        for block in self.frames:
            x = block(x, mask)
        return x, self.curves(x).reshape(x.shape[0], -1, 3)


class Timbre(nn.Module):
    """Frame features to standardised mel-cepstra."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block(FRAME, dilation) for dilation in TIMBRE_DILATIONS)
        self.norm = nn.LayerNorm(FRAME)
        self.out = nn.Linear(FRAME, SPECTRUM * FRAMES_PER_STEP)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """[B, T, FRAME] → [B, 2T, SPECTRUM]."""
        for block in self.blocks:
            x = block(x, mask)
        y: Tensor = self.out(self.norm(x))
        return y.reshape(x.shape[0], -1, SPECTRUM)


def placed(starts: Tensor, lengths: Tensor, units: Tensor) -> Tensor:
    """Where units lie in their tokens. ``starts``, ``lengths`` (in units, float) and ``units`` (index), all [...], are
    those of the unit's token → [..., PLACE]: share passed, units passed, units left, length (compressed).
    """
    passed = units - starts + 0.5
    left = starts + lengths - units - 0.5
    scale = 20.0  # 100 ms
    return torch.stack(
        [
            passed / lengths.clamp(min=1.0),
            torch.tanh(passed / scale),
            torch.tanh(left / scale),
            torch.log(1 + lengths) / 4,
        ],
        -1,
    )
