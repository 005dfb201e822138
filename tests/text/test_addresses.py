"""Web addresses are said by their hosts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.text.addresses import spoken_host, spoken_url


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://www.example.com/a/b?c=d#e", "example dot com"),
        ("http://user:secret@example.org/", "example dot org"),
        ("http://localhost:8080/x", "localhost port 8080"),
        ("www.my-site.co.uk", "my dash site dot co dot UK"),
        ("https://kokoro.ai", "kokoro dot AI"),
        ("https://t.co/x", "t dot co"),
        ("https:///nothing", "link"),
        ("https://...", "link"),
    ],
)
def test_urls_are_said_by_their_host(url: str, said: str) -> None:
    assert spoken_url(url) == said


@pytest.mark.parametrize(
    ("name", "said"), [("notes.txt", "notes dot TXT"), ("main.go", "main dot go"), ("localhost", "localhost")]
)
def test_dotted_names(name: str, said: str) -> None:
    assert spoken_host(name) == said


@given(st.text(max_size=40))
def test_anything_gets_a_name(text: str) -> None:
    assert spoken_url("https://" + text)
