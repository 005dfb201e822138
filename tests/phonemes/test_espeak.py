from __future__ import annotations

import ast
import importlib.util
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.phonemes.espeak import NOTATION, WORD_LIMIT
from kokoro_stream.phonemes.languages import phonemizer
from kokoro_stream.phonemes.utterance import Utterance
from kokoro_stream.phonemes.vocabulary import VOCABULARY
from kokoro_stream.text.directions import Say
from kokoro_stream.text.source import SourceText
from tests.phonemes.sentences import SENTENCES
from tests.phonemes.utterances import assert_sound

LANGUAGES = ("es", "fr-fr", "hi", "it", "pt-br")
EVERY_LANGUAGE = pytest.mark.parametrize("lang", LANGUAGES)


def said(lang: str, text: str, *says: Say) -> Utterance:
    language = phonemizer(lang)
    return language.phonemize(language.normalize(SourceText.of(text)), says)


def by_word(utterance: Utterance, text: str) -> list[tuple[str, str]]:
    return [(text[word.start : word.end], word.phonemes) for word in utterance.words]


@pytest.mark.parametrize(
    ("lang", "text", "phonemes"),
    [
        ("es", "¿Qué tal, María? «Bien» (dijo)… ¡Adiós!", "kˈe tˈal, maɾˈia? “bjˈen” (dˈixo)… aðjˈos!"),
        ("es", "Voy a la casa de los abuelos.", "bˈoɪ a la kˈasa ðe los aβwˈelos."),
        ("fr-fr", "Les amis sont allés à l’école.", "lez amˈi sˈɔ̃t alˈez a lekˈɔl."),
        ("fr-fr", "Allons-y !", "alɔ̃zˈi !"),
        ("it", "Non c'è nessuno - forse.", "non ʧe neSˈuno — fˈorse."),
        ("pt-br", "Eu estou em casa de novo.", "eʊ estˌow ˈAŋ kˈazæ ʤy nˈovʊ."),
        ("hi", "वह घर गया। क्या वह लड़का ठीक है?", "ʋˌəh ɡʰˈʌɾ ɡˈʌjaː. kːjaː ʋˌəh lˈʌr.kˌaː ʈʰˈiːk hɛː?"),
    ],
)
def test_it_is_pronounced_as_one_speaks(lang: str, text: str, phonemes: str) -> None:
    assert said(lang, text).phonemes == phonemes


def test_words_that_espeak_says_as_one_are_one_and_those_it_divides_are_whole() -> None:
    text = "Qu'est-ce que c'est que ça ?"
    assert by_word(said("fr-fr", text), text) == [
        ("Qu'est-ce que", "kɛskˌə"), ("c'est", "sɛ"), ("que", "kə"), ("ça", "sˈa"),
    ]  # fmt: skip
    text = "En YouTube hay Wi-Fi."
    assert [word for word, _ in by_word(said("es", text), text)] == ["En", "YouTube", "hay", "Wi-Fi"]


def test_all_that_is_said_for_a_number_is_one_written_word() -> None:
    text = "Hay 21 casas."
    assert by_word(said("es", text), text) == [("Hay", "ˈI"), ("21", "βAntjˈuna"), ("casas", "kˈasas")]
    assert len(said("es", "1.234.567").words) == 1


def test_the_callers_phonemes_win() -> None:
    text = "Me llamo Xochitl ahora."
    utterance = said("es", text, Say(9, 16, "sˈoʧil"))
    assert by_word(utterance, text)[2] == ("Xochitl", "sˈoʧil")
    assert utterance.phonemes == "me ʎˈamo sˈoʧil aˈoɾa."


def test_what_cannot_be_said_is_reported() -> None:
    text = "Hola 😀 mundo привет * ok₩"
    assert [text[start:end] for start, end in said("es", text).unspoken] == ["😀", "привет", "₩"]


@EVERY_LANGUAGE
def test_every_sound_is_in_the_vocabulary(lang: str) -> None:
    assert len(SENTENCES[lang]) >= 200
    for sentence in SENTENCES[lang]:
        utterance = said(lang, sentence)
        assert_sound(utterance, sentence)
        assert not utterance.unspoken
        assert len(utterance.words) == len(sentence.replace(" ?", "?").replace(" !", "!").split())


@EVERY_LANGUAGE
def test_threads_do_not_disturb_each_other(lang: str) -> None:
    """The library itself mixes their phonemes up."""
    others = [other for other in LANGUAGES if other != lang]
    work = [(lang, sentence) for sentence in SENTENCES[lang][:60]] + [
        (other, sentence) for other in others for sentence in SENTENCES[other][:15]
    ]
    alone = [said(*each) for each in work]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda each: said(*each), work * 2)) == alone * 2


@EVERY_LANGUAGE
@given(text=st.text(max_size=80) | st.text("aé ñ'’-.¿!0123456789%€₹:/कर्ि।\u200d\x00*", max_size=80))
def test_any_text_can_be_said(lang: str, text: str) -> None:
    assert_sound(said(lang, text), text)


def test_silences_are_in_order_though_a_word_is_found_silent_late() -> None:
    assert said("pt-br", "BૢͰ").unspoken == ((0, 3),)


@EVERY_LANGUAGE
@pytest.mark.parametrize(
    "part", ["a", "ा", "X", "a'", "a-", "Wi-Fi ", "1-", "1 ", "123 ", "½", ",", "-", "a.", "12:30 "]
)
def test_a_long_line_takes_no_longer_than_its_parts(lang: str, part: str) -> None:
    """Work that grew with the square of the length would not end within the time limit of a test."""
    text = part * (12_000 // len(part))
    assert_sound(said(lang, text), text)


def test_a_word_without_end_is_said_in_pieces() -> None:
    assert all(word.end - word.start <= WORD_LIMIT for word in said("it", "parola" * 50).words)


def test_the_notation_is_misakis() -> None:
    spec = importlib.util.find_spec("misaki.espeak")
    assert spec is not None
    assert spec.origin is not None
    tables = [
        ast.literal_eval(node.value)
        for node in ast.walk(ast.parse(Path(spec.origin).read_text("utf-8")))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
    ]
    assert any(table == NOTATION for table in tables)
    assert VOCABULARY.keys() >= set("".join(NOTATION.values()))
