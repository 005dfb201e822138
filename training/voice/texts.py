"""What the teacher is asked to say: sentences from a folder of text, and short replies composed here.

A folder of prose has few of the things an assistant says all day: one-word answers, questions, times, prices, lists.
Durations and pauses of short sentences are learnt from `replies`, a seeded composition of phrases of our own.
"""

from __future__ import annotations

import csv
import random
import re
import tomllib
import zlib
from collections.abc import Iterator
from pathlib import Path

SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)]*\s+")
SLOT = re.compile(r"\{([a-z]+)\d?\}")
LENGTHS = (8, 190)  # characters; longer ones cost memory in training and teach nothing new
STRANGE = re.compile(r"[\[\]{}<>@#^*_|~`\\=/\d$%&+]")  # numbers are learnt as the words they are read as

PHRASES = Path(__file__).with_name("phrases.toml")


def replies(count: int, seed: int = 0) -> list[str]:
    """``count`` different short replies, the same for the same seed: frames of ``phrases.toml`` filled with its words.

    A slot is named after its list; a digit tells two of a kind apart ("{noun} and {noun2}").
    """
    phrases = tomllib.loads(PHRASES.read_text(encoding="utf8"))
    rng = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        frame = rng.choice(phrases["frames"])
        text = SLOT.sub(lambda slot: rng.choice(phrases["words"][slot[1]]), frame)
        found[text[0].upper() + text[1:] if rng.random() < 0.8 else text] = None
    return list(found)


def words_alone(words: list[str], count: int, seed: int = 0) -> list[str]:
    """Groups of one to four lexicon words: every sound in many neighbourhoods, and words spoken alone."""
    rng = random.Random(seed)
    marks = [".", ".", ",", "!", "?", ":", "…", "—", ""]
    return [" ".join(rng.sample(words, rng.randint(1, 4))) + rng.choice(marks) for _ in range(count)]


def prose(folder: Path) -> Iterator[str]:
    """Sentences of every ``*.txt`` under ``folder``, and the ``sentence`` column of every ``*.tsv``, in path order."""
    for path in sorted(folder.rglob("*.txt")):
        for line in path.read_text(encoding="utf8").splitlines():
            yield from SENTENCE_END.split(line)
    for path in sorted(folder.rglob("*.tsv")):
        with path.open(encoding="utf8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                if row.get("sentence"):
                    yield str(row["sentence"])


def cleaned(text: str) -> str | None:
    """The sentence in plain punctuation, or None if it is not worth teaching."""
    for old, new in (("“", ""), ("”", ""), ('"', ""), ("’", "'"), ("‘", "'"), (" — ", ", "), ("—", ", "), ("–", "-")):
        text = text.replace(old, new)
    text = " ".join(text.split())
    plain = all(ord(character) < 0x250 for character in text)
    return text if plain and LENGTHS[0] <= len(text) <= LENGTHS[1] and not STRANGE.search(text) else None


def clauses(text: str) -> list[str]:
    """The sentence as it stands, or for one sentence in six, cut after its first inner comma: clauses come early."""
    comma = text.find(", ")
    if comma > 12 and len(text) - comma > 15 and zlib.crc32(text.encode()) % 6 == 0:
        return [text[: comma + 1], text[comma + 2 :]]
    return [text]


def corpus(folder: Path, held_out: set[str], sentences: int, short: int, words: list[str], seed: int = 0) -> list[str]:
    """A shuffled list: up to ``sentences`` from the folder, ``short`` replies, ``short`` groups of lexicon words.

    Sentences in ``held_out`` (compared without case and white space) are left out.
    """
    rng = random.Random(seed)
    known = {_key(text) for text in held_out}
    found = dict.fromkeys(text for raw in prose(folder) if (text := cleaned(raw)) and _key(text) not in known)
    chosen = sorted(found)
    rng.shuffle(chosen)
    kept = [part for text in chosen[:sentences] for part in clauses(text)]
    composed = [_opened(text) for text in replies(short, seed) if _key(text) not in known]
    everything = list(dict.fromkeys(kept + composed + words_alone(words, short, seed)))
    rng.shuffle(everything)
    return everything


def _opened(text: str) -> str:
    """The reply, one in eight without its last mark: text that was cut where nothing ends must be spoken too."""
    return text.rstrip(".!?;:,") if zlib.crc32(text.encode()) % 8 == 0 else text


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text.lower())
