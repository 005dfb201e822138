"""A verdict on a mark is right, and final once it is given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.text.boundaries import MARK_OR_CONJUNCTION, Kind, judge

from .cuts import any_texts
from .endings import endings


def verdict(text: str, *, final: bool = False) -> Kind:
    mark = MARK_OR_CONJUNCTION.search(text)
    assert mark is not None
    return judge(text, 0, mark, final=final).kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("It is done.", "hold"),
        ("It is done. ", "sentence"),  # no language has an abbreviation like that
        ("It is done. t", "sentence"),
        ("Paris.", "hold"),
        ("Paris. ", "hold"),
        ("Paris. T", "sentence"),
        ("Paris. i", "hold"),  # an iPhone?
        ("Paris. iP", "sentence"),
        ("Paris. i ", "no"),
        ("Bob etc. The", "hold"),
        ("Bob etc. The ", "sentence"),
        ("with Acme Inc. Th", "hold"),
        ("with Acme Inc. Then ", "sentence"),
        ("with Acme Inc. Bob ", "no"),
        ("“Go!” ", "hold"),
        ("“Go!” s", "hold"),
        ("“Go!” she ", "no"),
        ("“Go!” John ", "hold"),
        ("“Go!” John said ", "no"),
        ("“Go!” John left ", "sentence"),
        ("“Go!” Then ", "sentence"),
        ("« Go ! ", "hold"),
        ("« Go ! »", "hold"),
        ("« Go ! » d", "hold"),
        ("« Go ! » dit ", "no"),
        ("“好。”", "hold"),
        ("“好。”他说", "no"),
        ("“好。”然后走了。", "sentence"),
        ("我们走吧?好", "sentence"),
        ("thing . . . wow", "no"),
        ("It was so.[1] Then", "sentence"),
        ("It was so.[1", "hold"),
        ("Nice :)", "hold"),
        ("Nice :) H", "sentence"),
        ("Nice :) h", "no"),
        ("Ratio 3:2", "no"),
        ("(?) ", "no"),
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
    assert MARK_OR_CONJUNCTION.search("an android orders butter") is None


@given(any_texts | endings, any_texts | endings)
def test_more_text_never_changes_a_verdict(text: str, more: str) -> None:
    for mark in MARK_OR_CONJUNCTION.finditer(text):
        early = judge(text, 0, mark, final=False)
        if early.kind != "hold":
            late = MARK_OR_CONJUNCTION.match(text + more, mark.start())
            assert late is not None
            if late.end() == mark.end():
                assert judge(text + more, 0, late, final=False) == early


@given(any_texts, st.booleans())
def test_nothing_is_held_at_the_end(text: str, padded: bool) -> None:
    whole = text + " " * padded
    assert all(judge(whole, 0, mark, final=True).kind != "hold" for mark in MARK_OR_CONJUNCTION.finditer(whole))
