from __future__ import annotations

import pytest

from kokoro_stream.errors import InputError
from kokoro_stream.phonemes.lexicon import MAX_ENTRIES, MAX_RESPELLINGS, MAX_TEXT, Lexicon


def said(words: str) -> str:
    """Stands for a phonemizer of English: every word as one symbol of its own."""
    return " ".join(word[0] for word in words.lower().split())


def test_lower_case_answers_for_any_case_and_capitals_only_for_themselves() -> None:
    lexicon = Lexicon({"kokoro": "kOkˈɔɹO", "US": "jˌuˈɛs"})
    assert lexicon.get("KOKORO") == lexicon.get("Kokoro") == lexicon.get("kokoro") == "kOkˈɔɹO"
    assert lexicon.get("US") == "jˌuˈɛs"
    assert lexicon.get("us") is None
    assert "Us" not in lexicon


def test_an_entry_may_say_its_case() -> None:
    lexicon = Lexicon(
        {
            "Nguyen": {"phonemes": "wˈɪn", "case": "any"},
            "polish": {"phonemes": "pˈOlɪʃ", "case": "exact"},
        }
    )
    assert lexicon.get("NGUYEN") == lexicon.get("nguyen") == "wˈɪn"
    assert (lexicon.get("polish"), lexicon.get("Polish")) == ("pˈOlɪʃ", None)


@pytest.mark.parametrize("value", ["kOkˈɔɹO", "/kOkˈɔɹO/", {"phonemes": "kOkˈɔɹO"}, {"phonemes": "/kOkˈɔɹO/"}])
def test_phonemes_stand_between_slashes_or_show_themselves_by_their_symbols(value: object) -> None:
    assert Lexicon({"kokoro": value}).get("kokoro") == "kOkˈɔɹO"


def test_plain_words_are_a_respelling_said_once_resolved() -> None:
    lexicon = Lexicon({"nginx": "engine x", "win": "/wɪn/", "Siobhan": {"respelling": "shi-vawn", "case": "any"}})
    assert lexicon.get("nginx") is None
    resolved = lexicon.resolved(said)
    assert (resolved.get("NGINX"), resolved.get("win"), resolved.get("siobhan")) == ("e x", "wɪn", "s")


def test_is_read_from_toml() -> None:
    lexicon = Lexicon.parse('misaki = "misˈɑki"\n"C++" = "sˌipləsplˈʌs"  # quoted\n[polish]\nphonemes = "pˈOlɪʃ"')
    assert len(lexicon) == 3
    assert lexicon.get("C++") == "sˌipləsplˈʌs"
    assert lexicon.get("Polish") == "pˈOlɪʃ"


def test_its_own_entries_win_over_those_below() -> None:
    lexicon = Lexicon({"a": "ˈA"}).over(Lexicon({"a": "ɐ", "b": "bˈi"})).over(Lexicon({"b": "ɐ", "c": "sˈi"}))
    assert [lexicon.get(word) for word in "abcd"] == ["ˈA", "bˈi", "sˈi", None]


def test_an_unresolved_respelling_leaves_the_word_to_those_below() -> None:
    assert Lexicon({"b": "bee"}).over(Lexicon({"b": "bˈi"})).get("b") == "bˈi"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We use New Relic.", ["New Relic"]),
        ("new relic", []),
        ("NEW YORK and new  york\ncity!", ["NEW YORK", "new  york\ncity"]),
        ("“new york’s”", ["new york"]),
        ("anew york, new yorker", []),
        ("knew new new york", ["new york"]),
        ("rock 'n' roll music", ["rock 'n' roll"]),
        ("", []),
    ],
)
def test_finds_the_longest_phrases(text: str, found: list[str]) -> None:
    phrases = {"New Relic": "ˈA", "new york": "ˈI", "new york city": "ˈO", "rock 'n'  roll": "ˈW"}
    ranges = list(Lexicon(phrases).phrases(text))
    assert [text[start:end] for start, end, _ in ranges] == found
    assert all(phonemes in phrases.values() for _, _, phonemes in ranges)


def test_says_where_more_text_may_complete_a_phrase() -> None:
    lexicon = Lexicon({"new york city": "ˈO", "york minster": "ˈA"})
    text = "They saw new york minster in new york"
    assert text[lexicon.unfinished(text) :] == "new york"
    assert lexicon.unfinished("a newer") == len("a newer")
    assert lexicon.unfinished("a ne") == len("a ")
    assert Lexicon().unfinished("new") == 3


def test_phrases_are_found_in_linear_time() -> None:
    lexicon = Lexicon({"a a a a a a a b": "ˈA", "x": "ˈɛks"})
    assert list(lexicon.phrases("a " * 50_000)) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("word", "lines must be"),
        ("[" * 100_000, "lines must be"),
        ("word = 5", "'word' needs plain words"),
        ('word = {phonemes = "ˈA", case = "upper"}', "'word' needs plain words"),
        ('word = {phonemes = "ˈA", respelling = "a"}', "'word' needs plain words"),
        ("word = {}", "'word' needs plain words"),
        ('word = "wɜːd%$"', "'word': no phonemes are '\\$' '%'"),
        ('word = "/word2/"', "'word': no phonemes are '2'"),
        ('word = "w3rd"', "'word' is respelled 'w3rd'"),
        ('word = "  "', "'word' needs between 1"),
        ('word = "//"', "'word' needs between 1"),
        (f'word = "{"a" * 81}"', "'word' needs between 1"),
        ('" " = "tˈu"', "' ' must be words"),
        (f'{"a" * 41} = "ˈA"', "must be words of at most 40"),
        (f'"{"ab " * 30}" = "ˈA"', "must be words of at most 40"),
        (" " * (MAX_TEXT + 1), "characters"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        Lexicon.parse(text)
    assert refused.value.field == "lexicon"


def test_a_respelling_that_says_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="'nginx': 'engine x' cannot be said"):
        Lexicon({"nginx": "engine x"}).resolved(lambda words: "")


@pytest.mark.parametrize(("value", "most"), [("wˈɜɹd", MAX_ENTRIES), ("word", MAX_RESPELLINGS)])
def test_the_number_of_entries_is_limited(value: str, most: int) -> None:
    entries = {f"word{number}": value for number in range(most)}
    assert len(Lexicon(entries)) == most
    with pytest.raises(InputError, match=f"{most + 1} (entries|respellings)"):
        Lexicon(entries | {"more": value})
