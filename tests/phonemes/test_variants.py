from __future__ import annotations

import importlib.resources
import tomllib

import pytest

from kokoro_stream.phonemes.misaki import Misaki
from kokoro_stream.phonemes.variants import kinds
from kokoro_stream.phonemes.vocabulary import VOCABULARY

TABLE = tomllib.loads((importlib.resources.files("kokoro_stream.phonemes") / "variants.toml").read_text("utf-8"))
REGIONS = pytest.mark.parametrize("british", [False, True])


@REGIONS
@pytest.mark.parametrize("word", TABLE["kinds"])
def test_every_tag_of_a_named_word_has_a_pronunciation_and_two_differ(word: str, british: bool) -> None:
    misaki = Misaki(british=british)
    tags = kinds(word, misaki.variants(word))
    said = {tag: misaki.pronounce(word, tag) for tag in tags}
    assert all(said.values())
    assert all(set("NJVDP").issuperset(parts) for parts in tags.values())
    if not british:  # where the British say both alike, choosing does no harm
        assert len(set(said.values())) > 1


@pytest.mark.parametrize("region", ["us", "gb"])
def test_own_pronunciations_are_of_the_vocabulary(region: str) -> None:
    for entry in TABLE[region].values():
        assert all(VOCABULARY.keys() >= set(phonemes) for phonemes in entry.values())


@pytest.mark.parametrize(
    ("word", "tag", "american", "british"),
    [
        ("lead", "METAL", "lˈɛd", "lˈɛd"),
        ("Polish", "VB", "pˈɑlɪʃ", "pˈɒlɪʃ"),
        ("Polish", "NAME", "pˈOlɪʃ", "pˈQlɪʃ"),
        ("row", "QUARREL", "ɹˈW", "ɹˈW"),
        ("lived", "", "lˈɪvd", "lˈɪvd"),
        ("protests", "VB", "pɹətˈɛsts", "pɹətˈɛsts"),
    ],
)
def test_what_misaki_lacks_is_there(word: str, tag: str, american: str, british: str) -> None:
    assert Misaki().pronounce(word, tag) == american
    assert Misaki(british=True).pronounce(word, tag) == british


def test_the_keys_of_the_dictionary_imply_the_choice_for_other_words() -> None:
    assert kinds("rebound", frozenset(("DEFAULT", "VERB"))) == {"NN": "NJ", "VB": "V"}
    assert kinds("redo", frozenset(("DEFAULT", "NOUN"))) == {"VB": "V", "NN": "N"}
    assert kinds("hello", frozenset()) == {}
