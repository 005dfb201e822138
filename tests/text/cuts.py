"""Ways to feed a text: whole, character by character, or cut at drawn places."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from types import FrameType

from hypothesis import strategies as st

from kokoro_stream.config import Latency
from kokoro_stream.text.directions import Direction, Dropped
from kokoro_stream.text.segments import Segment, Segmenter
from kokoro_stream.text.source import SourceText
from kokoro_stream.text.speakable import Speakable, SpeakableSettings

# Fragments that assistants write, and that break naive readers when they are cut or left open.
FRAGMENTS = (
    "word", "Hello", " ", " ", "\n", "\n\n", "*", "**", "_", "__", "`", "```", "```py\n", "~", "~~", "[", "]", "](",
    "(", ")", "<", "<b>", "</b>", "<br>", '<a href="', "!", "![", "&", "&amp;", "&lt", ";", "# ", "#", "- ", "- [x] ",
    "1. ", "> ", "|", "|---|", "\\", "http", "https://", "www.", "example.com", "/path_(x)", ".", "...", ",", ":", "?",
    '"', "😀", "👨\u200d👩", "\u200d", "1\ufe0f\u20e3", "\x00", "\ud800", "\u202e", "é", "e\u0301", "今日。", "नमस्ते।",
    "Dr.", "e.g.", "U.S.", "3.14", "$5", "@", "<!--", "-->", "—", "-", "=", "\t", "\r\n", "\u2028",
)  # fmt: skip
# What else the first stage knows: formulas, paths, identifiers, drawings, smileys, markup of the caller's.
CONSTRUCTS = (
    "$", "$$", "$x^2$", "\\frac{a}{b}", "\\(", "\\)", "\\[", "\\]", "\\alpha", "\\begin{a}", "\\end{a}", "{", "}",
    "/usr/bin", "~/", "C:\\", "getName", "haha", "sooo", "’n’", "‘", ":)", "==", "====", "┌──┐", "│ a │", "🇩🇪", "🇩",
    "👍🏽", "【1†a】", "[^1]", "[^1]: ", "[a]: http://x", "[!NOTE]", "<pre>", "</pre>", "<script>", "</script>",
    "<sup>2", "<name>", "ﬁ", "𝗯", "\u0301", "\u1112\u1161", "()", "->", "12", "[w](/wˈɜd/)", "<break time='300ms'/>",
    "<p>", "<s>", "<prosody rate='slow'>", "</prosody>", "<sub alias='x'>", "</sub>",
    "<say-as interpret-as='digits'>", "</say-as>", "<phoneme ph='a'>", "</phoneme>", "<break",
)  # fmt: skip
markdown_texts = st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join)
all_texts = st.lists(st.sampled_from(FRAGMENTS + CONSTRUCTS), max_size=20).map("".join)
any_texts = st.text(st.characters(codec=None), max_size=60) | markdown_texts


@st.composite
def cut(draw: st.DrawFn, texts: st.SearchStrategy[str] = any_texts) -> tuple[str, list[str]]:
    """A text and the pieces of one way to cut it."""
    text = draw(texts)
    borders = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)) | {0, len(text)})
    return text, [text[start:end] for start, end in pairwise(borders)]


@dataclass(frozen=True)
class Read:
    """All that came out of `Speakable`."""

    said: SourceText
    directions: list[Direction]
    dropped: list[Dropped]


def read(pieces: Iterable[str], settings: SpeakableSettings = SpeakableSettings()) -> Read:  # noqa: B008  # frozen
    """All that becomes of the pieces."""
    speakable = Speakable(settings)
    out, directions, dropped = list[SourceText](), list[Direction](), list[Dropped]()
    for piece in pieces:
        out += speakable.feed(piece)
        directions += speakable.take_directions()
        dropped += speakable.take_dropped()
    out += speakable.flush()
    directions += speakable.take_directions()
    dropped += speakable.take_dropped()
    return Read(SourceText.join(out), directions, sorted(dropped, key=lambda one: (one.start, one.end)))


def spoken(pieces: Iterable[str]) -> SourceText:
    """All that is to be said of the pieces."""
    return read(pieces).said


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
