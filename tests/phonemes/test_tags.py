from __future__ import annotations

import pytest

from kokoro_stream.phonemes.misaki import Misaki
from kokoro_stream.phonemes.tags import tag
from kokoro_stream.phonemes.tokens import tokenize


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("Wait, no!", ["", ",", "", "."]),
        ('("yes" - $5)', ["-LRB-", "``", "", "''", ":", "$", "CD", "-RRB-"]),
        ("an up-to-date list…", ["DT", "", "HYPH", "TO", "HYPH", "", "", ":"]),
        ("a cat", ["DT", ""]),
        ("vitamin A is", ["", "NN", ""]),
        ("at 5 am I am", ["", "CD", "NN", "PRP", "VBP"]),
        ("log in.", ["", "RP", "."]),
        ("in time", ["IN", ""]),
        ("two million", ["CD", "CD"]),
        ("That is it", ["DT", "", ""]),
        ("know that you", ["", "IN", ""]),
        ("like that", ["", "DT"]),
        ("I used to", ["PRP", "VBD", "TO"]),
        ("is used to measure", ["", "VBN", "TO", ""]),
        ("is used to it", ["", "VBD", "TO", ""]),
        ("the IT team", ["DT", "NN", ""]),
        ("DO IT NOW", ["", "", ""]),
        ("***", ["NFP", "NFP", "NFP"]),
    ],
)
def test_marks_numbers_and_function_words_are_tagged(misaki: Misaki, text: str, tags: list[str]) -> None:
    assert tag(tokenize(text, lambda _: False), misaki.variants) == tags
