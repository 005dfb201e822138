"""A clause spoken early says what the whole sentence would have said."""

from __future__ import annotations

import random
import re
from itertools import chain, pairwise

import pytest

from kokoro_stream.phonemes.english import English
from kokoro_stream.phonemes.sentence import Sentence
from kokoro_stream.phonemes.utterance import Utterance
from kokoro_stream.text.directions import Say
from kokoro_stream.text.source import EMPTY, SourceText
from tests.sentences import drawn, written


def said(english: English, sentence: str, cuts: list[int]) -> list[Utterance]:
    """What is said for the segments between the cuts."""
    text, spoken = SourceText.of(sentence), Sentence(english)
    parts = [spoken.say(text[start:end], text[end:]) for start, end in pairwise([0, *cuts, len(text)])]
    return [part for part in parts if part is not None]


def words(*utterances: Utterance) -> list[tuple[str, int, int]]:
    return [(word.phonemes, word.start, word.end) for utterance in utterances for word in utterance.words]


def marks(*utterances: Utterance) -> str:
    return "".join(utterance.phonemes for utterance in utterances).replace(" ", "")


def test_segments_cut_between_any_words_say_what_the_whole_sentence_says(english: English) -> None:
    random_ = random.Random(5)
    for sentence in chain(written(), drawn(2500, seed=5)):
        spaces = [space.start() for space in re.finditer(r"\s+", sentence)]
        cuts = sorted(random_.sample(spaces, min(len(spaces), random_.randint(1, 3))))
        whole = english.phonemize(english.normalize(SourceText.of(sentence)))
        parts = said(english, sentence, cuts)
        assert words(*parts) == words(whole), (sentence, cuts)
        assert marks(*parts) == marks(whole), (sentence, cuts)


@pytest.mark.parametrize(
    ("before", "after", "phonemes"),
    [
        ("They want to", " eat", "ðA wˈɑnt tʊ"),
        ("They want to", " go", "ðA wˈɑnt tə"),
        ("It was the", " apple", "ˌɪt wʌz ði"),
        ("That is what we used", " to do", "ðˈæt ɪz wʌt wi jˈust"),
        ("It costs $5", " million", "ˌɪt kˈɔsts fˈIv mˈɪljᵊn dˈɑləɹz"),
        ("We open on May", " 5 — 7 if so", "wi ˈOpᵊn ɔn mˈA fˈɪfθ tə sˈɛvənθ"),
    ],
)
def test_a_segment_knows_what_follows(english: English, before: str, after: str, phonemes: str) -> None:
    first, *_ = said(english, before + after, [len(before)])
    assert first.phonemes.replace("ˌ", "").replace("ˈ", "") == phonemes.replace("ˌ", "").replace("ˈ", "")


def test_what_was_said_with_the_segment_before_is_not_said_again(english: English) -> None:
    parts = said(english, "It costs $5 million now", [11])
    assert [word.text for part in parts for word in part.words] == ["It", "costs", "five million dollars", "now"]


def test_it_waits_for_words_only_where_they_matter(english: English) -> None:
    def waits(segment: str, after: str) -> bool:
        text = SourceText.of(segment)
        return Sentence(english).say(text, SourceText.of(after, len(text)), more=True) is None

    assert not waits("Well, hello there,", " ")
    assert waits("Well, hello there", " ")
    assert not waits("Well, hello there", " my friend ")
    assert waits("I would like to", " a a ")
    assert not waits("I would like to", " a a" * 20)


def test_the_answer_does_not_depend_on_how_much_is_known_of_what_follows(english: English) -> None:
    segment, after = SourceText.of("I saw it on May 5,"), " 2024 in the morning of a day "
    for known in (1, 6, 9, len(after)):
        spoken = Sentence(english).say(segment, SourceText.of(after[:known], 18), more=True)
        assert spoken is not None
        assert spoken.words[-1].text.endswith("fifth") or spoken.words[-1].text == "five"


def test_given_phonemes_are_kept_from_the_numbers_around_them(english: English) -> None:
    text = SourceText.of("Route 66 to St. Louis.")
    spoken = Sentence(english).say(text, EMPTY, [Say(6, 8, "sˈɪksiz"), Say(12, 15, "sˈAnt")])
    assert spoken is not None
    assert [word.phonemes for word in spoken.words][1:4] == ["sˈɪksiz", "tə", "sˈAnt"]


def test_a_language_without_word_by_word_phonemes_is_said_segment_by_segment() -> None:
    class Plain:
        def normalize(self, text: SourceText) -> SourceText:
            return text.replace([(at, at + 1, "five") for at, c in enumerate(text.text) if c == "5"])

        def phonemize(self, text: SourceText, says: object = ()) -> Utterance:
            return Utterance(text.text, ())

    spoken = Sentence(Plain())
    text = SourceText.of("a 5 b 5")
    assert spoken.say(text[:3], text[3:]) == Utterance("a five", ())
    assert spoken.say(text[3:], EMPTY) == Utterance("b five", ())
