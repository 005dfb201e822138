from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.phonemes.letters import acronym_is_a_word, parts, readable, spelled_edges


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("plain", "plain"),
        ("Plain", "Plain"),
        ("well-known", "well known"),
        ("o'clock", "o'clock"),
        ("O'Brien", "O'Brien"),
        ("camelCase", "camel Case"),
        ("parseHTML5", "parse HTML 5"),
        ("HTMLParser", "HTML Parser"),
        ("GPUs", "GPUs"),
        ("iRobot", "i Robot"),
        ("xAI", "x AI"),
        ("McKay", "McKay"),
        ("MacLeod", "MacLeod"),
        ("DeAndre", "DeAndre"),
        ("DeepMind", "Deep Mind"),
        ("snake_case", "snake case"),
        ("sha256", "sha 256"),
        ("…", ""),
    ],
)
def test_words_are_taken_apart_where_their_writing_shows_it(word: str, expected: str) -> None:
    assert parts(word) == expected.split()


@given(st.text("abXYZ'59-_é", max_size=12))
def test_no_letter_or_digit_is_lost(word: str) -> None:
    kept = "".join(c for c in word if c.isalnum())
    assert "".join(c for c in "".join(parts(word)) if c.isalnum()) == kept


@pytest.mark.parametrize("word", ["frodo", "strength", "psycho", "queue", "schmidt", "tsunami", "night", "a", "why"])
def test_readable(word: str) -> None:
    assert readable(word)


@pytest.mark.parametrize("word", ["ffmpeg", "nth", "html", "kubectl", "mkdocs", "epfl", "", "ssl"])
def test_not_readable(word: str) -> None:
    assert not readable(word)


@pytest.mark.parametrize("word", ["nimby", "snafu", "pacer", "salt"])
def test_acronyms_that_are_said(word: str) -> None:
    assert acronym_is_a_word(word)


@pytest.mark.parametrize("word", ["itu", "hbcu", "asml", "ieee", "epfl", ""])
def test_acronyms_that_are_spelled(word: str) -> None:
    assert not acronym_is_a_word(word)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("rsync", ("r", "sync", "")),
        ("pgadmin", ("pg", "admin", "")),
        ("ffmpeg", ("ffm", "peg", "")),
        ("systemctl", ("", "system", "ctl")),
        ("dmesh", ("d", "mesh", "")),
        ("hello", ("", "hello", "")),
        ("aurochs", ("", "aurochs", "")),
        ("html", ("", "html", "")),
        ("mkx", ("", "mkx", "")),
    ],
)
def test_what_no_word_begins_or_ends_with_is_spelled(word: str, expected: tuple[str, str, str]) -> None:
    known = {"sync", "admin", "peg", "system", "mesh"}
    assert spelled_edges(word, known.__contains__) == expected


@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=40))
def test_spelled_edges_lose_nothing(word: str) -> None:
    assert "".join(spelled_edges(word, lambda _: False)) == word
