"""What a voice speaks, by its name: Kokoro names voices ``af_heart``, the first letter for the language."""

from __future__ import annotations

import re

VOICE_LANGUAGES = {
    "a": "en-us", "b": "en-gb", "e": "es", "f": "fr-fr", "h": "hi", "i": "it", "j": "ja", "p": "pt-br", "z": "zh",
}  # fmt: skip
_NAME = re.compile(rf"\s*(?P<letter>[{''.join(VOICE_LANGUAGES)}])[fm]_")


def language_of(voice: str) -> str | None:
    """``jf_alpha`` → ja; a blend speaks the language of its first voice. None when the name does not say."""
    named = _NAME.match(voice)
    return VOICE_LANGUAGES[named["letter"]] if named else None
