"""The corpus says where sentences end, and the figures say what a splitter made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any

import pytest

from benchmarks.segmentation.corpus import Paragraph, ends_of, paragraphs, read, unpunctuated
from benchmarks.segmentation.score import cut, cuts, endless, soon, speed
from benchmarks.segmentation.splitters import EARLY, PACKAGES, SPLITTERS

HALVES = ("english_before", "english_after", "others_before", "others_after")


class Splits:
    """Cuts behind each of the marks, once ``late`` more pieces have come; ``all`` drops what ``lost`` says."""

    def __init__(self, marks: str, late: int = 0, lost: str = "") -> None:
        self._marks, self._late, self._lost = marks, late, lost

    def taken(self, pieces: Sequence[str]) -> Sequence[Any]:
        return pieces

    def each(self, pieces: Iterable[Any]) -> Iterator[str]:
        due, held = list[tuple[int, str]](), ""
        for number, piece in enumerate(pieces):
            for character in piece:
                held += character
                if character in self._marks:
                    due.append((number + self._late, held))
                    held = ""
            while due and due[0][0] <= number:
                yield due.pop(0)[1]
        yield from (segment for _, segment in due)
        if held:
            yield held

    def all(self, pieces: Iterable[Any]) -> list[str]:
        return [segment.replace(self._lost, "") if self._lost else segment for segment in self.each(pieces)]


CORPUS = [Paragraph("en", ("It is so.", "No!", "Dr. Who?")), Paragraph("zh", ("你好。", "好。"))]


def test_a_corpus_is_read_with_its_languages() -> None:
    assert paragraphs(["# en", "A b.", "C.", "", "", "D.", "# zh", "你。", "好。"]) == [
        Paragraph("en", ("A b.", "C.")),
        Paragraph("en", ("D.",)),
        Paragraph("zh", ("你。", "好。")),
    ]


def test_paragraphs_are_joined_as_their_language_does() -> None:
    assert [paragraph.text for paragraph in CORPUS] == ["It is so. No! Dr. Who?", "你好。好。"]


def test_ends_count_what_is_no_white_space() -> None:
    assert ends_of(["It is so.", " No! ", "\nYes."]) == {7, 10}


def test_missing_and_spurious_cuts_are_told_apart() -> None:
    assert cuts(Splits(".!?。"), CORPUS) == {"ends": 3, "missing": 0, "spurious": 1}
    assert cuts(Splits("!"), CORPUS) == {"ends": 3, "missing": 2, "spurious": 0}


@pytest.mark.parametrize("late", [0, 1, 2])
def test_how_soon_a_segment_is_out_is_counted_in_characters(late: int) -> None:
    (paragraph,) = (Paragraph("en", ("It is so.", "Now it is something else.")),)
    found = soon(Splits(".", late), [paragraph])
    # The stop is the ninth character, in the third piece of four.
    assert (found.first, found.behind) == (12 + 4 * late, 3 + 4 * late)


def test_what_is_lost_of_endless_text_is_noticed() -> None:
    text = "a b c " * 10
    assert endless(Splits(""), text)["endless_lost"] == 0
    assert endless(Splits("c", lost="b"), text)["endless_lost"] == 10
    assert endless(Splits("c"), text)["endless_longest"] == len(" a b c")


def test_speed_is_that_of_the_best_round() -> None:
    clock = count()
    assert speed(Splits("."), ["abcd", "abcd"], lambda: float(next(clock))) == pytest.approx(1e6 / 8)


def test_pieces_are_as_long_as_tokens() -> None:
    assert cut("Hello there") == ["Hell", "o th", "ere"]


def test_text_without_stops_has_the_length_asked_for() -> None:
    text = unpunctuated(CORPUS, 50)
    assert len(text) == 50
    assert not set(text) & set(".,!?")


@pytest.mark.parametrize("name", HALVES)
def test_the_sentences_are_hand_made_lines_without_repetition(name: str) -> None:
    lines = [sentence for paragraph in read(name) for sentence in paragraph.sentences]
    assert all(line == " ".join(line.split()) for line in lines)
    assert len(set(lines)) > 0.9 * len(lines)


def test_there_are_sentences_enough() -> None:
    counted = {name: sum(len(paragraph.sentences) for paragraph in read(name)) for name in HALVES}
    assert counted["english_before"] + counted["english_after"] >= 300
    assert counted["others_before"] + counted["others_after"] >= 60


@pytest.mark.parametrize("name", HALVES)
def test_ours_cuts_nearly_all_of_it_right(name: str) -> None:
    found = cuts(SPLITTERS["ours"](), read(name))
    assert found["missing"] + found["spurious"] <= 0.03 * found["ends"]


@pytest.mark.parametrize("name", [name for name in SPLITTERS if name.startswith("ours")])
def test_ours_loses_nothing_of_endless_text(name: str) -> None:
    found = endless(SPLITTERS[name](), unpunctuated(read("english_before"), 2_000))
    assert found["endless_lost"] == 0
    assert found["endless_longest"] <= 300


def test_every_contestant_has_a_package() -> None:
    assert {name.partition(",")[0] for name in SPLITTERS} == PACKAGES.keys()
    assert set(EARLY) <= SPLITTERS.keys()
