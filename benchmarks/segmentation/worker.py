"""``python -m benchmarks.segmentation.worker NAME``: a contestant's figures as one JSON object.

Runs in the interpreter that has the contestant. Nothing here but `splitters` knows a foreign package, and only the
contestant's own is imported.
"""

from __future__ import annotations

import json
import logging
import sys
from importlib.metadata import version
from pathlib import Path

from .corpus import read, unpunctuated
from .score import cuts, endless, soon, speed
from .splitters import EARLY, PACKAGES, SPLITTERS

LANGUAGES = ("english", "others")
ENDLESS = 10_000  # characters
PROSE = Path(__file__).parents[1] / "data" / "heldout.txt"


def prose() -> str:
    """Ordinary text, with sentences of ordinary length, as one paragraph."""
    return " ".join(PROSE.read_text("utf-8").split())


def figures(name: str) -> dict[str, float | int | str]:
    """All that is measured of the contestant."""
    splitter = SPLITTERS[name]()
    english = read("english_before") + read("english_after")
    sooner = soon(splitter, english)
    found: dict[str, float | int | str] = {"first": round(sooner.first, 1)}
    if name not in EARLY:
        found["behind"] = round(sooner.behind, 1)
        for languages in LANGUAGES:
            for half in ("before", "after"):
                counted = cuts(splitter, read(f"{languages}_{half}"))
                found |= {f"{languages}_{half}_{key}": value for key, value in counted.items()}
    found["us_per_character"] = round(speed(splitter, [*(paragraph.text for paragraph in english), prose()]), 3)
    found |= endless(splitter, unpunctuated(english, ENDLESS))
    return found


def main() -> None:
    logging.disable()
    name = sys.argv[1]
    package = PACKAGES[name.partition(",")[0]]
    print(json.dumps({"figures": figures(name), "version": {package: version(package)}}))


if __name__ == "__main__":
    main()
