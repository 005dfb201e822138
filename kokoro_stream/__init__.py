"""Speech for assistants that starts before the sentence is over.

::

    async with Speaker() as speaker:
        async with speaker.speak(llm_tokens) as speech:
            async for frame in speech:
                sound_card.write(frame.pcm)
"""

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
    StoppedError,
    TextLimitError,
    UnknownLanguageError,
    UnknownVoiceError,
)
from .events import (
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
from .speaker import Speaker
from .speech import Speech

__all__ = [
    "AccessError",
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
