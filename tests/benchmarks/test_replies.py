from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.demo.reply import REPLY
from benchmarks.replies import REPLIES, tokens, written


@given(st.text())
def test_tokens_lose_nothing(text: str) -> None:
    assert "".join(tokens(text)) == text


@pytest.mark.parametrize("reply", REPLIES)
def test_tokens_are_as_long_as_those_of_a_language_model(reply: str) -> None:
    assert 3 <= len(reply) / len(tokens(reply)) <= 6


async def test_written_is_the_text_in_pieces() -> None:
    assert [token async for token in written("Hello there!", per_second=1e6)] == ["Hello", " there", "!"]


@pytest.mark.parametrize("feature", ["\n- ", "**", "$24.50", "May 15", "Dr.", "😀", "https://", "`make demo`"])
def test_the_demo_shows_what_replies_are_made_of(feature: str) -> None:
    assert feature in REPLY
