from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.phonemes.utterance import NOTHING, Utterance, Word


def utterance(phonemes: str, start: int = 0) -> Utterance:
    """A word for each run of letters, which stands for itself."""
    words, position = [], 0
    for part in phonemes.split(" "):
        if part:
            place = (start + position, start + position + len(part), position, position + len(part))
            words.append(Word(part, part, *place))
        position += len(part) + 1
    return Utterance(phonemes, tuple(words), ((start, start + 1),))


@given(st.text("ab ", max_size=30), st.integers(0, 30))
def test_parts_joined_are_the_whole(phonemes: str, at: int) -> None:
    space = phonemes.find(" ", at)
    cut = space if space >= 0 else len(phonemes)
    first, second = utterance(phonemes[:cut]), utterance(phonemes[cut:], cut)
    whole = Utterance.join([first, second])
    assert (whole.phonemes, whole.words) == (phonemes, utterance(phonemes).words)
    assert whole.unspoken == (*first.unspoken, *second.unspoken)


@given(st.text("ab ", max_size=30))
def test_words_keep_their_places_when_spaces_go(phonemes: str) -> None:
    stripped = utterance(phonemes).strip()
    assert stripped.phonemes == phonemes.strip()
    for word, before in zip(stripped.words, utterance(phonemes).words, strict=True):
        assert stripped.phonemes[word.first : word.last] == word.phonemes
        assert (word.start, word.end) == (before.start, before.end)


def test_nothing_joined_is_nothing() -> None:
    assert Utterance.join([]) == Utterance.join([NOTHING, NOTHING]) == NOTHING
