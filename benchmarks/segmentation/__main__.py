"""``python -m benchmarks.segmentation [--json] [--python PEERS_PYTHON]``; `make segmentation` installs the peers.

Every contestant gets the same texts, four characters at a time, behind its published interface and in a process of
its own. Those that join short sentences by default also run with that turned off ("shortest"); those that may end the
first segment at a clause also run so, and are compared in that only ("low", "quick"). pysbd takes whole texts: nothing
is out before the end. stream2sentence's other tokenizers (nltk, stanza) need models from the network; it runs with its
default, its rules.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from ..report import publish
from .splitters import SPLITTERS

ROOT = Path(__file__).parents[2]
COLUMNS = {
    "first": "first out after",
    "behind": "behind an end",
    "english_before_missing": "missing",
    "english_before_spurious": "spurious",
    "english_after_missing": "missing, unseen",
    "english_after_spurious": "spurious, unseen",
    "others_before_missing": "others: missing",
    "others_before_spurious": "spurious",
    "others_after_missing": "missing, unseen",
    "others_after_spurious": "spurious, unseen",
    "us_per_character": "µs/char",
    "endless_ms": "10k: ms",
    "endless_longest": "longest",
    "endless_lost": "lost",
}
TIMEOUT_SECONDS = 600


def measured(name: str, python: str) -> dict[str, Any]:
    """The contestant's figures and version. CalledProcessError when it fails; what it wrote is on the terminal."""
    command = [sys.executable if name.startswith("ours") else python, "-m", f"{__package__}.worker", name]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT, timeout=TIMEOUT_SECONDS)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def show(results: dict[str, dict[str, Any]]) -> None:
    """A row for each contestant."""
    table = Table(title="segmentation")
    for column in ("", *COLUMNS.values()):
        table.add_column(column, justify="right" if column else "left")
    for name, figures in results.items():
        table.add_row(name, *(str(figures.get(key, "–")) for key in COLUMNS))
    Console(width=200).print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--python", default=".venv-splitters/bin/python", help="interpreter that has the peers")
    parser.add_argument("--only", nargs="*", choices=[*SPLITTERS], default=[*SPLITTERS], help="contestants")
    options = parser.parse_args()
    answers = {name: measured(name, options.python) for name in options.only}
    results = {name: answer["figures"] for name, answer in answers.items()}
    versions = {package: number for answer in answers.values() for package, number in answer["version"].items()}
    if not options.json:
        show(results)
    figures = {f"{name}: {key}": value for name, found in results.items() for key, value in found.items()}
    publish("segmentation", figures, as_json=options.json, versions=versions)


if __name__ == "__main__":
    main()
