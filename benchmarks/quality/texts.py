"""What is said, and how what is heard is compared with it."""

from __future__ import annotations

from pathlib import Path

from ..hearing import spoken_words

DATA = Path(__file__).parents[1] / "data"
HELDOUT = (DATA / "heldout.txt").read_text("utf-8").splitlines()
SHORT = (DATA / "short.txt").read_text("utf-8").splitlines()
WORDS = (DATA / "words.txt").read_text("utf-8").splitlines()  # that begin and end with an edge one can see

VOICES = (
    *("af_heart", "af_bella", "am_michael", "am_fenrir"),
    *("bf_emma", "bm_george", "bf_isabella", "am_puck"),
)
SAME = {"ok": "okay"}  # to an ear; the recogniser writes either


def heard_words(text: str) -> list[str]:
    """The words of a text, said or heard, in one spelling."""
    return [SAME.get(word, word) for word in spoken_words(text)]
