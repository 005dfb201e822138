from __future__ import annotations

from kokoro_stream.phonemes.vocabulary import VOCABULARY


def test_has_the_114_symbols_of_kokoro_each_with_its_own_id() -> None:
    assert len(VOCABULARY) == 114
    assert len(set(VOCABULARY.values())) == 114
    assert (min(VOCABULARY.values()), max(VOCABULARY.values())) == (1, 177)


def test_a_symbol_is_one_character() -> None:
    assert all(len(symbol) == 1 for symbol in VOCABULARY)


def test_ids_are_those_the_published_model_was_trained_with() -> None:
    # "həlˈoʊ" and the marks around it, as in the config.json of hexgrad/Kokoro-82M.
    assert [VOCABULARY[symbol] for symbol in "həlˈO, wˈɜɹld!"] == [
        50,
        83,
        54,
        156,
        31,
        3,
        16,
        65,
        156,
        87,
        123,
        54,
        46,
        5,
    ]
