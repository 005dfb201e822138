"""The voices of one teacher: points in the space of pitch, formants, breath and pace that the graphs understand.

A style is zero where the teacher's own voice is meant; every column is a logarithm or a power, so blending two styles
gives the voice between them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STYLE = 256
# Columns of the decoder's half …
FORMANTS, BREATH, TILT = 0, 1, 2
# … and of the prosody's.
PITCH, RANGE, PACE = 128, 129, 130


@dataclass(frozen=True, slots=True)
class Speaker:
    """``pitch``, ``formants`` and ``pace`` are factors (1 as taught), ``range`` scales how far pitch moves, ``limit``
    the frequency above which voiced sounds become breathy, ``tilt`` adds (+) or takes brightness.
    """

    pitch: float = 1.0
    formants: float = 1.0
    pace: float = 1.0
    range: float = 1.0
    limit: float = 1.0
    tilt: float = 0.0

    def style(self) -> NDArray[np.float32]:
        """float32 [1, 256]."""
        row = np.zeros((1, STYLE), np.float32)
        row[0, FORMANTS] = math.log(self.formants)
        row[0, BREATH] = math.log(self.limit)
        row[0, TILT] = self.tilt
        row[0, PITCH] = math.log(self.pitch)
        row[0, RANGE] = math.log(self.range)
        row[0, PACE] = math.log(self.pace)
        return row


SPEAKERS = {
    "af_clara": Speaker(),
    "af_june": Speaker(pitch=1.1, formants=0.97, range=1.15, tilt=0.1),
    "am_otto": Speaker(pitch=0.58, formants=0.86, range=1.05, limit=1.1),
    "am_felix": Speaker(pitch=0.68, formants=0.91, range=1.2, pace=1.02, limit=1.1, tilt=0.05),
}
DEFAULT = "af_clara"
