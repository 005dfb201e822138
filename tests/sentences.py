"""Sentences of all shapes, drawn from tables: enough of them to hold a property against."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

WORDS = {  # "_" is a space within an entry
    "the": "the a an this my your every some no the the to in of his their another",
    "noun": (
        "apple record house use lead hour project object tear minute wind answer orange island contract permit IT US "
        "NASA GitHub API uncle umbrella user hourglass engine update entrance desert bow bass live-stream kitchen "
        "café Kubernetes Zorblax Łukasz sow invalid present content close end issue export MP3 x264 state-of-the-art"
    ),
    "verb": (
        "read live use record close lead object wind tear present permit export import open answer ask eat update end "
        "refuse produce perfect separate estimate graduate contract project read read"
    ),
    "past": "used wanted had got went needed tried is was has read lived learned heard",
    "adjective": "old odd new live close invalid separate perfect easy honest used unique American absent present",
    "name": "Anna Dr._Smith Apple U.S. Ms._O'Neill IBM Mr._Owens St._Louis Al Mt._Everest King_Charles_III",
    "number": (
        "5 1984 2.5 1,000 21st 3rd 007 $5 £3.50 $1.2_million 10_km 50% 10:30_pm 5_ft_10_in 1990–1995 ½ #1 -5_°C 3/4 "
        "v2.0.1 May_5 $100K 24/7 3_x_4 10_a.m."
    ),
    "link": "and or but because which that when while if so, to in order to as used to",
    "mark": ", , ,   — ; : , ( ) “ ” \" … ' / -",
    "end": ". . . ? ! … .” ?! .) etc. ",
    "of": "to in of at by for with from into as to to to in",
    "adverb": "always even up out in only also again here now",
    "emoji": "😀 世界 × ∑ ² = & @anna #tag C++ e.g. i.e. vs. etc. a.m.",
}
TABLES = {name: [word.replace("_", " ") for word in words.split(" ")] for name, words in WORDS.items()}
SHAPES = (
    "the adjective noun past of the noun link the noun past the noun end",
    "name past of verb the noun mark link name past of verb the adjective noun end",
    "verb the noun of the adjective noun mark verb the noun end",
    "the noun that name past of verb past adjective mark link adverb verb the noun of number end",
    "name past number noun of number link the noun past adverb adjective end",
    "of verb the noun mark the noun past of verb mark adverb the noun end",
    "name past adverb of verb number mark number link number noun mark past the end",
    "emoji the noun emoji past of emoji the adjective emoji noun emoji end",
    "past name of the of the a the to a the in a an in the noun end",
    "mark the noun mark past mark of mark verb mark the mark adjective mark noun mark end",
)  # fmt: skip
REPOSITORY = Path(__file__).parent.parent
PROSE = ("README.md", "CHANGELOG.md", "protocols/README.md", "benchmarks/replies.py", "benchmarks/demo/reply.py")


def drawn(count: int, seed: int = 0) -> Iterator[str]:
    """That many sentences that no one would write, the same ones at every call."""
    random_ = random.Random(seed)
    for _ in range(count):
        words = [random_.choice(TABLES[word]) if word in TABLES else word for word in random_.choice(SHAPES).split(" ")]
        if random_.random() < 0.05:
            words = [word.upper() for word in words]
        text = re.sub(r" (?=[,.;:?!…)”](?:\s|$))", "", " ".join(filter(None, words)))
        yield text[0].upper() + text[1:]


def written() -> list[str]:
    """Sentences that people have written: the prose of this repository, as plain text."""
    texts = [(REPOSITORY / name).read_text(encoding="utf-8") for name in PROSE if (REPOSITORY / name).exists()]
    lines = [line for text in texts for line in text.splitlines() if line.count(" ") > 3]
    return [sentence for line in lines for sentence in re.split(r"(?<=[.!?])\s+", line.strip()) if " " in sentence]
