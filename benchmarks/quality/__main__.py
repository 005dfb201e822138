"""``python -m benchmarks.quality FOLDER --python METERS_PYTHON``; `make quality MODEL=FOLDER` installs the meters, too.

FOLDER is one that `make kokoro` wrote. It is cut once, into ``FOLDER/cut``: remove that to have it cut again. What is
rendered lies in ``--work``, with what the meters said of it: the uncut graph's part is computed and measured once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from ..packages import FetchError
from ..report import Figures, publish
from . import fidelity, languages, short, steadiness, times, whisper
from .manifest import Item, Scores
from .metering import measured
from .studio import Studio
from .texts import VOICES


@dataclass(frozen=True, slots=True)
class Section:
    """What one renders, by voices and number of texts, and the figures it makes of the scores."""

    items: Callable[[Studio, Sequence[str], int], Iterator[Item]]
    figures: Callable[[Sequence[Item], Mapping[str, Scores]], Figures]
    sentences: int


SECTIONS = {
    "fidelity": Section(fidelity.items, fidelity.figures, fidelity.SENTENCES),
    "short": Section(short.items, short.figures, short.SENTENCES),
    "times": Section(times.items, times.figures, times.SENTENCES),
    "steadiness": Section(steadiness.items, steadiness.figures, steadiness.SENTENCES),
    "languages": Section(languages.items, languages.figures, languages.SENTENCES),
}


def main() -> None:
    options = _arguments()
    work: Path = options.work
    work.mkdir(parents=True, exist_ok=True)
    try:
        model = whisper.fetched(options.whisper)
    except FetchError as error:
        sys.exit(str(error))
    studio = Studio(options.folder, work, options.threads, options.python)
    items: list[Item] = []
    for name in options.only:
        section = SECTIONS[name]
        _tell(f"rendering {name}")
        items += section.items(
            studio, options.voice or VOICES[: options.voices], options.sentences or section.sentences
        )
    scores = measured(items, work, options.python, model)
    for name, own in groupby(items, key=lambda item: item.section):
        publish(f"quality: {name}", SECTIONS[name].figures(list(own), scores), as_json=options.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--python", default=".venv-quality/bin/python", help="interpreter that has the meters")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), help="sections; default all")
    parser.add_argument("--voices", type=int, default=len(VOICES), help="how many")
    parser.add_argument("--voice", nargs="+", help="these voices instead")
    parser.add_argument(
        "--sentences", type=int, default=0, help="texts of each voice; default the section's own number"
    )
    parser.add_argument("--threads", type=int, default=0, help="of the models; default all cores")
    parser.add_argument("--work", type=Path, default=Path("data/quality"), help="where recordings are kept")
    parser.add_argument("--whisper", type=Path, default=Path("data/whisper-base"), help="where the recogniser is kept")
    parser.add_argument("--json", action="store_true", help="one JSON object a section instead of tables")
    return parser.parse_args()


def _tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
