from __future__ import annotations

import importlib.resources
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.phonemes.dictionary import Dictionary
from kokoro_stream.phonemes.misaki import misaki_en

LETTERS = "aAbBzZ'-."
ENTRIES = st.text("ɑə ˈ", max_size=3) | st.dictionaries(st.sampled_from(["DEFAULT", "VERB"]), st.none() | st.text("ɑə"))


@given(
    st.dictionaries(st.text(LETTERS, min_size=1, max_size=4), ENTRIES, max_size=30),
    st.text(LETTERS + 'é"\\\n', max_size=4),
    st.sampled_from([None, 1, 2]),
)
def test_answers_as_misakis_grown_dictionary(words: dict[str, object], asked: str, indent: int | None) -> None:
    # Any other layout than misaki's own (sorted, indent 2) is brought into it first.
    ours = Dictionary(json.dumps(words, indent=indent, ensure_ascii=False).encode())
    theirs = misaki_en().Lexicon.grow_dictionary(words)
    for word in [asked, *words, *(word.swapcase() for word in words)]:
        assert (word in ours) == (word in theirs)
        assert ours.get(word) == theirs.get(word)
        if word in theirs:
            assert ours[word] == theirs[word]


@pytest.mark.parametrize("name", ["us_gold", "us_silver", "gb_gold", "gb_silver"])
def test_finds_every_word_of_the_installed_dictionaries(name: str) -> None:
    text = (importlib.resources.files("misaki.data") / f"{name}.json").read_bytes()
    words = json.loads(text)
    ours = Dictionary(text)
    assert list(words) == sorted(words)
    assert [word for word, entry in words.items() if ours.get(word) != entry] == []


def test_what_it_lacks_is_a_key_error_and_the_default() -> None:
    dictionary = Dictionary(b'{\n  "a": "b"\n}')
    assert dictionary.get("c", "d") == "d"
    with pytest.raises(KeyError, match="c"):
        dictionary["c"]
