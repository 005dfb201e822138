"""What must hold for every utterance."""

from __future__ import annotations

from kokoro_stream.phonemes.utterance import Utterance
from kokoro_stream.phonemes.vocabulary import VOCABULARY


def assert_sound(utterance: Utterance, text: str) -> None:
    """Symbols of the vocabulary; words in order, disjoint in both; all that is silent within the text."""
    assert VOCABULARY.keys() >= set(utterance.phonemes)
    written = spoken = 0
    for word in utterance.words:
        assert written <= word.start < word.end <= len(text)
        assert spoken <= word.first < word.last
        assert utterance.phonemes[word.first : word.last] == word.phonemes
        written, spoken = word.end, word.last
    assert all(0 <= start < end <= len(text) for start, end in utterance.unspoken)
