"""Text without stops is cut where a reader would breathe, in every script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.text.scripts import best_cut, east_asian

from .cuts import any_texts

# "|" marks the cut; the limit is the length of the text less the part behind "¦", of which one character is looked at.
CUTS = {
    "after a clause": "we went home, and then,| we saw a do¦g",
    "a clause too early does not count": "we, who went home there then| and saw big dogs there ¦now",
    "before a conjunction": "we all went to the market| and then we saw ¦dogs",
    "before a preposition": "they went very early| to their market to¦day",
    "between words": "one two three four five| si¦x",
    "within a long word": "abcdefghijkl|¦mnop",
    "before a whole accent": "abcdefgh|e\u0301\u0301¦\u0301fg",
    "japanese, after a particle": "今日は友達と一緒に|東京駅¦前",
    "japanese, not within katakana": "美味しい|ラーメ¦ン",
    "chinese, after a mark": "你好你好你，|好你好¦你",
    "chinese, not before a particle": "我们看|见¦了很",
    "chinese, not within a latin word": "我们昨天学习了|Pyth¦on",
    "thai, before a connective": "วันนี้อากาศดีมาก|และเรา¦จะ",
    "thai, not behind a leading vowel": "กกกกกกก|เ¦กก",
    "khmer, not within a stack": "កកកក|ក្¦រ",
}


@pytest.mark.parametrize("marked", CUTS.values(), ids=CUTS)
def test_cuts(marked: str) -> None:
    text, limit = marked.replace("|", "").replace("¦", ""), marked.replace("|", "").index("¦")
    assert best_cut(text, 0, limit) == marked.replace("¦", "").index("|")


@given(any_texts.filter(lambda text: len(text) > 1), any_texts, st.data())
def test_a_cut_advances_and_looks_no_further_than_the_limit(text: str, more: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    limit = data.draw(st.integers(start + 1, len(text) - 1))
    cut = best_cut(text, start, limit)
    assert start < cut <= limit
    assert cut == best_cut(text[: limit + 1] + more, start, limit)


def test_east_asian_letters() -> None:
    assert [character for character in "aé漢かカ한।، ไ" if east_asian(character)] == ["漢", "か", "カ"]
