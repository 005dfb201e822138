"""Voices by language, for clients that ask for a language rather than a voice."""

from __future__ import annotations

from ..errors import UnknownLanguageError
from ..phonemes.voices import language_of
from .speaker import Speaker

# As Piper and Rhasspy write them: what was set up with their voices keeps its language when it changes to ours.
TAGS = {
    "en-us": "en_US", "en-gb": "en_GB", "es": "es_ES", "fr-fr": "fr_FR", "hi": "hi_IN", "it": "it_IT", "ja": "ja_JP",
    "pt-br": "pt_BR", "zh": "zh_CN",
}  # fmt: skip


def spoken_by(voice: str, speaker: Speaker) -> str:
    """The code of the voice's own language."""
    return language_of(voice) or speaker.languages[0]


def lang_for(voice: str, *, own: str, lang: str) -> str:
    """The configured ``lang`` for the configured voice, ``own`` or ""; any other voice speaks its own language, ""."""
    return lang if voice in ("", own) else ""


def voice_speaking(language: str, speaker: Speaker, default: str) -> str:
    """A voice of the language's region ("en_GB", "en-gb"), else one of the language ("en", "en_AU").

    ``default``, a name or "", goes before others that speak as well. Raises `UnknownLanguageError`.
    """
    asked = language.replace("-", "_").lower()
    tags = {name: TAGS[spoken_by(name, speaker)].lower() for name in (default, *speaker.voices) if name}
    of_region = (name for name, tag in tags.items() if tag == asked)
    of_language = (name for name, tag in tags.items() if tag.partition("_")[0] == asked.partition("_")[0])
    found = next(of_region, None) or next(of_language, None)
    if found is None:
        known = sorted({TAGS[spoken_by(name, speaker)] for name in speaker.voices})
        raise UnknownLanguageError(language, known)
    return found
