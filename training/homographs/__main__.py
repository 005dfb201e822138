"""Train the classifier and write its weights: ``python -m training.homographs DATA OUT``.

DATA is the folder of the training split of the WikipediaHomographData, with a .tsv file for each word.
"""

from __future__ import annotations

import argparse
import gzip
from pathlib import Path

import msgspec

from kokoro_stream.phonemes.classifier import Weights
from kokoro_stream.phonemes.misaki import Misaki

from .data import Reader
from .model import Model, fit

SCALE = 20
SMALLEST = 0.15  # weights below are left out


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("out", type=Path, metavar="OUT", help="homographs.json.gz")
    options = parser.parse_args()
    reader = Reader(Misaki())
    examples = [*reader.data(options.data), *reader.plain(options.data), *reader.talk()]
    packed = pack(fit(examples))
    options.out.write_bytes(packed)
    print(f"{len(examples):,} examples, {len(packed):,} bytes")


def pack(model: Model) -> bytes:
    """The file that holds ``model``."""
    own = {word: msgspec.Raw(msgspec.json.encode(_rounded(weights))) for word, weights in model.own.items()}
    return gzip.compress(msgspec.json.encode(Weights(SCALE, _rounded(model.shared), own)), mtime=0)


def _rounded(weights: dict[str, dict[str, float]]) -> dict[str, dict[str, int]]:
    rows = {
        name: {column: round(weight * SCALE) for column, weight in row.items() if abs(weight) >= SMALLEST}
        for name, row in weights.items()
    }
    return {name: row for name, row in rows.items() if row}


if __name__ == "__main__":
    main()
