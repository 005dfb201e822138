"""What is written in figures, signs and abbreviations is read out in words."""

from __future__ import annotations

import string
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.text.normalize import normalize
from kokoro_stream.text.source import SourceText

from .cuts import any_texts, lines_run

CASES = Path(__file__).with_name("cases")
AMERICAN, BRITISH = (
    tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8")) for name in ("american", "british")
)


def table(cases: dict[str, dict[str, str]], *, british: bool, inside: bool = False) -> list[object]:
    """The cases as parameters; ``inside`` a sentence, those whose full stop might be the sentence's are left out."""
    return [
        pytest.param(written, spoken, british, id=f"{'gb' if british else 'us'} {category}: {written}")
        for category, told in cases.items()
        for written, spoken in told.items()
        if not (inside and written.endswith("."))
    ]


def said(text: str, *, british: bool = False) -> str:
    return normalize(SourceText.of(text), british=british).text


@pytest.mark.parametrize(
    ("written", "spoken", "british"), [*table(AMERICAN, british=False), *table(BRITISH, british=True)]
)
def test_reads(written: str, spoken: str, british: bool) -> None:
    assert said(written, british=british) == spoken


@pytest.mark.parametrize(
    ("written", "spoken", "british"),
    [*table(AMERICAN, british=False, inside=True), *table(BRITISH, british=True, inside=True)],
)
def test_reads_the_same_within_a_sentence(written: str, spoken: str, british: bool) -> None:
    assert said(f"so, {written}, then", british=british) == f"so, {spoken}, then"


def test_words_keep_the_span_of_what_was_written() -> None:
    spoken = normalize(SourceText.of("It costs $5, Dr. Lee.", 100))
    spans = {
        word: (spoken.starts[at], spoken.ends[at + len(word) - 1])
        for word in ("costs", "five", "dollars", "Doctor", "Lee")
        for at in [spoken.text.index(word)]
    }
    assert spans == {
        "costs": (103, 108),
        "five": (109, 111),
        "dollars": (109, 111),
        "Doctor": (113, 116),
        "Lee": (117, 120),
    }


def test_only_the_numeral_of_a_name_is_replaced() -> None:
    spoken = normalize(SourceText.of("Henry VIII"))
    assert (spoken.starts[0], spoken.ends[4]) == (0, 5)
    assert (spoken.starts[6], spoken.ends[-1]) == (6, 10)


# Figures with everything that is written around them.
figures = st.lists(
    st.sampled_from(
        [
            *string.digits,
            "12",
            "1984",
            "2,000",
            "00",
            *"$£€%°²½.,:;/-–+=x×'\"()# ",
            "May ",
            " am",
            "km",
            "IV",
            "Dr. ",
            "St",
            "v",
            "th",
            "K",
        ]
    ),
    max_size=24,
).map("".join)


@given(any_texts | figures, st.booleans())
def test_no_ascii_digit_is_left_and_no_letter_or_digit_is_lost(text: str, british: bool) -> None:
    spoken = normalize(SourceText.of(text), british=british)
    assert not any(character in string.digits for character in spoken.text)
    covered = {at for start, end in zip(spoken.starts, spoken.ends, strict=True) for at in range(start, end)}
    assert {at for at, character in enumerate(text) if character.isalnum()} <= covered


@given(any_texts | figures)
def test_spans_ascend(text: str) -> None:
    spoken = normalize(SourceText.of(text))
    assert list(spoken.starts) == sorted(spoken.starts)
    assert list(spoken.ends) == sorted(spoken.ends)


@given(st.text("abdhlmnoru ,!?", max_size=60))
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert said(text) == text


ODD = (
    "1", "$", " ", "(", "1,", "1.", "1-", "1/", "1:", "1 ", "1x", "1'", '1"', "1°", "1 000 ", "01 ", "1e", "1h", "I",
    "A ", "a@", "a.b@", "#", "May ", "+1 ", "555-", "²", "x²", "₂", "St. ", "1 km ", "1 km/", "[]", "a/", "a.", "-",
    "--", "=", "A&", "A1", "C2H", "IV ", "King A ", "Main St ", "YOU ", "Mr. ", "a\\", "…", "½", "1½", "Ctrl+", "v1.",
    "Nf3", "(1)", "$1-", "1–", "the 1980s ", "A. ", ", NY ", "1 am", "one ", "Chapter I ", "α", "→", "0x", "Henry ",
    "Mon, ", "Mon/", "1/2/", "2-3x ", "Q1-", "x-y, 4GB ", '5" ', '1-3" ', "12'x14' ", "1 c. ", "a/day ", "on 5/1 and ",
    "$5s ", "the code is 1234 ", "3.8–3.9 ", "million kg ",
)  # fmt: skip


@pytest.mark.timeout(120)
@pytest.mark.parametrize("text", ODD)
def test_odd_text_is_read_without_hanging(text: str) -> None:
    # Nested backtracking would take hours here.
    spoken = normalize(SourceText.of((text * 30_000)[:30_000]))
    assert not any(character in string.digits for character in spoken.text)


@pytest.mark.parametrize("text", ODD)
def test_work_grows_no_faster_than_the_text(text: str) -> None:
    def cost(length: int) -> int:
        written = SourceText.of((text * length)[:length])
        return lines_run(lambda: normalize(written))

    cost(1000)  # fills the caches
    assert cost(4000) < 6 * cost(1000)
