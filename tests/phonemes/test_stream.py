"""Phonemes that leave word by word are those of the whole sentence, wherever it is cut."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from itertools import chain, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kokoro_stream.phonemes.english import English
from kokoro_stream.phonemes.stream import LEFT, PhonemeStream
from kokoro_stream.phonemes.utterance import Utterance
from kokoro_stream.text.directions import Say
from kokoro_stream.text.source import EMPTY, SourceText
from tests.sentences import drawn, written
from tests.text.cuts import lines_run

from .test_english import ODD_TEXT


def streamed(english: English, text: SourceText, cuts: Iterable[int]) -> Utterance:
    stream = PhonemeStream(english)
    parts = [stream.feed(text[start:end]) for start, end in pairwise([0, *cuts, len(text)])]
    return Utterance.join([*parts, stream.flush()])


def word_ends(text: SourceText) -> list[int]:
    return [space.end() for space in re.finditer(r"\s+", text.text)]


def test_words_that_arrive_one_by_one_say_what_the_whole_sentence_says(english: English) -> None:
    for sentence in chain(written(), drawn(5000)):
        text = english.normalize(SourceText.of(sentence))
        assert streamed(english, text, word_ends(text)) == english.phonemize(text), sentence


def test_so_they_do_in_british_english(british: English) -> None:
    for sentence in drawn(300, seed=1):
        text = SourceText.of(sentence)
        assert streamed(british, text, word_ends(text)) == british.phonemize(text), sentence


def test_a_sentence_may_be_cut_anywhere(english: English) -> None:
    random_ = random.Random(2)
    for sentence in drawn(300, seed=2):
        text = english.normalize(SourceText.of(sentence))
        cuts = sorted(random_.choices(range(len(text) + 1), k=4))
        assert streamed(english, text, cuts) == english.phonemize(text), (sentence, cuts)


@settings(deadline=None)
@given(ODD_TEXT, st.lists(st.integers(0, 60), max_size=6))
def test_odd_text_may_be_cut_anywhere(english: English, odd: str, cuts: list[int]) -> None:
    text = SourceText.of(odd)
    assert streamed(english, text, sorted(min(cut, len(text)) for cut in cuts)) == english.phonemize(text)


@pytest.mark.parametrize(
    ("fed", "said"),
    [
        ("We opened ", "wˌi ˈOpᵊnd"),
        ("We opened the ", "wˌi ˈOpᵊnd"),
        ("We opened the apple ", "wˌi ˈOpᵊnd ði ˈæpᵊl"),
        ("I want to ", "ˌI wˈɑnt"),
        ("I want to a ", "ˌI wˈɑnt"),
        ("He used ", "hˌi"),
        ("He used to ", "hˌi"),
        ("Milk, eggs etc. ", "mˈɪlk, ˈɛɡz"),
    ],
)
def test_a_word_leaves_as_soon_as_nothing_can_change_it(english: English, fed: str, said: str) -> None:
    assert PhonemeStream(english).feed(SourceText.of(fed)).phonemes == said


def test_nearly_all_words_have_left_before_the_sentence_ends(english: English) -> None:
    early = total = 0
    for sentence in written():
        text = SourceText.of(sentence)
        stream = PhonemeStream(english)
        early += sum(len(stream.feed(text[a:b]).words) for a, b in pairwise([0, *word_ends(text), len(text)]))
        total += len(english.phonemize(text).words)
    assert early / total > 0.85


def test_a_cut_is_settled_by_what_follows(english: English) -> None:
    stream = PhonemeStream(english)
    text, following = SourceText.of("I used to", 0), SourceText.of(" eat ", 9)
    assert stream.settle(text, SourceText.of(" ", 9), more=True) is None
    settled = stream.settle(text, following, more=True)
    assert settled is not None
    assert settled.phonemes == "ˌI jˈust tʊ"
    assert stream.feed(following).phonemes == " ˈit"
    assert stream.flush() == stream.flush() == Utterance("", ())


def test_the_callers_phonemes_are_said_when_their_text_has_come(english: English) -> None:
    text = SourceText.of("Say Nguyens to the New Yorker.")
    says = [Say(4, 10, "wˈɪn"), Say(19, 27, "nujˈɔɹk")]
    whole = english.phonemize(text, says)
    assert whole.phonemes == "sˈA wˈɪnz tə ðə nujˈɔɹk əɹ." or whole.words[4].phonemes.startswith("nujˈɔɹk")
    stream = PhonemeStream(english)
    parts = [stream.feed(text[:12], says[:1]), stream.feed(text[12:], says[1:]), stream.flush()]
    assert Utterance.join(parts) == whole


def test_what_one_number_became_stays_one_word(english: English) -> None:
    price = SourceText.standing_for("five dollars, ten cents", 9, 14)
    text = SourceText.of("It costs ") + price + SourceText.of(" now.", 14)
    assert streamed(english, text, word_ends(text)) == english.phonemize(text)


def test_a_long_stream_costs_its_length(english: English) -> None:
    def feed(words: int) -> int:
        stream = PhonemeStream(english)
        text = SourceText.of("to a apple " * 4 * LEFT)
        return lines_run(lambda: [stream.feed(text[at : at + 4]) for at in range(0, 4 * words, 4)])

    feed(50)
    assert feed(80) < 2.5 * feed(40)


def test_nothing_in_nothing_out(english: English) -> None:
    stream = PhonemeStream(english)
    assert stream.feed(EMPTY) == stream.feed(SourceText.of("  ")) == stream.flush() == Utterance("", ())
