"""How long a fresh process takes to its first phonemes, and how much memory, beside numpy and onnxruntime.

Run as a program it is that process: it prints one JSON object.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

from ..memory import peak_rss_mb

RUNS = 5


def figures() -> dict[str, float]:
    """The best of some runs, each a process of its own."""
    runs = [_run() for _ in range(RUNS)]
    return {name: min(run[name] for run in runs) for name in runs[0]}


def _run() -> dict[str, float]:
    shown = subprocess.run([sys.executable, "-m", __name__], capture_output=True, check=True).stdout
    found: dict[str, float] = json.loads(shown)
    return found


def _measured() -> dict[str, float]:
    # Every speech needs these two, whoever reads the text.
    import numpy  # noqa: F401  # what is measured
    import onnxruntime  # noqa: F401

    before, start = peak_rss_mb(), time.perf_counter()
    from kokoro_stream.front_end import FrontEnd
    from kokoro_stream.phonemes.languages import phonemizer

    imported = time.perf_counter()
    front_end = FrontEnd(phonemizer("en-us"), "balanced", 510)
    lines = [*front_end.feed("Hello there, how can I help you today?"), *front_end.flush()]
    done, after = time.perf_counter(), peak_rss_mb()
    if not lines:
        raise RuntimeError("nothing was said")
    return {
        "cold_start_ms": round((done - start) * 1000),
        "cold_start_of_this_import_ms": round((imported - start) * 1000),
        "rss_mb": after,
        "rss_of_front_end_mb": after - before,
    }


if __name__ == "__main__":
    print(json.dumps(_measured()))
