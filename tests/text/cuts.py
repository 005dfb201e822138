"""Ways to feed a text: whole, character by character, or cut at drawn places."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from itertools import pairwise
from types import FrameType

from hypothesis import strategies as st

from kokoro_stream.config import Latency
from kokoro_stream.text.segments import Segment, Segmenter
from kokoro_stream.text.source import SourceText
from kokoro_stream.text.speakable import Speakable

# Fragments that assistants write, and that break naive readers when they are cut or left open.
FRAGMENTS = (
    "word", "Hello", " ", " ", "\n", "\n\n", "*", "**", "_", "__", "`", "```", "```py\n", "~", "~~", "[", "]", "](",
    "(", ")", "<", "<b>", "</b>", "<br>", '<a href="', "!", "![", "&", "&amp;", "&lt", ";", "# ", "#", "- ", "- [x] ",
    "1. ", "> ", "|", "|---|", "\\", "http", "https://", "www.", "example.com", "/path_(x)", ".", "...", ",", ":", "?",
    '"', "😀", "👨\u200d👩", "\u200d", "1\ufe0f\u20e3", "\x00", "\ud800", "\u202e", "é", "e\u0301", "今日。", "नमस्ते।",
    "Dr.", "e.g.", "U.S.", "3.14", "$5", "@", "<!--", "-->", "—", "-", "=", "\t", "\r\n", "\u2028",
)  # fmt: skip
markdown_texts = st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join)
any_texts = st.text(st.characters(codec=None), max_size=60) | markdown_texts


@st.composite
def cut(draw: st.DrawFn, texts: st.SearchStrategy[str] = any_texts) -> tuple[str, list[str]]:
    """A text and the pieces of one way to cut it."""
    text = draw(texts)
    borders = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)) | {0, len(text)})
    return text, [text[start:end] for start, end in pairwise(borders)]


def spoken(pieces: Iterable[str]) -> SourceText:
    """All that is to be said of the pieces."""
    speakable = Speakable()
    out = [part for piece in pieces for part in speakable.feed(piece)]
    return SourceText.join([*out, *speakable.flush()])


def segmented(pieces: Iterable[str], *, latency: Latency = "quality", cap: int = 300) -> list[Segment]:
    """The segments of plain text fed in pieces."""
    segmenter, segments, at = Segmenter(latency, cap=cap), list[Segment](), 0
    for piece in pieces:
        segments += segmenter.feed(SourceText.of(piece, at))
        at += len(piece)
    return segments + segmenter.flush()


def lines_run(work: Callable[[], object]) -> int:
    """How many lines of Python ``work`` runs: a measure of cost that the machine's load does not disturb."""
    lines = 0

    def trace(frame: FrameType, event: str, argument: object) -> object:
        nonlocal lines
        lines += event == "line"
        return trace

    previous = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]  # typeshed's protocol for a trace function refers to itself
    try:
        work()
    finally:
        sys.settrace(previous)
    return lines
