"""Language code → phonemizer. Each language is loaded once, when it is first asked for."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Protocol

from ..errors import UnknownLanguageError
from ..text.source import SourceText
from .english import English
from .utterance import Utterance


class Phonemizer(Protocol):
    """Turns normalised text of one language into phonemes. Must be safe to call from several threads."""

    def phonemize(self, text: SourceText) -> Utterance:
        """What to say for ``text``."""
        ...


_LANGUAGES: dict[str, Callable[[], Phonemizer]] = {
    "en-us": English,
    "en-gb": functools.partial(English, british=True),
}
_ALIASES = {"en": "en-us"}
_loading = threading.Lock()
_loaded: dict[str, Phonemizer] = {}


def languages() -> tuple[str, ...]:
    """The codes that `phonemizer` takes."""
    return (*_LANGUAGES, *_ALIASES)


def canonical(lang: str) -> str:
    """The code that `phonemizer` knows ``lang`` by ("EN" → "en-us"). Raises `UnknownLanguageError`; loads nothing."""
    code = lang.lower()
    code = _ALIASES.get(code, code)
    if code not in _LANGUAGES:
        raise UnknownLanguageError(lang, languages())
    return code


def phonemizer(lang: str) -> Phonemizer:
    """The phonemizer of ``lang`` ("en-us"; case does not matter), the same one at every call.

    The first call of a language takes about 0.1 s. Raises `UnknownLanguageError`. Safe to call from several threads.
    """
    code = canonical(lang)
    with _loading:
        if code not in _loaded:
            _loaded[code] = _LANGUAGES[code]()
        return _loaded[code]
