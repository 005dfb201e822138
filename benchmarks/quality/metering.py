"""The benchmark's side of the meters' process. What has been measured once is not measured again."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from .manifest import Item, Scores

ROOT = Path(__file__).parents[2]  # where `python -m benchmarks…` works
MANIFEST, MEASURED = "manifest.jsonl", "measured.jsonl"


def measured(items: Sequence[Item], work: Path, python: str, whisper: Path) -> dict[str, Scores]:
    """The scores of each item by its id, from the interpreter ``python``. RuntimeError when the meters fail.

    ``work`` holds the recordings; the manifest is written there too, and every score under the checksum of what was
    measured.
    """
    (work / MANIFEST).write_text("".join(f"{item.to_json()}\n" for item in items), "utf-8")
    known = {scores.id: scores for scores in _read(work / MEASURED)}
    keys = {item.id: _key(item, work) for item in items if item.measures}
    done = {*known}
    new = {key: item for item in items if (key := keys.get(item.id)) is not None and key not in done}
    known |= {
        scores.id: scores
        for scores in _listen([replace(item, id=key) for key, item in new.items()], work, python, whisper)
    }
    return {
        item.id: replace(known[keys[item.id]], id=item.id) if item.id in keys else Scores(item.id) for item in items
    }


def _listen(items: Sequence[Item], work: Path, python: str, whisper: Path) -> Iterable[Scores]:
    if not items:
        return
    asked = work / "asked.jsonl"
    asked.write_text("".join(f"{item.to_json()}\n" for item in items), "utf-8")
    command = [python, "-m", f"{__package__}.meter", str(work.resolve()), str(whisper.resolve())]
    with (
        asked.open("rb") as questions,
        (work / MEASURED).open("a", encoding="utf-8") as record,
        subprocess.Popen(command, stdin=questions, stdout=subprocess.PIPE, cwd=ROOT, text=True) as process,
    ):
        assert process.stdout is not None
        for number, line in enumerate(process.stdout, start=1):
            record.write(line)
            record.flush()
            if number % 20 == 0 or number == len(items):
                print(f"{number} of {len(items)} recordings measured", file=sys.stderr, flush=True)
            yield Scores.from_json(line)
    if process.returncode:
        raise RuntimeError(f"the meters ended with status {process.returncode}; see what they wrote above")


def _read(path: Path) -> list[Scores]:
    return [Scores.from_json(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def _key(item: Item, work: Path) -> str:
    """Of the recordings and of what is asked."""
    digest = hashlib.sha256(repr((item.measures, item.language)).encode())
    for name in filter(None, (item.wav, item.reference)):
        digest.update((work / name).read_bytes())
    return digest.hexdigest()
