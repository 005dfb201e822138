"""Every exception this package raises on purpose.

::

    KokoroStreamError
    ├── InputError (ValueError)        the caller's or client's input; names the field and the remedy
    │   ├── TextLimitError             more text is waiting to be spoken than is allowed
    │   ├── UnknownVoiceError          no such voice; carries near names
    │   └── UnknownLanguageError       no phonemizer for the language; carries what is installed
    │       └── MissingLanguageError   its packages are not installed; says how to get them
    ├── ModelError                     a model folder, model file or voice file that cannot be used
    │   └── ProviderError              the asked-for execution provider is not usable on this machine
    ├── OverloadedError                the machine is busy with other speeches; says when to try again
    ├── StoppedError                   a running job was stopped because nobody wants its result any more
    ├── ClosedError                    used after it was closed
    ├── ProtocolError                  the peer broke the wire protocol; ``code`` is the wire error code
    ├── SilentListenerError            the listener, by whose acks audio is paced, has stopped acknowledging
    └── ConnectionLostError            the connection to the server ended and could not be restored
"""

from __future__ import annotations

from collections.abc import Sequence


class KokoroStreamError(Exception):
    """Base of every exception raised on purpose."""


class InputError(KokoroStreamError, ValueError):
    """Input that cannot be used. ``field`` names it; the message says what would be accepted."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


class TextLimitError(InputError):
    """More text is waiting than ``limit`` characters; nothing of the refused piece was taken."""

    def __init__(self, waiting: int, limit: int) -> None:
        super().__init__(
            "text",
            f"{waiting} characters would be waiting to be spoken, {limit} are allowed; "
            "send the rest after some of it has been spoken",
        )
        self.waiting = waiting
        self.limit = limit


class UnknownVoiceError(InputError):
    """No voice of that name; ``near`` holds the closest names."""

    def __init__(self, voice: str, near: Sequence[str], *, field: str = "voice") -> None:
        hint = f"did you mean {' or '.join(near)}?" if near else "`kokoro-stream voices` lists them"
        super().__init__(field, f"there is no voice {voice!r}; {hint}")
        self.voice = voice
        self.near = tuple(near)


class UnknownLanguageError(InputError):
    """No phonemizer speaks that language; ``known`` holds the codes that work here."""

    def __init__(self, lang: str, known: Sequence[str], *, field: str = "lang") -> None:
        super().__init__(field, f"language {lang!r} is not available; this installation speaks {', '.join(known)}")
        self.lang = lang
        self.known = tuple(known)


class MissingLanguageError(UnknownLanguageError):
    """The language needs the extra packages ``extra``, which are not installed; ``known`` holds those that work."""

    def __init__(self, lang: str, known: Sequence[str], extra: str, *, field: str = "lang") -> None:
        self.lang = lang
        self.known = tuple(known)
        self.extra = extra
        self.command = f"pip install 'kokoro-stream[{extra}]'"
        message = f"language {lang!r} needs packages that are not installed here: {self.command}"
        InputError.__init__(self, field, message)


class ModelError(KokoroStreamError):
    """A model folder, model file or voice file that cannot be used; the message says why and what would help."""


class ProviderError(ModelError):
    """The execution provider that was asked for is not usable on this machine."""


class OverloadedError(KokoroStreamError):
    """The machine is busy: with one more speech some would stutter. Try again after ``retry_after_ms``."""

    def __init__(self, message: str, retry_after_ms: float) -> None:
        super().__init__(message)
        self.retry_after_ms = retry_after_ms


class StoppedError(KokoroStreamError):
    """The job was stopped because nobody wants its result any more."""


class ClosedError(KokoroStreamError):
    """The object was used after it was closed."""


class ProtocolError(KokoroStreamError):
    """The peer broke the wire protocol. ``code`` is the wire's error code; ``fatal`` says whether the session ends."""

    def __init__(self, code: str, message: str, *, fatal: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.fatal = fatal


class SilentListenerError(KokoroStreamError):
    """The listener has acknowledged nothing for ``silence_ms``; it had played ``played_ms`` of the audio by then."""

    def __init__(self, silence_ms: float, *, played_ms: float) -> None:
        super().__init__(f"no acknowledgement for {silence_ms:.0f} ms; the listener had played {played_ms:.0f} ms")
        self.silence_ms = silence_ms
        self.played_ms = played_ms


class ConnectionLostError(KokoroStreamError):
    """The connection to the server ended and could not be restored."""
