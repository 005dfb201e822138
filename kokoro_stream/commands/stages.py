"""``phonemize``, ``normalize`` and ``segment``: one stage alone, as JSON, for debugging a mispronunciation."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from ..config import Latency
from ..phonemes.languages import phonemizer
from ..text.segments import Segmenter
from ..text.source import SourceText
from ..text.speakable import Speakable
from .options import Lang

Text = Annotated[
    list[str] | None,
    typer.Argument(metavar="TEXT", help="One input; without it, each line of standard input is one."),
]


def phonemize(text: Text = None, lang: Lang = "en-us") -> None:
    """Show the phonemes of a text and of each of its words."""
    language = phonemizer(lang)
    for line in _inputs(text):
        utterance = language.phonemize(language.normalize(SourceText.of(line)))
        words = [
            {
                "word": line[word.start : word.end],
                "phonemes": word.phonemes,
                "char_start": word.start,
                "char_end": word.end,
            }
            for word in utterance.words
        ]
        _print({"text": line, "phonemes": utterance.phonemes, "words": words})


def normalize(text: Text = None, lang: Lang = "en-us") -> None:
    """Show a text with its numbers, dates, units … in words."""
    language = phonemizer(lang)
    for line in _inputs(text):
        _print({"text": line, "spoken": language.normalize(SourceText.of(line)).text})


def segment(
    text: Text = None,
    lang: Lang = "en-us",
    latency: Annotated[Latency, typer.Option(help="Where the first segment may end.")] = "quality",
) -> None:
    """Show the segments that a text is spoken in."""
    phonemizer(lang)
    for line in _inputs(text):
        speakable, segmenter = Speakable(), Segmenter(latency)
        pieces = [*speakable.feed(line), *speakable.flush()]
        segments = [found for piece in pieces for found in segmenter.feed(piece)] + segmenter.flush()
        _print({"text": line, "segments": [_shown(found.text.strip(), line) for found in segments]})


def _shown(spoken: SourceText, line: str) -> dict[str, object]:
    start, end = spoken.start, spoken.end
    return {"text": line[start:end], "spoken": spoken.text, "char_start": start, "char_end": end}


def _inputs(text: list[str] | None) -> Iterator[str]:
    if text:
        # An argument that is not UTF-8 carries lone surrogates; as on standard input, they become U+FFFD.
        yield " ".join(text).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        return
    for line in io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace"):
        yield line.rstrip("\n")


def _print(result: dict[str, object]) -> None:
    sys.stdout.buffer.write(json.dumps(result, ensure_ascii=False).encode() + b"\n")  # UTF-8 whatever the locale
    sys.stdout.buffer.flush()
