"""The shared library of espeak-ng, in this process, without its command and without sound.

It comes with the package espeakng-loader (GPL-3, an extra). The library keeps its voice and its buffers in global
variables, so all of its use in a process happens under one lock.
"""

from __future__ import annotations

import ctypes
import re
import threading
from functools import cache

_RETRIEVE_AUDIO = 2  # of espeak_AUDIO_OUTPUT: nothing is played
_UTF8 = 1
_IPA, _TIED = 0x02, 0x80
TIE = "^"  # joins the letters of one sound: a^ɪ
_SWITCHED = re.compile(r"\([^()]{1,16}\)")  # marks words that espeak reads as another language: (^e^n)…(^f^r)


class EspeakLibrary:
    """Phonemes of espeak's voices. Safe to call from several threads; use `espeak_library`, there can be only one."""

    def __init__(self) -> None:
        import espeakng_loader  # an extra

        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._lock = threading.Lock()
        self._voice = ""
        text_to_phonemes = self._library.espeak_TextToPhonemes
        text_to_phonemes.restype = ctypes.c_char_p
        text_to_phonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]
        self._text_to_phonemes = text_to_phonemes
        data = espeakng_loader.get_data_path().encode()
        if self._library.espeak_Initialize(_RETRIEVE_AUDIO, 0, data, 0) <= 0:
            raise OSError(f"espeak-ng cannot read its data in {espeakng_loader.get_data_path()}")

    def words(self, voice: str, text: str) -> list[str]:
        """IPA of ``text``, word by word as espeak divides it, with `TIE` between letters that are one sound.

        Words that follow each other influence each other, as they do in speech. The text may hold no NUL.
        """
        rest = ctypes.c_char_p(text.encode())
        mode = _IPA | _TIED | ord(TIE) << 8
        clauses = []
        with self._lock:
            if voice != self._voice:
                if self._library.espeak_SetVoiceByName(voice.encode()):
                    raise OSError(f"espeak-ng has no voice {voice}")
                self._voice = voice
            while rest.value:  # it reads one clause a call and moves on; nothing is left of the last
                clauses.append(self._text_to_phonemes(ctypes.byref(rest), _UTF8, mode) or b"")
        return _SWITCHED.sub("", b" ".join(clauses).decode()).replace("_", "").split()


@cache
def espeak_library() -> EspeakLibrary:
    """The library of this process. Raises ImportError or OSError when it cannot be loaded."""
    return EspeakLibrary()
