from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.phonemes.tokens import PARTS_LIMIT, WORD_LIMIT, Token, tokenize

ODD_TEXT = st.text(st.sampled_from("ab AB é世я1٣.,-–—'’\"“()[]/_$£%+#&\n\t\0\ud800😀²\u0301"), max_size=80) | st.text(
    max_size=40
)


def texts(text: str, *keep: str) -> list[str]:
    return [token.text for token in tokenize(text, lambda word: word in keep)]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Hello, world!", ["Hello", ",", "world", "!"]),
        ('("Well... really?!")', ["(", '"', "Well", "...", "really", "?", "!", '"', ")"]),
        ("don't you’re users'", ["don't", "you’re", "users'"]),
        ("state-of-the-art", ["state", "-", "of", "-", "the", "-", "art"]),
        ("word—word and/or", ["word", "—", "word", "and", "/", "or"]),
        ("one.Two 3.14 1,000 -5", ["one", ".", "Two", "3.14", "1,000", "-5"]),
        ("$5 100% US$", ["$", "5", "100", "%", "US$"]),
        ("hello世界 мир", ["hello", "世界", "мир"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_words_and_marks_are_tokens(text: str, tokens: list[str]) -> None:
    assert texts(text) == tokens


def test_initials_stay_whole_but_a_full_stop_at_the_end_of_the_text_is_one() -> None:
    assert texts("the U.S. law") == ["the", "U.S.", "law"]
    assert texts('"in the U.S."') == ['"', "in", "the", "U.S", ".", '"']


def test_what_is_to_be_kept_is_not_taken_apart() -> None:
    assert texts("(C++), C++!") == ["(", "C", "+", "+", ")", ",", "C", "+", "+", "!"]
    assert texts("(C++), C++!", "C++") == ["(", "C++", ")", ",", "C++", "!"]


def test_a_space_is_claimed_only_where_white_space_follows() -> None:
    tokens = tokenize("a-b c\nd ", lambda _: False)
    assert [(token.text, token.space) for token in tokens] == [
        ("a", False),
        ("-", False),
        ("b", True),
        ("c", True),
        ("d", True),
    ]


@given(ODD_TEXT)
def test_tokens_are_in_order_and_nothing_but_white_space_is_left_out(text: str) -> None:
    tokens = tokenize(text, lambda _: False)
    position = 0
    for token in tokens:
        assert not text[position : token.start].strip()
        assert token.text == text[token.start : token.end] != ""
        position = token.end
    assert not text[position:].strip()


@given(st.text("aAé1-._'世", min_size=1, max_size=300))
def test_runs_without_a_space_are_bounded(run: str) -> None:
    tokens = tokenize(run, lambda _: False)
    together: list[Token] = []
    for token in tokens:
        assert len(token.text) <= WORD_LIMIT or set(token.text) <= {".", "-"}
        together.append(token)
        if token.space:
            together.clear()
        assert len(together) <= PARTS_LIMIT
