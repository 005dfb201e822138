"""The voice that the built-in voice learned from: Festival's cmu_us_slt_arctic_hts."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

VOICE = "cmu_us_slt_arctic_hts"
REMEDY = "Debian: apt-get install festival festvox-us-slt-hts"


def is_installed() -> bool:
    return shutil.which("text2wave") is not None and Path("/usr/share/festival/voices/us", VOICE).is_dir()


def say(sentence: str) -> tuple[NDArray[np.float32], int]:
    """Mono samples (−1…1) and their rate in Hz."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "said.wav")
        command = ["text2wave", "-o", str(path), "-eval", f"(voice_{VOICE})"]
        subprocess.run(command, input=sentence.encode(), check=True, capture_output=True)
        with wave.open(str(path), "rb") as file:
            pcm = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
            return pcm.astype(np.float32) / np.float32(32768), file.getframerate()
