from __future__ import annotations

import subprocess
import sys

from benchmarks.memory import peak_rss_mb, rss_mb


def test_memory_that_was_given_back_still_counts() -> None:
    before = peak_rss_mb()
    size = 50 * 1024 * 1024 + int(before * 1e6)
    taken = bytearray(size)
    taken[::4096] = b"x" * len(taken[::4096])
    del taken
    assert peak_rss_mb() >= size / 1e6


def test_what_the_starting_process_took_does_not_count() -> None:
    taken = bytearray(b"x") * (200 * 1024 * 1024)
    code = "from benchmarks.memory import peak_rss_mb; print(peak_rss_mb())"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(child.stdout) < len(taken) / 1e6


def test_memory_that_was_given_back_is_not_resident_any_more() -> None:
    taken = bytearray(b"x") * (200 * 1024 * 1024)
    full = rss_mb()
    del taken
    assert rss_mb() < full - 150 <= peak_rss_mb()
