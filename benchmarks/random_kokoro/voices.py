"""Random voices: style tables under real names."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NAMES = ("af_heart", "af_bella", "am_adam", "am_michael", "bf_emma", "bm_george")
ROWS, STYLE = 510, 256
SPREAD = 0.2  # standard deviation of a style's numbers, about that of the published voices
DRIFT = 0.05  # how far a row strays from the voice's mean
STEP = 1 / 1024  # numbers are multiples of it, so that the file compresses


def tables(seed: int, names: tuple[str, ...] = NAMES) -> dict[str, NDArray[np.float32]]:
    """float32 [510, 1, 256] for each name; neighbouring rows are nearly equal, as in the published files."""
    made = {}
    for number, name in enumerate(names):
        random = np.random.default_rng([seed, number])
        place = np.linspace(0.0, 1.0, ROWS)[:, None]
        waves = np.cos(np.pi * place * np.arange(1, 4)) @ random.normal(size=(3, STYLE)) / np.sqrt(3)
        table = SPREAD * random.normal(size=STYLE) + DRIFT * waves
        made[name] = (np.round(table / STEP) * STEP).astype(np.float32)[:, None, :]
    return made


def pitch(name: str) -> float:
    """Hz; the second letter of a name tells women from men."""
    return 200.0 if name[1] == "f" else 115.0
