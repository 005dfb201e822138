"""Language code → phonemizer. Each language is loaded once, when it is first asked for."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ..errors import MissingLanguageError, UnknownLanguageError
from .english import English
from .phonemizer import Phonemizer

__all__ = ["EXTRAS", "Phonemizer", "canonical", "languages", "missing_languages", "phonemizer"]

# An extra of this package → the modules it brings.
EXTRAS = {
    "espeak": ("espeakng_loader",),
    "ja": ("fugashi", "unidic_lite", "jaconv", "mojimoji"),
    "zh": ("jieba", "pypinyin", "ordered_set", "cn2an"),
}


@dataclass(frozen=True, slots=True)
class _Language:
    load: Callable[[], Phonemizer]
    extra: str = ""

    @property
    def is_installed(self) -> bool:
        return all(importlib.util.find_spec(module) for module in EXTRAS.get(self.extra, ()))


# Each is imported when it is first asked for: most speech is in one language, and starts sooner without the others.


def _spanish() -> Phonemizer:
    from ..text.languages.spanish import SPANISH
    from .espeak import Espeak

    return Espeak("es", SPANISH)


def _french() -> Phonemizer:
    from ..text.languages.french import FRENCH
    from .espeak import Espeak

    return Espeak("roa/fr", FRENCH)


def _hindi() -> Phonemizer:
    from ..text.languages.hindi import HINDI
    from .espeak import Espeak

    return Espeak("hi", HINDI, script="Devanagari")


def _italian() -> Phonemizer:
    from ..text.languages.italian import ITALIAN
    from .espeak import Espeak

    return Espeak("it", ITALIAN)


def _portuguese() -> Phonemizer:
    from ..text.languages.portuguese import PORTUGUESE
    from .espeak import Espeak

    return Espeak("pt-br", PORTUGUESE)


def _japanese() -> Phonemizer:
    from ..text.languages import japanese
    from .japanese import JapaneseWords
    from .mixed import Mixed

    return Mixed(JapaneseWords(), japanese.normalize, _american)


def _mandarin() -> Phonemizer:
    from ..text.languages import mandarin
    from .mandarin import MandarinWords
    from .mixed import Mixed

    return Mixed(MandarinWords(), mandarin.normalize, _american)


_LANGUAGES = {
    "en-us": _Language(English),
    "en-gb": _Language(partial(English, british=True)),
    "es": _Language(_spanish, "espeak"),
    "fr-fr": _Language(_french, "espeak"),
    "hi": _Language(_hindi, "espeak"),
    "it": _Language(_italian, "espeak"),
    "pt-br": _Language(_portuguese, "espeak"),
    "ja": _Language(_japanese, "ja"),
    "zh": _Language(_mandarin, "zh"),
}
_ALIASES = {"en": "en-us", "fr": "fr-fr", "pt": "pt-br", "zh-cn": "zh", "cmn": "zh"}
_loading = threading.RLock()
_loaded: dict[str, Phonemizer] = {}


def languages() -> tuple[str, ...]:
    """The codes that `phonemizer` takes here."""
    installed = [code for code, language in _LANGUAGES.items() if language.is_installed]
    return (*installed, *(alias for alias, code in _ALIASES.items() if code in installed))


def missing_languages() -> dict[str, tuple[str, ...]]:
    """Extra of this package → the languages that would work if it were installed."""
    missing = dict[str, tuple[str, ...]]()
    for code, language in _LANGUAGES.items():
        if not language.is_installed:
            missing[language.extra] = (*missing.get(language.extra, ()), code)
    return missing


def canonical(lang: str) -> str:
    """The code that `phonemizer` knows ``lang`` by ("EN" → "en-us"); loads nothing.

    Raises `UnknownLanguageError`; `MissingLanguageError`, which is one, when packages are missing.
    """
    code = lang.lower()
    code = _ALIASES.get(code, code)
    if code not in _LANGUAGES:
        raise UnknownLanguageError(lang, languages())
    if not _LANGUAGES[code].is_installed:
        raise MissingLanguageError(lang, languages(), _LANGUAGES[code].extra)
    return code


def phonemizer(lang: str) -> Phonemizer:
    """The phonemizer of ``lang`` ("en-us"; case does not matter), the same one at every call.

    The first call of a language takes about 0.1 s, of Mandarin 0.7. Raises `UnknownLanguageError`. Safe to call from
    several threads.
    """
    code = canonical(lang)
    if (ready := _loaded.get(code)) is not None:  # without waiting while another language is loaded
        return ready
    with _loading:
        if code not in _loaded:
            try:
                _loaded[code] = _LANGUAGES[code].load()
            except (ImportError, OSError) as error:  # the package is there, and broken
                if not _LANGUAGES[code].extra:
                    raise
                raise MissingLanguageError(lang, languages(), _LANGUAGES[code].extra) from error
        return _loaded[code]


def _american() -> Phonemizer:
    """What Japanese and Mandarin read Latin letters with; loaded when the first are met."""
    return phonemizer("en-us")
