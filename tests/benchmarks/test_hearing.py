from __future__ import annotations

import pytest

from benchmarks.hearing import spoken_words, word_errors


@pytest.mark.parametrize(
    ("said", "understood", "errors"),
    [
        ("", "", 0),
        ("one two three", "one two three", 0),
        ("one two three", "", 3),
        ("", "one", 1),
        ("one two three", "one three", 1),
        ("one two three", "one too three", 1),
        ("one two", "oh one two", 1),
        ("a b c d", "b c d e", 2),
    ],
)
def test_errors_are_the_fewest_edits(said: str, understood: str, errors: int) -> None:
    assert word_errors(said.split(), understood.split()) == errors


def test_both_sides_are_compared_as_they_are_said() -> None:
    assert spoken_words("It's $5, “well-known”!") == ["it's", "five", "dollars", "well", "known"]
