"""How much memory this process has taken. Standard library only."""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def rss_mb() -> float:
    """The memory that is resident now, in megabytes; 0 where the kernel does not tell."""
    found = re.search(r"^VmRSS:\s+(\d+) kB$", STATUS.read_text("ascii", "replace"), re.M) if STATUS.exists() else None
    return round(int(found[1]) * 1024 / 1e6) if found else 0


def peak_rss_mb() -> float:
    """The most memory that was resident at one time, in megabytes.

    Where the kernel tells it of the program alone, that is taken: getrusage also counts what the process that started
    it had in memory when it forked.
    """
    if STATUS.exists() and (found := re.search(r"^VmHWM:\s+(\d+) kB$", STATUS.read_text("ascii", "replace"), re.M)):
        return round(int(found[1]) * 1024 / 1e6)
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6)
