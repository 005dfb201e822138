"""What we are to Home Assistant: one program with the model's voices, each with its language."""

from __future__ import annotations

import re

from wyoming.info import Attribution, Info, TtsProgram, TtsVoice

from ...errors import UnknownLanguageError
from ...phonemes.languages import canonical
from ..accents import TAGS, spoken_by, voice_speaking
from ..session import VERSION
from ..speaker import Speaker
from .requests import Voice

NAME = "kokoro-stream"
ATTRIBUTION = Attribution("kokoro_stream", "")

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
        voices=[_voice(name, spoken_by(name, speaker)) for name in speaker.voices],
        supports_synthesize_streaming=True,
    )
    return Info(tts=[program])


def voice_for(wanted: Voice, speaker: Speaker, default: str) -> str:
    """The voice that is asked for, by name or by language; ``default``, a name or "", where it does not matter.

    Raises `UnknownLanguageError`.
    """
    if name := wanted.speaker or wanted.name:
        return name
    return voice_speaking(wanted.language, speaker, default) if wanted.language else default


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
