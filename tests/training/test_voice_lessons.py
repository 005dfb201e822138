"""The pure parts of training: symbols to the teacher's phones and back to durations, and what it is asked to say."""

import numpy as np
import pytest

from kokoro_stream.phonemes.english import English
from kokoro_stream.text.source import SourceText
from training.voice import phones, teacher, texts

HELLO = "həlˈO ðˈɛɹ, wˈɜɹld."


def test_symbols_become_the_teachers_phones_with_stress_on_the_vowel() -> None:
    chunks = phones.parse(HELLO)
    assert [chunk.phones for chunk in chunks] == [
        ["hh", "ax", "l", "ow"],
        ["dh", "eh", "r"],
        ["w", "er", "l", "d"],
    ]
    assert [chunk.punctuation for chunk in chunks] == ["", ",", "."]
    assert [unit.stressed for unit in chunks[0].units] == [False, False, False, True]


def test_syllables_take_the_longest_legal_onset() -> None:
    def syllables(word: str) -> list[tuple[list[str], bool]]:
        return phones.syllables(phones.parse(word)[0].units)

    assert syllables("ɑktˈObəɹ") == [(["aa", "k"], False), (["t", "ow"], True), (["b", "er"], False)]
    assert syllables("ɪkstɹˈim") == [(["ih", "k"], False), (["s", "t", "r", "iy", "m"], True)]
    assert syllables("ʃː") == [(["sh"], False)]


@pytest.mark.parametrize("british", [False, True])
def test_everything_our_front_end_writes_can_be_taught(british: bool) -> None:
    english = English(british=british)
    for reply in texts.replies(150):
        assert teacher.speakable(english.phonemize(SourceText.of(reply)).phonemes) is not None, reply


def test_a_symbol_the_teacher_cannot_say_leaves_the_sentence_out() -> None:
    assert teacher.speakable("ʕa") is None
    assert teacher.speakable("… —") is None


def test_the_same_word_said_otherwise_gets_another_name() -> None:
    chunks = phones.parse("ɹˈɛd ðə ɹˈid ðə")
    assert teacher.names_of(chunks, ["read", "the", "read", "the"]) == ["read", "the", "readq", "the"]


def lesson(phonemes: str, spoken: str, milliseconds: list[int]) -> teacher.Lesson | None:
    """Of phones and their lengths in ms."""
    ends = [int(end) for end in np.cumsum(milliseconds) // 5]
    frames = np.arange(ends[-1], dtype=np.float32)
    return teacher.align(phonemes, phones.parse(phonemes), spoken.split(), ends, frames[:, None], frames)


def test_phone_times_return_to_the_symbols_and_pauses_to_their_marks() -> None:
    found = lesson("hˈI, bˈɜɹd.", "pau hh ay pau b er d pau", [165, 50, 100, 150, 60, 120, 40, 300])
    assert found is not None
    by_symbol = dict(zip(["^", *"hˈI, bˈɜɹd.", "$"], (found.durations * 5).tolist(), strict=True))
    assert by_symbol == {
        "^": 40, "h": 50, "ˈ": 0, "I": 100, ",": 150, " ": 0, "b": 60, "ɜ": 60, "ɹ": 60, "d": 40, ".": 100, "$": 40,
    }  # fmt: skip
    assert found.durations.sum() == len(found.pitch)
    assert found.pitch[0] == (165 - 40) / 5  # the silence before is cut, and what is kept lies where the phones are


def test_a_pause_without_a_mark_belongs_to_the_space() -> None:
    found = lesson("hˈI bˈI", "pau hh ay pau b ay pau", [100, 50, 100, 80, 60, 120, 200])
    assert found is not None
    assert found.durations[1 + "hˈI bˈI".index(" ")] * 5 == 80


def test_other_phones_than_asked_for_are_no_lesson() -> None:
    assert lesson("hˈI", "pau hh ey pau", [100, 50, 100, 100]) is None


def test_replies_are_varied_and_the_same_for_the_same_seed() -> None:
    assert texts.replies(300, seed=3) == texts.replies(300, seed=3)
    assert texts.replies(300, seed=3) != texts.replies(300, seed=4)
    assert "{" not in "".join(texts.replies(300))


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("“Yes,” she said — and left.", "Yes, she said, and left."),
        ("It’s  fine.", "It's fine."),
        ("In 1984 it began.", None),
        ("Too short", "Too short"),
        ("Tiny", None),
        ("日本語の文章です。", None),
        ("See [the page](x).", None),
    ],
)
def test_sentences_are_cleaned_or_left_out(raw: str, kept: str | None) -> None:
    assert texts.cleaned(raw) == kept
