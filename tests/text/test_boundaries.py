"""A verdict on a mark is right, and final once it is given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.text.boundaries import MARK, Kind, judge

from .cuts import any_texts


def verdict(text: str, *, final: bool = False) -> Kind:
    mark = MARK.search(text)
    assert mark is not None
    return judge(text, 0, mark, final=final).kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Done.", "hold"),
        ("Done. ", "hold"),
        ("Done. T", "sentence"),
        ("Done. t", "no"),
        ("Done.\n", "no"),  # the line's end decides
        ("Done\n", "block"),
        ("Done? ", "sentence"),
        ("Done?", "hold"),
        ('Done?" ', "hold"),
        ("3.1", "no"),
        ("Dr. ", "no"),
        ("well, ", "clause"),
        ("1,0", "no"),
        ("a — b", "clause"),
        ("a-b", "no"),
        ("a and b", "clause"),
    ],
)
def test_verdicts(text: str, kind: Kind) -> None:
    assert verdict(text) == kind


def test_conjunctions_are_whole_words() -> None:
    assert MARK.search("an android orders butter") is None


@given(any_texts, any_texts)
def test_more_text_never_changes_a_verdict(text: str, more: str) -> None:
    for mark in MARK.finditer(text):
        early = judge(text, 0, mark, final=False)
        if early.kind != "hold":
            late = MARK.match(text + more, mark.start())
            assert late is not None
            if late.end() == mark.end():
                assert judge(text + more, 0, late, final=False) == early


@given(any_texts, st.booleans())
def test_nothing_is_held_at_the_end(text: str, padded: bool) -> None:
    whole = text + " " * padded
    assert all(judge(whole, 0, mark, final=True).kind != "hold" for mark in MARK.finditer(whole))
