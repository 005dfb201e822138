from __future__ import annotations

import itertools
import time

import pytest

from kokoro_stream.phonemes.british import british
from kokoro_stream.phonemes.lexicon import Lexicon
from kokoro_stream.phonemes.misaki import Misaki
from kokoro_stream.phonemes.names import NAMES, Names
from kokoro_stream.phonemes.vocabulary import VOCABULARY

_VOWELS = frozenset("AIOQWYaiuæɑɒɔəɛɜɪʊʌᵊᵻ")
_AMERICAN = frozenset("AIOTWYbdfhijklmnpstuvwzæðŋɑɔəɛɜɡɪɹʃʊʌʒʤʧˈˌːθᵊᵻ")


def sections() -> dict[str, list[list[str]]]:
    """The lines of the file by heading."""
    found: dict[str, list[list[str]]] = {}
    for line in filter(None, NAMES.read_text(encoding="utf-8").splitlines()):
        if line.startswith("# "):
            found[line] = []
        else:
            found[list(found)[-1]].append(line.split(" "))
    return found


def entries() -> list[list[str]]:
    return [entry for section in sections().values() for entry in section]


def test_there_are_many_and_each_is_there_once() -> None:
    words = [entry[0].lower() for entry in entries()]
    assert len(words) == len(set(words)) == len(Names()) >= 2000
    assert all(len(entry) in (2, 3) for entry in entries())


def test_misaki_knows_none_of_them_but_those_it_says_wrong(misaki: Misaki) -> None:
    corrected, *lacking = sections().values()
    for word, *_ in (entry for section in lacking for entry in section):
        assert not any(misaki.knows(case) for case in (word, word.lower(), word.capitalize(), word.upper())), word
    assert all(misaki.pronounce(word, "NN") != phonemes for word, phonemes, *_ in corrected)


@pytest.mark.parametrize("words", [Names(), Names(british=True)], ids=["American", "British"])
def test_each_is_said_in_known_symbols_with_one_main_stress(words: Names) -> None:
    for word in words:
        phonemes = words.get(word) or ""
        assert set(phonemes) <= VOCABULARY.keys(), word
        assert phonemes.count("ˈ") == (not _VOWELS.isdisjoint(phonemes)), word


def test_a_stress_mark_stands_before_a_vowel_and_the_american_symbols_are_american() -> None:
    for word, phonemes, *_ in entries():
        assert set(phonemes) <= _AMERICAN, word
        assert all(after in _VOWELS for mark, after in itertools.pairwise(phonemes) if mark in "ˈˌ"), word


def test_they_answer_in_any_case_and_both_accents() -> None:
    american, british = Lexicon.builtin(), Lexicon.builtin(british=True)
    assert american.get("Kubernetes") == american.get("KUBERNETES") == "kˌubəɹnˈɛTiz"
    assert british.get("Kubernetes") == "kˌuːbənˈɛtiːz"
    assert british.get("Birmingham") == "bˈɜːmɪŋəm"
    assert american.get("Unheardof") is None


@pytest.mark.parametrize(
    ("word", "american", "expected"),
    [
        ("Connor", "kˈɑnəɹ", "kˈɒnə"),
        ("Barack", "bəɹˈɑk", "bəɹˈɑːk"),
        ("Cameron", "kˈæməɹən", "kˈaməɹən"),
        ("Martha", "mˈɑɹθə", "mˈɑːθə"),
        ("Laura", "lˈɔɹə", "lˈɔːɹə"),
        ("Ross", "ɹˈɔs", "ɹˈɒs"),
        ("Julia", "ʤˈuliə", "ʤˈuːlɪə"),
        ("Bentley", "bˈɛntli", "bˈɛntli"),
        ("Elliott", "ˈɛliət", "ˈɛlɪət"),
        ("Vera", "vˈɪɹə", "vˈɪəɹə"),
        ("Beckett", "bˈɛkət", "bˈɛkɪt"),
        ("Starbucks", "stˈɑɹbˌʌks", "stˈɑːbʌks"),
        ("Ng", "ˈɪŋ", "ˈɪŋ"),
    ],
)
def test_british_phonemes_follow_from_the_american_ones(word: str, american: str, expected: str) -> None:
    assert british(word, american) == expected


def test_they_load_quickly() -> None:
    fastest = min(_loading_time() for _ in range(5))
    assert fastest < 0.010


def _loading_time() -> float:
    began = time.perf_counter()
    Names()
    return time.perf_counter() - began
