from __future__ import annotations

from kokoro_stream.phonemes.classifier import Classifier
from kokoro_stream.phonemes.neighbours import Neighbours

LATE = Neighbours(["It", "is", "late"], 2)


def _nothing(_word: str) -> None:
    return None


def test_the_tag_with_the_highest_weights_is_chosen() -> None:
    classifier = Classifier({"is_": {"J": 2.0, "V": 1.0}}, _nothing)
    assert classifier.choose(LATE, "late", {"VB": "V", "JJ": "J"}) == "JJ"


def test_the_words_own_weights_add_to_those_of_all_words() -> None:
    classifier = Classifier({"is_": {"J": 2.0, "V": 1.0}}, {"late": {"is_": {"VB": 1.5}}}.get)
    assert classifier.choose(LATE, "late", {"VB": "V", "JJ": "J"}) == "VB"
    assert classifier.choose(LATE, "other", {"VB": "V", "JJ": "J"}) == "JJ"


def test_a_pronunciation_of_several_parts_of_speech_has_the_chances_of_all() -> None:
    classifier = Classifier({"is_": {"N": 1.0, "J": 1.0, "V": 1.5}}, _nothing)
    assert classifier.choose(LATE, "late", {"VB": "V", "NN": "NJ"}) == "NN"


def test_where_nothing_is_known_the_first_is_chosen() -> None:
    assert Classifier({}, _nothing).choose(LATE, "late", {"VB": "V", "NN": "N"}) == "VB"
