from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from kokoro_stream.phonemes.english import English
from kokoro_stream.text.source import SourceText

SENTENCES = tomllib.loads(Path(__file__).with_name("homographs.toml").read_text("utf-8"))


def said(english: English, sentence: str) -> list[str]:
    """The phonemes of the word between asterisks."""
    before, word, after = sentence.split("*")
    spoken = english.phonemize(SourceText.of(before + word + after))
    return [found.phonemes for found in spoken.words if found.start == len(before)]


@pytest.mark.parametrize(("part", "least"), [("seen", 0.95), ("blind", 0.93), ("fresh", 0.93), ("openings", 0.93)])
def test_talk_of_assistants(english: English, part: str, least: float) -> None:
    results = [said(english, s) == [phonemes] for phonemes, cases in SENTENCES[part].items() for s in cases]
    assert sum(results) / len(results) >= least


@pytest.mark.parametrize(
    ("phonemes", "sentences"),
    [
        ("ɹˈɛd", ["I have *read* it.", "She *read* it aloud.", "I *read* it yesterday.", "It can be *read* here."]),
        ("ɹˈid", ["I will *read* it.", "*Read* the manual.", "You need to *read* this.", "I *read* it every day."]),
        ("lˈɪv", ["We *live* near the shop.", "the people who *live* here", "They *live* alone."]),
        ("lˈIv", ["The *live* music was great.", "The site is *live* now.", "*Live* music tonight."]),
        ("lˈɪvd", ["We *lived* there."]),
        ("klˈOz", ["*Close* the door.", "Please *close* all windows."]),
        ("klˈOs", ["It is *close* to the shop.", "We live *close* to it.", "He was a *close* friend."]),
        ("jˈuz", ["*Use* Python.", "Does the app *use* Python?", "tools that *use* Python"]),
        ("jˈus", ["What is the *use* of it?", "It's of no *use*.", "In this *use* case we win."]),
        ("wˈInd", ["*Wind* up the clock."]),
        ("ɹəkˈɔɹd", ["RECORD THE CALL".replace("RECORD", "*RECORD*"), "Let's *record* it."]),
        ("ɹˈɛkəɹdz", ["The *record's* cover is blue."]),
        ("jˈust", ["I *used* to work there.", "She got *used* to working."]),
        ("jˈuzd", ["It is *used* to measure.", "It was *used* by him."]),
    ],
)
def test_neighbours_decide(english: English, phonemes: str, sentences: list[str]) -> None:
    for sentence in sentences:
        assert said(english, sentence) == [phonemes], sentence


@pytest.mark.parametrize(
    ("sentence", "phonemes"),
    [
        ("*Close* the door.", "klˈQz"),
        ("It is *close*.", "klˈQs"),
        ("a *minute* amount", "mInjˈuːt"),
        ("Old *lead* pipes are dangerous.", "lˈɛd"),
        ("*Polish* the table.", "pˈɒlɪʃ"),
    ],
)
def test_the_british_choose_alike(british: English, sentence: str, phonemes: str) -> None:
    assert said(british, sentence) == [phonemes]


def test_a_word_is_decided_two_tokens_ahead_at_most(english: English) -> None:
    for part in SENTENCES.values():
        for sentence in (s for cases in part.values() for s in cases):
            before, word, after = sentence.split("*")
            following = after.split()
            if len(following) > 3:
                cut = f"{before}*{word}* {' '.join(following[:2])} the"
                assert said(english, cut) == said(english, sentence)
