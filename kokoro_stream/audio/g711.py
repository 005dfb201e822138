"""ITU-T G.711: µ-law and A-law as tables.

Levels are on the scale of int16, as everywhere outside the telephone network (the recommendation's own 14- and 13-bit
levels times 4 and 8). Encoding takes the nearest level; of two equally near the upper one, so silence becomes
0xFF (µ-law) and 0xD5 (A-law).
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Law = Literal["mulaw", "alaw"]

MULAW_BIAS = 132  # 33 of the recommendation's table 2, times 4


def encode(levels: NDArray[np.int16], law: Law) -> NDArray[np.uint8]:
    """The code nearest to each int16 level."""
    return _codes(law)[levels.astype(np.int32) + 32768]


def decode(codes: NDArray[np.uint8], law: Law) -> NDArray[np.int16]:
    """The int16 level each code stands for."""
    return _levels(law)[codes]


@cache
def _levels(law: Law) -> NDArray[np.int16]:
    """int16 [256]: code -> level."""
    # Table 2 inverts every transmitted bit of µ-law, table 1 every other bit of A-law.
    code = np.arange(256) ^ (0xFF if law == "mulaw" else 0x55)
    positive = (code & 0x80 == 0) if law == "mulaw" else (code & 0x80 != 0)
    segment, step = (code >> 4) & 7, code & 15
    if law == "mulaw":
        magnitude = (((step << 3) + MULAW_BIAS) << segment) - MULAW_BIAS
    else:
        magnitude = np.where(segment == 0, (step << 4) + 8, ((step << 4) + 264) << np.maximum(segment - 1, 0))
    return np.where(positive, magnitude, -magnitude).astype(np.int16)


@cache
def _codes(law: Law) -> NDArray[np.uint8]:
    """uint8 [65536]: int16 level + 32768 -> code."""
    # Seen backwards, unique() meets µ-law's positive zero (0xFF) before its negative one (0x7F).
    levels, backwards = np.unique(_levels(law)[::-1].astype(np.int32), return_index=True)
    first_nearest = (levels[:-1] + levels[1:]) // 2  # exact: every level is even
    spans = np.diff(first_nearest, prepend=-32768, append=32768)
    return np.repeat((255 - backwards).astype(np.uint8), spans)
