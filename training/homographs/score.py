"""How many homographs come out right: in sentences left out of the training, and in words left out."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from kokoro_stream.phonemes.classifier import Classifier
from kokoro_stream.phonemes.homographs import choose
from kokoro_stream.phonemes.misaki import Misaki

from .data import Example, Reader
from .model import fit

FOLDS = 5
Scores = dict[str, tuple[int, int]]  # word → right ones, all
Parts = Callable[[Sequence[Example]], Sequence[int]]


def main() -> None:
    """Print both scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with a .tsv file for each word")
    folder, reader = parser.parse_args().data, Reader(Misaki())
    known, always = reader.data(folder), [*reader.plain(folder), *reader.talk()]
    for name, parts in (("sentences", _sentences), ("words", _words)):
        scores = cross_validate(known, always, parts)
        print(f"{name} left out: {100 * _mean(scores):.1f} %")
        worst = sorted(scores, key=lambda word: scores[word][0] / scores[word][1])[:40]
        print("  worst:", ", ".join(f"{word} {100 * scores[word][0] / scores[word][1]:.0f} %" for word in worst))


def cross_validate(known: Sequence[Example], always: Sequence[Example], parts: Parts) -> Scores:
    """Train on all parts but one, and on ``always`` as far as it is about their words; test on that one, for each."""
    part = parts(known)
    scores: Scores = defaultdict(lambda: (0, 0))
    for fold in range(FOLDS):
        train = [e for e, p in zip(known, part, strict=True) if p != fold]
        unseen = {e.word for e in known} - {e.word for e in train}
        model = fit([*train, *(e for e in always if e.word not in unseen)])
        classifier = Classifier(model.shared, model.own.get)
        for example in (e for e, p in zip(known, part, strict=True) if p == fold):
            right, count = scores[example.word]
            tag = choose(example.near, example.word, example.kinds, classifier)
            scores[example.word] = right + any(tag == good for good, _ in example.right), count + 1
    return scores


def _sentences(known: Sequence[Example]) -> list[int]:
    return [i % FOLDS for i in range(len(known))]


def _words(known: Sequence[Example]) -> list[int]:
    words = {word: i for i, word in enumerate(dict.fromkeys(e.word for e in known))}
    return [words[e.word] % FOLDS for e in known]


def _mean(scores: Scores) -> float:
    return sum(right for right, _ in scores.values()) / sum(count for _, count in scores.values())


if __name__ == "__main__":
    main()
