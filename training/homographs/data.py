"""What the classifier learns from: examples of words among their neighbours."""

from __future__ import annotations

import csv
import itertools
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kokoro_stream.phonemes.misaki import Misaki
from kokoro_stream.phonemes.neighbours import Neighbours
from kokoro_stream.phonemes.tokens import Token, tokenize
from kokoro_stream.phonemes.variants import Kinds, kinds

TALK = 2.0  # how much one of our own sentences counts
MOST = 40  # examples of one plain word from an encyclopedia; more of the same teach no more

# The data files "he was upset" with "an upset", against the dictionaries.
_MISLABELLED = frozenset(("upset",))
_ENDINGS = {"vrb": ("VB",), "nou": ("NN",), "adj": ("JJ", "NN"), "adj-nou": ("NN", "JJ")}
_PARTS = {"vrb": "VD", "nou": "N", "adj": "J"}
_PLAIN: Kinds = {"NN": "N", "JJ": "J", "VB": "V", "VBD": "D"}


@dataclass(frozen=True, slots=True)
class Example:
    """A word among its neighbours, and those of its ``kinds`` (tag, part of speech) that are right there.

    ``word`` is empty for plain words: they teach where a part of speech stands, and nothing about themselves.
    """

    word: str
    near: Neighbours
    kinds: Kinds
    right: frozenset[tuple[str, str]]
    weight: float = 1.0


class Reader:
    """Makes examples of the data and of our own sentences."""

    def __init__(self, misaki: Misaki) -> None:
        self._misaki = misaki
        self._labels: dict[str, str] = _toml("labels.toml")
        self._plain = {word: part for part, words in _toml("plain.toml").items() for word in words.split()}

    def data(self, folder: Path) -> list[Example]:
        """The WikipediaHomographData in ``folder``, one file a word, in the order of their names."""
        return [example for row in _rows(folder) if (example := self._of_row(row)) is not None]

    def plain(self, folder: Path) -> list[Example]:
        """Words of one part of speech in the sentences of the data."""
        seen: Counter[str] = Counter()
        found = []
        for row in _rows(folder):
            for example in self._plain_of(row["sentence"], 1.0):
                seen[example.near.word] += 1
                if seen[example.near.word] <= MOST:
                    found.append(example)
        return found

    def talk(self, weight: float = TALK) -> list[Example]:
        """Our own sentences, each counting as much as ``weight`` of the data's."""
        sections = _toml("talk.toml")
        lines = sections.pop("plain")["text"].splitlines()
        marked = [
            self._of_phrase(word, tag, phrase, weight)
            for word, tags in sections.items()
            for tag, phrases in tags.items()
            for phrase in phrases
        ]
        return [*marked, *itertools.chain.from_iterable(self._plain_of(line, weight) for line in lines)]

    def _of_row(self, row: dict[str, str]) -> Example | None:
        word, (_, _, ending) = row["homograph"], row["wordid"].rpartition("_")
        choice = self._kinds(word)
        if word in _MISLABELLED or len(choice) < 2:
            return None
        tag = self._labels.get(row["wordid"]) or next(tag for tag in _ENDINGS[ending] if tag in choice)
        same = self._same(word, tag, choice)
        right = frozenset(pair for pair in same if pair[1] in _PARTS.get(ending, "")) or same
        start = len(row["sentence"].encode()[: int(row["start"])].decode())  # the data counts bytes
        return Example(word, _near(row["sentence"], start), choice, right)

    def _of_phrase(self, word: str, tag: str, phrase: str, weight: float) -> Example:
        before, _, after = phrase.partition("*")
        choice = self._kinds(word)
        return Example(
            word, _near(before + after.replace("*", ""), len(before)), choice, self._same(word, tag, choice), weight
        )

    def _plain_of(self, sentence: str, weight: float) -> Iterator[Example]:
        tokens = tokenize(sentence, lambda _: False)
        for i, token in enumerate(tokens):
            if (part := self._plain.get(token.text.lower())) and (i == 0 or token.text.islower()):
                right = frozenset((tag, part) for tag, parts in _PLAIN.items() if parts == part)
                yield Example("", Neighbours(_texts(tokens), i), _PLAIN, right, weight)

    def _kinds(self, word: str) -> Kinds:
        return kinds(word, self._misaki.variants(word) - {"None"})

    def _same(self, word: str, tag: str, choice: Kinds) -> frozenset[tuple[str, str]]:
        """What has the pronunciation of ``tag``."""
        sound = self._misaki.pronounce(word, tag)
        same = [other for other in choice if other == tag or self._misaki.pronounce(word, other) == sound]
        return frozenset((other, part) for other in same for part in choice[other])


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def _rows(folder: Path) -> Iterator[dict[str, str]]:
    for path in sorted(folder.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file, delimiter="\t")


def _near(text: str, start: int) -> Neighbours:
    tokens = tokenize(text, lambda _: False)
    return Neighbours(_texts(tokens), next(i for i, token in enumerate(tokens) if token.end > start))


def _texts(tokens: Iterable[Token]) -> list[str]:
    return [token.text for token in tokens]
