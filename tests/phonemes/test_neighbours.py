from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.phonemes.neighbours import LEFT, Neighbours

WORDS = st.lists(st.sampled_from(["the", "Read", "it", ".", ",", "’s", "42", "NASA", "世", "a" * 50, ""]))
NEAR = st.lists(st.sampled_from(["the", "Read", "it", ".", ",", "to"]), min_size=LEFT + 3, max_size=LEFT + 3)


def test_features_name_the_words_around() -> None:
    features = set(Neighbours(["Please", "close", "the", "door"], 1).features())
    assert {"please_", "_the", "please_the", "<let_the>"} <= features


def test_numbers_are_alike_in_digits_and_in_words() -> None:
    digits, word = (list(Neighbours(["at", number, "close", "it"], 2).features()) for number in ("42", "seven"))
    assert digits == word


def test_a_sentence_begins_behind_the_last() -> None:
    assert Neighbours(["I", "left", ".", "Close", "it"], 3).before == ("<s>",) * LEFT


@given(WORDS, NEAR, WORDS)
def test_nothing_further_away_matters(before: list[str], near: list[str], after: list[str]) -> None:
    here = Neighbours(near, LEFT)
    there = Neighbours([*before, *near, *after], len(before) + LEFT)
    assert list(here.features()) == list(there.features())
    assert list(here.meanings()) == list(there.meanings())
