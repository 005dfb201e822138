"""What we are to Home Assistant: one program with the model's voices, each with its language."""

from __future__ import annotations

import re
from importlib.metadata import version

from wyoming.info import Attribution, Info, TtsProgram, TtsVoice

from ...errors import UnknownLanguageError
from ...phonemes.languages import canonical
from ...phonemes.voices import language_of
from ..speaker import Speaker
from .requests import Voice

NAME = "kokoro-stream"
VERSION = version("kokoro-stream")
ATTRIBUTION = Attribution("kokoro-stream", "https://pypi.org/project/kokoro-stream/")

# As Piper writes them: a pipeline that was set up with Piper keeps its language when it changes to us.
TAGS = {
    "en-us": "en_US", "en-gb": "en_GB", "es": "es_ES", "fr-fr": "fr_FR", "hi": "hi_IN", "it": "it_IT", "ja": "ja_JP",
    "pt-br": "pt_BR", "zh": "zh_CN",
}  # fmt: skip
_VOICE = re.compile(r"[a-z](?P<sex>[fm])_(?P<name>\w+)")
_SEXES = {"f": "female", "m": "male"}


def info(speaker: Speaker) -> Info:
    """What ``describe`` is answered with. Voices whose language needs packages that are missing are not installed."""
    program = TtsProgram(
        name=NAME,
        description=f"Kokoro voices, spoken while the text is being written ({speaker.model_name})",
        attribution=ATTRIBUTION,
        installed=True,
        version=VERSION,
        voices=[_voice(name, _language(name, speaker)) for name in speaker.voices],
        supports_synthesize_streaming=True,
    )
    return Info(tts=[program])


def voice_for(wanted: Voice, speaker: Speaker, default: str) -> str:
    """The voice that is asked for, by name or by language; ``default``, a name or "", where it does not matter.

    A language is met by a voice of its region, else by any of that language ("en", "en-AU"), in both cases by the
    default before others. Raises `UnknownLanguageError`.
    """
    if name := wanted.speaker or wanted.name:
        return name
    if not wanted.language:
        return default
    asked = wanted.language.replace("-", "_").lower()
    tags = {name: TAGS[_language(name, speaker)].lower() for name in (default, *speaker.voices) if name}
    of_region = (name for name, tag in tags.items() if tag == asked)
    of_language = (name for name, tag in tags.items() if tag.partition("_")[0] == asked.partition("_")[0])
    found = next(of_region, None) or next(of_language, None)
    if found is None:
        known = sorted({TAGS[_language(name, speaker)] for name in speaker.voices})
        raise UnknownLanguageError(wanted.language, known, field="voice.language")
    return found


def _language(voice: str, speaker: Speaker) -> str:
    return language_of(voice) or speaker.languages[0]


def _voice(name: str, language: str) -> TtsVoice:
    try:
        canonical(language)
        installed = True
    except UnknownLanguageError:
        installed = False
    parts = _VOICE.fullmatch(name)
    label = f"{parts['name'].replace('_', ' ').title()} ({_SEXES[parts['sex']]})" if parts else name
    return TtsVoice(
        name=name,
        description=label,
        attribution=ATTRIBUTION,
        installed=installed,
        version=VERSION,
        languages=[TAGS[language]],
    )
