from __future__ import annotations

from training.spelling.words import KINDS, Example, held_out_words, is_held_out, training_words


def test_no_held_out_word_is_trained_on_in_any_case_or_accent() -> None:
    trained = {example.word.lower() for example in training_words()}
    held_out = {example.word.lower() for accent in ("us", "gb") for example in held_out_words(accent)}
    assert len(trained) > 100_000
    assert held_out.isdisjoint(trained)
    assert is_held_out("Hello") == is_held_out("hello")


def test_held_out_words_have_been_checked_by_people() -> None:
    examples = held_out_words("us")
    assert all(example.checked for example in examples)
    assert 200 < sum(example.name for example in examples) < 1000


def test_kinds_are_numbered_as_the_model_is_asked() -> None:
    kinds = [
        Example("paris", "pˈæɹəs", accent, name, checked=True).kind for name in (False, True) for accent in ("us", "gb")
    ]
    assert kinds == [0, 1, 2, 3]
    assert len(KINDS) == 4


def test_a_name_is_written_with_its_capital() -> None:
    assert Example("paris", "pˈæɹəs", "us", name=True, checked=True).written == "Paris"
    assert Example("pair", "pˈɛɹ", "us", name=False, checked=True).written == "pair"
