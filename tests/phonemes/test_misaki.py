from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from kokoro_stream.phonemes.misaki import Misaki, misaki_en

LOAD = """
import sys
from kokoro_stream.phonemes.misaki import Misaki
assert Misaki().pronounce("hello") == "həlˈO"
print(*sorted({"spacy", "torch", "transformers", "misaki.en"} & sys.modules.keys()))
"""


def test_loads_neither_spacy_nor_torch() -> None:
    run = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_misaki_is_loaded_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        loaded = [pool.submit(misaki_en) for _ in range(16)]
    assert len({id(one.result()) for one in loaded}) == 1


def test_endings_follow_the_last_sound(misaki: Misaki) -> None:
    assert [misaki.with_s(sound) for sound in ("kˈæt", "dˈɔɡ", "fˈɑks")] == ["kˈæts", "dˈɔɡz", "fˈɑksᵻz"]


def test_a_word_alone_is_pronounced_with_its_endings(misaki: Misaki) -> None:
    assert misaki.pronounce("apps") == "ˈæps"
    assert misaki.pronounce("water") == "wˈɔTəɹ"
    assert misaki.pronounce("qzxv") is None
    assert misaki.knows("etc.")
    assert not misaki.knows("apps")


def test_knows_which_tags_matter(misaki: Misaki) -> None:
    assert misaki.variants("record") == {"DEFAULT", "VERB"}
    assert misaki.variants("hello") == misaki.variants("qzxv") == frozenset()
