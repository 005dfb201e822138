from __future__ import annotations

import pytest

from kokoro_stream.errors import InputError
from kokoro_stream.phonemes.lexicon import MAX_ENTRIES, MAX_TEXT, Lexicon


def test_lower_case_answers_for_any_case_and_capitals_only_for_themselves() -> None:
    lexicon = Lexicon({"kokoro": "kOkˈɔɹO", "US": "jˌuˈɛs"})
    assert lexicon.get("KOKORO") == lexicon.get("Kokoro") == lexicon.get("kokoro") == "kOkˈɔɹO"
    assert lexicon.get("US") == "jˌuˈɛs"
    assert lexicon.get("us") is None
    assert "Us" not in lexicon


def test_is_read_from_toml() -> None:
    lexicon = Lexicon.parse('misaki = "misˈɑki"\n"C++" = "sˌipləsplˈʌs"  # quoted\n')
    assert len(lexicon) == 2
    assert lexicon.get("C++") == "sˌipləsplˈʌs"


def test_its_own_entries_win_over_those_below() -> None:
    lexicon = Lexicon({"a": "ˈA"}).over(Lexicon({"a": "ɐ", "b": "bˈi"}))
    assert (lexicon.get("a"), lexicon.get("b")) == ("ˈA", "bˈi")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("word", "lines must be"),
        ("[" * 100_000, "lines must be"),
        ("word = 5", "'word' needs a string"),
        ('word = "wɜːd%$"', "'word': no phonemes are '\\$' '%'"),
        ('word = "  "', "'word' needs between 1"),
        (f'word = "{"a" * 81}"', "'word' needs between 1"),
        ('"two words" = "tˈu"', "'two words' is not one word"),
        (f'{"a" * 41} = "ˈA"', "is not one word"),
        (" " * (MAX_TEXT + 1), "characters"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        Lexicon.parse(text)
    assert refused.value.field == "lexicon"


def test_the_number_of_entries_is_limited() -> None:
    with pytest.raises(InputError, match="20001 entries"):
        Lexicon({f"word{number}": "wˈɜɹd" for number in range(MAX_ENTRIES + 1)})


def test_the_words_it_brings_are_the_same_in_both_accents() -> None:
    american, british = Lexicon.builtin(), Lexicon.builtin(british=True)
    assert len(american) == len(british) > 50
    assert american.get("Kubernetes") == "kˌubəɹnˈɛTiz"
    assert british.get("Kubernetes") == "kˌuːbənˈɛtiːz"
