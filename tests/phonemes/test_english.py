from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kokoro_stream.phonemes.english import English
from kokoro_stream.phonemes.languages import phonemizer
from kokoro_stream.phonemes.lexicon import Lexicon
from kokoro_stream.phonemes.utterance import Utterance
from kokoro_stream.phonemes.vocabulary import VOCABULARY
from kokoro_stream.text.directions import Say
from kokoro_stream.text.source import SourceText

PIECES = (
    "a the to in I used that am read Hello don't GitHub qwrt x264 IT U.S. e.g. 1 007 2.5 21st -5 , . ... ! ? - — _ / "
    "( ) [ ] [a](/b/) ' \" “ ” ’s $ % & # + * = ~ | < @ é ß 世界 я ½ ² ٣ Ⅳ ﬁ ª 😀 \0 \ud800 \u200d \u0301 \ufeff"
)
PIECE = st.sampled_from([*PIECES.split(" "), " ", "\n", "\u00a0"])
ODD_TEXT = st.lists(PIECE, max_size=30).map("".join) | st.text(max_size=60)


def spoken(english: English, text: str) -> Utterance:
    return english.phonemize(SourceText.of(text))


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("The quick brown fox jumps over the lazy dog.", "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˈOvəɹ ðə lˈAzi dˈɔɡ."),
        ("Hello, world! How can I help you?", "həlˈO, wˈɜɹld! hˌW kæn ˌI hˈɛlp ju?"),
        ("the apple, the pear", "ði ˈæpᵊl, ðə pˈɛɹ"),
        ("I want to. I want to eat.", "ˌI wˈɑnt tu. ˌI wˈɑnt tʊ ˈit."),
        ('He said "no" (twice)… — really', "hˌi sˈɛd “nˈO” (twˈIs)… — ɹˈiᵊli"),
        ("better", "bˈɛTəɹ"),
        ("NASA and the API", "nˈæsə ænd ði ˌApˌiˈI"),
    ],
)
def test_american_english_is_said_as_misaki_writes_it(english: English, text: str, phonemes: str) -> None:
    assert spoken(english, text).phonemes == phonemes


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [("Hello, world!", "həlˈQ, wˈɜːld!"), ("better", "bˈɛtə"), ("the lazy dog", "ðə lˈAzi dˈɒɡ")],
)
def test_british_english_is_said_as_misaki_writes_it(british: English, text: str, phonemes: str) -> None:
    assert spoken(british, text).phonemes == phonemes


def test_every_written_word_is_one_word_with_its_place(english: English) -> None:
    text = "Don't use state-of-the-art, and/or (GitHub's) “best”—ever!"
    words = spoken(english, text).words
    assert [word.text for word in words] == ["Don't", "use", "state-of-the-art", "and/or", "GitHub's", "best", "ever"]
    assert [text[word.start : word.end] for word in words] == [word.text for word in words]


def test_what_one_number_became_is_one_word(english: English) -> None:
    text = (
        SourceText.of("It costs ") + SourceText.standing_for("five dollars, ten cents", 9, 14) + SourceText.of(".", 14)
    )
    *_, price = spoken_words = english.phonemize(text).words
    assert len(spoken_words) == 3
    assert (price.text, price.start, price.end) == ("five dollars, ten cents", 9, 14)
    assert price.phonemes == "fˈIv dˈɑləɹz, tˈɛn sˈɛnts"


def test_unknown_words_are_said(english: English) -> None:
    utterance = spoken(english, "Zorblax met Łukasz at x264 qwrt.")
    assert [word.text for word in utterance.words] == ["Zorblax", "met", "Łukasz", "at", "x264", "qwrt"]
    assert utterance.unspoken == ()


def test_the_users_pronunciation_wins_over_every_other(english: English) -> None:
    taught = english.using(Lexicon({"hello": "jˈO", "C++": "sˈi", "json": "ʤˈeɪ"}))
    utterance = spoken(taught, "Hello, C++ Hello's JSON.")
    assert utterance.phonemes == "jˈO, sˈi jˈOz ʤˈeɪ."
    assert [word.text for word in utterance.words] == ["Hello", "C++", "Hello's", "JSON"]


def test_one_users_pronunciation_is_not_anothers(english: English) -> None:
    taught = english.using(Lexicon({"hello": "jˈO"}))
    assert spoken(taught, "Hello.") != spoken(english, "Hello.") == spoken(taught.using(Lexicon()), "Hello.")


