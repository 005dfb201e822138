from __future__ import annotations

import pytest

from kokoro_stream.phonemes.english import English
from kokoro_stream.text.source import SourceText


@pytest.mark.parametrize(
    ("phonemes", "sentences"),
    [
        ("lˈɪv", ["We *live* near the shop.", "the people who *live* here", "They *live* alone."]),
        ("lˈIv", ["The *live* music was great.", "The site is *live* now.", "*Live* music tonight."]),
        ("lˈɪvz", ["She *lives* in Paris.", "John *lives* in Paris."]),
        ("lˈIvz", ["It changed their *lives*."]),
        ("klˈOz", ["*Close* the door.", "Please *close* all windows."]),
        ("klˈOs", ["It is *close* to the shop.", "We live *close* to it.", "He was a *close* friend."]),
        ("jˈuz", ["*Use* Python.", "You can *use* it.", "Does the app *use* Python?", "tools that *use* Python"]),
        ("jˈus", ["What is the *use* of it?", "It's of no *use*.", "In this *use* case we win."]),
        ("jˈuzᵻz", ["The app *uses* Python."]),
        ("jˈusᵻz", ["It has many *uses*.", "The common *uses* of this tool"]),
        ("ɹəkˈɔɹd", ["I *record* it.", "Can you *record* the call?", "Users *record* their voice."]),
        ("ɹˈɛkəɹd", ["a new *record* was set", "Keep a *record*."]),
        ("ɹˈɛd", ["I have *read* it.", "She *read* it aloud.", "I *read* it yesterday.", "It can be *read* here."]),
        ("ɹˈid", ["I will *read* it.", "*Read* the manual.", "You need to *read* this.", "I *read* books."]),
        ("əbʤˈɛkt", ["They *object* to it."]),
        ("ˈɑbʤəkt", ["The *object* is red.", "*object* storage"]),
        ("pɹizˈɛnt", ["I'd like to *present* it."]),
        ("pɹˈɛzᵊnt", ["a *present* for you", "It is *present* in the file."]),
        ("kˈɑntɛnt", ["The *content* is good.", "The *content* type is wrong.", "Create *content* for users."]),
        ("kəntˈɛnt", ["He is *content*."]),
        ("ɪnvˈælɪd", ["an *invalid* token", "The token is *invalid*."]),
        ("ˈɪnkɹˌis", ["an *increase* of five percent"]),
        ("ɪnkɹˈis", ["Prices *increase* every year.", "*Increase* the value.", "to *increase* speed"]),
        ("wˈɪnd", ["The *wind* is strong."]),
        ("wˈInd", ["*Wind* up the clock."]),
        ("tˈɛɹ", ["Do not *tear* the paper."]),
        ("tˈɪɹ", ["A *tear* ran down."]),
        ("sˈɛpəɹət", ["*separate* files", "keep them *separate*"]),
        ("sˈɛpəɹˌAt", ["*Separate* the files."]),
        ("əlˈæbəɹət", ["an *elaborate* plan"]),
        ("əlˈæbəɹˌAt", ["Could you *elaborate* on that?"]),
        ("jˈust", ["I *used* to work there.", "She got *used* to working."]),
        ("jˈuzd", ["It is *used* to measure.", "It was *used* by him."]),
        ("bˈAs", ["play *bass* guitar"]),
    ],
)
def test_neighbours_decide(english: English, phonemes: str, sentences: list[str]) -> None:
    for sentence in sentences:
        before, word, after = sentence.split("*")
        spoken = english.phonemize(SourceText.of(before + word + after))
        assert [said.phonemes for said in spoken.words if said.start == len(before)] == [phonemes], sentence
