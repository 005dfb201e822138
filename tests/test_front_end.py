"""From pieces of text to lines for the model: nothing lost, nothing said twice, however the text was cut."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from kokoro_stream.front_end import FrontEnd, Line, split
from kokoro_stream.phonemes.languages import phonemizer
from kokoro_stream.phonemes.utterance import Utterance, Word

REPLY = "## Plan\n\n1. **Milk** costs $3.49.\n2. Dr. Smith said *hello* — see https://example.com/x. Then `stop`."


def lines_of(pieces: list[str], limit: int = 510) -> list[Line]:
    front_end = FrontEnd(phonemizer("en-us"), "balanced", limit)
    return [line for piece in pieces for line in front_end.feed(piece)] + front_end.flush()


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