def test_ranges_are_said_as_the_caller_says(english: English) -> None:
    text = SourceText.of("Newark's GIFs, the X Æ child (and 5).")
    says = [Say(0, 3, "nˈu"), Say(9, 12, "ʤˈɪf"), Say(19, 28, "ˈɛks"), Say(34, 35, "fˈaɪ"), Say(90, 99, "nˈO")]
    utterance = english.phonemize(text, says)
    assert [(word.text, word.phonemes) for word in utterance.words] == [
        ("Newark's", "nˈuˈɑɹks"),
        ("GIFs", "ʤˈɪfs"),
        ("the", "ði"),
        ("X Æ child", "ˈɛks"),
        ("and", "ænd"),
        ("5", "fˈaɪ"),
    ]
    assert utterance.unspoken == ()


def test_what_cannot_be_said_is_reported(english: English) -> None:
    text = "one 世界 two мир😀 ∑ three"
    utterance = spoken(english, text)
    assert [word.text for word in utterance.words] == ["one", "two", "three"]
    assert [text[start:end] for start, end in utterance.unspoken] == ["世界", "мир😀", "∑"]


def test_silent_punctuation_is_not_reported(english: English) -> None:
    assert spoken(english, "a_b [c] * • ‹d› 'e' #").unspoken == ()


def test_link_syntax_puts_no_phonemes_into_the_voice(english: English) -> None:
    utterance = spoken(english, "[docs](/ɡˈɪd/) [one](2)")
    assert utterance.phonemes.startswith("(dˈɑks)")
    assert "wˈʌn" in utterance.phonemes


def test_a_line_of_dots_is_one_pause(english: English) -> None:
    assert spoken(english, "Well" + "." * 1000 + " no" + "!" * 1000).phonemes == "wˈɛl... nˈO!!!"


def test_nothing_is_said_for_nothing(english: English) -> None:
    assert spoken(english, "") == spoken(english, " \n\0") == Utterance("", ())


@pytest.mark.parametrize("unit", ["a", "9", "1-", "a1", "世", '"', "NaN", "😀", "a.b"])
def test_long_text_without_a_space_is_said_to_its_end(english: English, unit: str) -> None:
    text = unit * 1500 + " end"
    utterance = spoken(english, text)
    assert utterance.words[-1].text.endswith("end")
    assert (utterance.words[0].start == 0) or unit in '世"😀'


@settings(deadline=None)
@given(ODD_TEXT, st.sampled_from(["en-us", "en-gb"]))
def test_any_text_gives_known_symbols_and_words_in_order(text: str, lang: str) -> None:
    utterance = phonemizer(lang).phonemize(SourceText.of(text))
    phonemes = utterance.phonemes
    assert set(phonemes) <= VOCABULARY.keys()
    assert phonemes == " ".join(phonemes.split())
    said, read = 0, 0
    for word in utterance.words:
        assert said <= word.first < word.last <= len(phonemes)
        assert read <= word.start < word.end <= len(text)
        assert word.phonemes == phonemes[word.first : word.last] == word.phonemes.strip(" ,.;:!?—…“”")
        assert word.text == text[word.start : word.end]
        said, read = word.last, word.end
    assert all(0 <= start < end <= len(text) for start, end in utterance.unspoken)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["one", "GitHub", "don't", "5", "世界", "zorblax", "😀", "café"]), max_size=8))
def test_every_word_is_said_or_reported(words: list[str]) -> None:
    text = " ".join(words)
    utterance = phonemizer("en-us").phonemize(SourceText.of(text))
    spans = sorted([(word.start, word.end) for word in utterance.words] + list(utterance.unspoken))
    assert "".join(text[start:end] for start, end in spans) == "".join(words)


def test_prints_nothing(english: English, capsys: pytest.CaptureFixture[str]) -> None:
    spoken(english, "$1,000,000 -.5 1.2.3 0,, ½ x264 21st 80's 9" + "9" * 500)
    assert capsys.readouterr().out == ""


def test_threads_may_share_it(english: English) -> None:
    sentences = [f"The {word} used to read the record." for word in ("apple", "zorblax", "cat", "Łukasz", "GPU")] * 20
    alone = [spoken(english, sentence) for sentence in sentences]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda sentence: spoken(english, sentence), sentences)) == alone
