"""Speech for assistants that starts before the sentence is over.

::

    async with Speaker() as speaker:
        async with speaker.speak(llm_tokens) as speech:
            async for frame in speech:
                sound_card.write(frame.pcm)
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING

from .config import SpeechConfig
from .errors import (
    AccessError,
    ClosedError,
    ConnectionLostError,
    InputError,
    KokoroStreamError,
    MissingLanguageError,
    ModelError,
    OverloadedError,
    ProtocolError,
    ProviderError,
    RateLimitError,
    SilentListenerError,
    StoppedError,
    TextLimitError,
    UnknownLanguageError,
    UnknownVoiceError,
)
from .events import (
    AudioEnded,
    AudioFrame,
    Done,
    Event,
    Failed,
    Interrupted,
    MarkReached,
    SegmentStarted,
    TimedWord,
    Warned,
    Words,
)

if _TYPE_CHECKING:
    from .speaker import Speaker
    from .speech import Speech

__all__ = [
    "AccessError",
    "AudioEnded",
    "AudioFrame",
    "ClosedError",
    "ConnectionLostError",
    "Done",
    "Event",
    "Failed",
    "InputError",
    "Interrupted",
    "KokoroStreamError",
    "MarkReached",
    "MissingLanguageError",
    "ModelError",
    "OverloadedError",
    "ProtocolError",
    "ProviderError",
    "RateLimitError",
    "SegmentStarted",
    "SilentListenerError",
    "Speaker",
    "Speech",
    "SpeechConfig",
    "StoppedError",
    "TextLimitError",
    "TimedWord",
    "UnknownLanguageError",
    "UnknownVoiceError",
    "Warned",
    "Words",
]

# Loaded when they are first asked for: clients and players of a server need neither models nor ONNX.
_LATER = {"Speaker": ".speaker", "Speech": ".speech"}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(_import_module(_LATER[name], __name__), name)
