from __future__ import annotations

from pathlib import Path

import pytest

from kokoro_stream.phonemes.classifier import Classifier
from kokoro_stream.phonemes.misaki import Misaki
from training.homographs.data import Example, Reader
from training.homographs.model import fit

ROWS = """"homograph"	"wordid"	"sentence"	"start"	"end"
"use"	"use_vrb"	"Many people use it – often."	12	15
"use"	"use_nou"	"The cafés’ use of sugar."	14	17
"""


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Misaki())


def test_rows_become_examples_of_our_tags(reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "use.tsv").write_text(ROWS, encoding="utf-8")
    verb, noun = reader.data(tmp_path)
    assert verb.near.before[0] == "people"
    assert verb.right == frozenset([("VB", "V")])
    assert noun.near.after == "of"
    assert noun.right == frozenset([("NN", "N")])


def test_our_own_sentences_name_words_and_tags_that_exist(reader: Reader) -> None:
    talk = reader.talk()
    assert len(talk) > 1000
    assert all(example.right for example in talk)
    assert all(example.near.word in (example.word, example.word + "s") for example in talk if example.word)


def test_the_model_learns_its_examples(reader: Reader) -> None:
    talk = [example for example in reader.talk() if example.word in ("", "use", "live", "lead")]
    model = fit(talk)
    classifier = Classifier(model.shared, model.own.get)
    right = [(_chosen(classifier, example), example.right) for example in talk if example.word]
    assert sum(any(tag == good for good, _ in goods) for tag, goods in right) >= 0.98 * len(right)


def _chosen(classifier: Classifier, example: Example) -> str:
    return classifier.choose(example.near, example.word, example.kinds)
