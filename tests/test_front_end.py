"""From pieces of text to lines for the model: nothing lost, nothing said twice, however the text was cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kokoro_stream.config import Latency
from kokoro_stream.errors import InputError
from kokoro_stream.front_end import FrontEnd, Line, split
from kokoro_stream.phonemes.languages import phonemizer
from kokoro_stream.phonemes.lexicon import Lexicon
from kokoro_stream.phonemes.utterance import Utterance, Word
from kokoro_stream.text.directions import Break, Direction, Dropped, Rate, Say
from kokoro_stream.text.source import SourceText
from tests.text.cuts import lines_run

REPLY = "## Plan\n\n1. **Milk** costs $3.49.\n2. Dr. Smith said *hello* — see https://example.com/x. Then `stop`."


def lines_of(pieces: list[str], limit: int = 510, latency: Latency = "balanced") -> list[Line]:
    front_end = FrontEnd(phonemizer("en-us"), latency, limit)
    return [line for piece in pieces for line in front_end.feed(piece)] + front_end.flush()


def words_of(lines: list[Line]) -> list[tuple[str, int]]:
    return [(word.phonemes, word.start) for line in lines for word in line.utterance.words]


def test_every_line_knows_its_place_in_the_text_as_sent() -> None:
    lines = lines_of([REPLY])
    assert [REPLY[line.start : line.end] for line in lines] == [
        "Plan",
        "1. **Milk** costs $3.49.",
        "2. Dr. Smith said *hello* — see https://example.com/x.",
        "Then `stop`.",
    ]
    words = [REPLY[word.start : word.end] for line in lines for word in line.utterance.words]
    assert words[:5] == ["Plan", "1.", "Milk", "costs", "$3.49"] or words[:5] == ["Plan", "1", "Milk", "costs", "$3.49"]


@given(st.lists(st.integers(0, len(REPLY)), max_size=12))
@settings(max_examples=30, deadline=None)
def test_lines_do_not_depend_on_how_the_text_was_cut(cuts: list[int]) -> None:
    borders = [0, *sorted(cuts), len(REPLY)]
    pieces = [REPLY[start:end] for start, end in pairwise(borders)]
    assert lines_of(pieces) == lines_of([REPLY])


def test_text_is_held_until_its_segment_is_certain_and_a_flush_speaks_it() -> None:
    front_end = FrontEnd(phonemizer("en-us"), "quality", 510)
    assert not front_end.held
    assert front_end.feed("This is not yet") == []
    assert front_end.held
    assert [line.ends for line in front_end.flush()] == ["flush"]
    assert not front_end.held


def test_a_clause_spoken_early_says_what_the_whole_sentence_says() -> None:
    text = "I really wanted to go there, and the apple that I used to eat and read about was close to an old house."
    early, whole = lines_of([text], latency="low"), lines_of([text], latency="quality")
    assert len(early) > len(whole) == 1
    assert [line.ends for line in early] == ["clause", "sentence"] or len(early) > 1
    assert words_of(early) == words_of(whole)


def test_text_cut_between_words_because_it_is_long_is_said_as_a_whole() -> None:
    text = " ".join(["he wanted to eat the apple that I used to own"] * 30)
    lines = lines_of(list(text))
    whole = phonemizer("en-us").phonemize(SourceText.of(text))
    assert {line.ends for line in lines} == {"cap", "flush"}
    assert words_of(lines) == [(word.phonemes, word.start) for word in whole.words]


def test_what_follows_a_flush_is_not_put_together_with_what_was_said() -> None:
    front_end = FrontEnd(phonemizer("en-us"), "quality", 510)
    said: list[Line] = []
    for piece in ("we have re", "ad to", " apples"):
        said += [*front_end.feed(piece), *front_end.flush()]
    assert [word.text for line in said for word in line.utterance.words] == ["we", "have", "re", "ad", "to", "apples"]


def test_one_large_piece_costs_no_more_than_many_small_ones() -> None:
    text = "This is a sentence of the text. " * 200
    pieces = [text[at : at + 400] for at in range(0, len(text), 400)]
    lines_of(pieces)
    assert lines_run(lambda: lines_of([text])) < 1.5 * lines_run(lambda: lines_of(pieces))


@pytest.mark.parametrize("text", ["1,", "1.", "–", "(", "to ", "May 5 – "])
def test_odd_text_costs_linear_work(text: str) -> None:
    def cost(size: int) -> int:
        return lines_run(lambda: lines_of(list((text * size)[:size]), latency="low"))

    cost(500)
    assert cost(2_000) < 6 * cost(500)  # quadratic work would be a factor of 16


def test_text_that_comes_slowly_is_not_tried_over_and_over() -> None:
    text = "1." * 500
    assert lines_run(lambda: lines_of(list(text))) < 20 * lines_run(lambda: lines_of([text]))


def test_the_warnings_of_a_line_do_not_depend_on_cuts() -> None:
    text = "Look: <pre>x = 1</pre> So it is :) <b>now</b>."
    assert lines_of(list(text)) == lines_of([text])
    assert [warning.start for line in lines_of(list(text)) for warning in line.warnings] == [6, 32]


def test_a_line_covers_the_words_that_it_says() -> None:
    for text in ("He has got a great dog - 100 of them, and so on", "Hi :)\n<script>x</script>Yes."):
        lines = lines_of([text], latency="low")
        assert all(line.start <= word.start < word.end <= line.end for line in lines for word in line.utterance.words)


@dataclass
class Marked:
    """A speakable stage with directions."""

    directions: list[Direction]
    dropped: list[Dropped]
    fed: int = 0

    def feed(self, piece: str) -> list[SourceText]:
        self.fed += len(piece)
        return [SourceText.of(piece, self.fed - len(piece))]

    def flush(self) -> list[SourceText]:
        return []

    def take_directions(self) -> list[Direction]:
        taken = [direction for direction in self.directions if place(direction) < self.fed]
        self.directions = self.directions[len(taken) :]
        return taken

    def take_dropped(self) -> list[Dropped]:
        taken = [dropped for dropped in self.dropped if dropped.start < self.fed]
        self.dropped = self.dropped[len(taken) :]
        return taken


def place(direction: Direction) -> int:
    return direction.start if isinstance(direction, Say) else direction.at


def directed(pieces: list[str], directions: list[Direction], dropped: list[Dropped]) -> list[Line]:
    front_end = FrontEnd(phonemizer("en-us"), "quality", 510)
    front_end._speakable = Marked(directions, dropped)  # type: ignore[assignment]  # as good as one
    return [line for piece in pieces for line in front_end.feed(piece)] + front_end.flush()


def test_directions_reach_the_lines_they_are_about() -> None:
    text = "One Xu.\nTwo.\nThree.\nFour."
    directions: list[Direction] = [Say(4, 6, "ʃˈu"), Break(8, 300), Break(8, 200), Rate(13, 1.5), Rate(20, 1.0)]
    dropped = [Dropped(5, 6, "an emoji"), Dropped(20, 21, "code")]
    lines = directed([text], list(directions), list(dropped))
    assert [line.pause_ms for line in lines] == [0, 500, 0, 0]
    assert [line.rate for line in lines] == [1.0, 1.0, 1.5, 1.0]
    assert [line.warnings for line in lines] == [(dropped[0],), (), (), (dropped[1],)]
    assert lines[0].utterance.words[1].phonemes == "ʃˈu"
    assert directed(list(text), list(directions), list(dropped)) == lines


@given(st.lists(st.integers(0, 24), max_size=12))
@settings(deadline=None)
def test_that_a_line_is_coming_is_known_before_the_line_with_the_silence_in_front_of_it(cuts: list[int]) -> None:
    text = "One Xu.\n*Two.*  \nThree. ..."
    front_end = FrontEnd(phonemizer("en-us"), "quality", 510)
    front_end._speakable = Marked([Break(8, 300), Break(8, 200), Break(17, 50)], [])  # type: ignore[assignment]
    said: list[Line] = []
    told: list[int] = []
    for start, end in pairwise([0, *sorted(cuts), len(text)]):
        if lines := front_end.feed(text[start:end]):
            assert [lines[0].pause_ms] == told or not told
            said, told = said + lines, []
        if front_end.coming is not None:
            assert told in ([], [front_end.coming])
            told = [front_end.coming]
    assert [line.pause_ms for line in said + front_end.flush()][:3] == [0, 500, 50]
    assert front_end.coming is None


def test_no_line_is_sure_to_come_of_text_that_may_hold_nothing_to_say() -> None:
    front_end = FrontEnd(phonemizer("en-us"), "quality", 510)
    assert [line.end for line in front_end.feed("Sure!\n")] == [5]
    for piece in (" ", "**", "\n", "...", " :", ")", " "):
        front_end.feed(piece)
        assert front_end.coming is None
    front_end.feed("The")
    assert front_end.coming == 0


def test_what_is_dropped_where_nothing_is_said_is_reported_too() -> None:
    (line,) = directed(["\n\n"], [], [Dropped(0, 1, "an emoji")])
    assert line.utterance == Utterance("", ())
    assert line.warnings == (Dropped(0, 1, "an emoji"),)


def test_a_speech_may_have_its_own_pronunciations() -> None:
    front_end = FrontEnd(phonemizer("en-us"), "quality", 510, lexicon=Lexicon({"Xu": "ʃˈu"}))
    (line,) = [*front_end.feed("Hello Xu."), *front_end.flush()]
    assert line.utterance.words[1].phonemes == "ʃˈu"


def test_a_language_that_takes_no_pronunciations_says_so() -> None:
    class Plain:
        def normalize(self, text: SourceText) -> SourceText:
            return text

        def phonemize(self, text: SourceText, says: Sequence[Say] = ()) -> Utterance:
            return Utterance("", ())

    with pytest.raises(InputError, match="lexicon"):
        FrontEnd(Plain(), "quality", 510, lexicon=Lexicon({"Xu": "ʃˈu"}))


def utterance(phonemes: str) -> Utterance:
    words, position = [], 0
    for number, part in enumerate(phonemes.split(" ")):
        words.append(Word(str(number), part, number, number + 1, position, position + len(part)))
        position += len(part) + 1
    return Utterance(phonemes, tuple(word for word in words if word.phonemes))


@given(st.text("ab ,.", max_size=200).map(str.strip), st.integers(2, 40))
def test_a_long_utterance_is_split_and_keeps_every_phoneme_and_word(phonemes: str, limit: int) -> None:
    whole = utterance(phonemes)
    parts = split(whole, limit)
    assert all(len(part.phonemes) <= limit for part in parts)
    assert "".join(part.phonemes for part in parts).replace(" ", "") == phonemes.replace(" ", "")
    assert [word.start for part in parts for word in part.words] == [word.start for word in whole.words]
    for part in parts:
        assert all(part.phonemes[word.first : word.last] == word.phonemes for word in part.words)


def test_words_of_a_part_lie_within_it() -> None:
    hundred, ten = Word("110", "wˈʌn hˈʌndɹəd", 0, 3, 0, 13), Word("10", "tˈɛn", 4, 6, 14, 18)
    whole = Utterance("wˈʌn hˈʌndɹəd tˈɛn", (hundred, ten))
    parts = split(whole, 8)
    assert [part.phonemes for part in parts] == ["wˈʌn", "hˈʌndɹəd", "tˈɛn"]
    for part in parts:
        assert all(part.phonemes[word.first : word.last] == word.phonemes for word in part.words)


def test_lines_of_a_divided_word_follow_each_other() -> None:
    lines = lines_of(["Say 1,999,999 now."], limit=8)
    assert all(before.end <= after.start <= after.end for before, after in pairwise(lines))


def test_what_is_dropped_last_is_reported_behind_the_lines() -> None:
    lines = lines_of(["One.\n```\nx = 1"])
    assert lines[-1].warnings
    assert all(before.end <= after.start <= after.end for before, after in pairwise(lines))


def test_a_long_utterance_is_cut_at_a_mark_before_a_space_and_at_a_space_before_a_letter() -> None:
    assert [part.phonemes for part in split(utterance("aaa, bbb ccc"), 8)] == ["aaa,", "bbb ccc"]
    assert [part.phonemes for part in split(utterance("aaa bbb ccc"), 8)] == ["aaa bbb", "ccc"]
    assert [part.phonemes for part in split(utterance("aaaaaaaaaaaa"), 8)] == ["aaaaaaaa", "aaaa"]


def test_a_line_that_exceeds_the_models_limit_becomes_several_that_cover_the_same_text() -> None:
    text = "One two three four five six seven eight nine ten."
    lines = lines_of([text], limit=20)
    assert len(lines) > 1
    assert lines[0].start == 0
    assert lines[-1].end == len(text)
    assert [line.ends for line in lines] == ["cap"] * (len(lines) - 1) + [
        "flush" if lines[-1].ends == "flush" else "sentence"
    ]
