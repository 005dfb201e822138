"""Whether the machine works: watched while it does, tried out when that is in doubt."""

from __future__ import annotations

import asyncio
import logging

from ..config import SpeechConfig
from ..events import AudioFrame, Failed
from .speaker import Speaker

logger = logging.getLogger(__name__)

STALLED_S = 120.0  # no job takes that long; building an engine of TensorRT at a size's first use takes a minute
PROBE_S = 10.0  # for a word: a machine that needs longer is not ready
PROBE = "Ready."
BUSY = "overloaded"
SICK = ("internal", "model", "provider")  # failures that are the machine's, not what was asked of it


class Watchdog:
    """Of one speaker. It is told how speeches go; `speaks` tries one when the last went wrong, or there was none."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._works = False
        self._answer = ""  # to the last word
        self._trying = asyncio.Lock()
        self._tried = 0

    @property
    def stalled(self) -> bool:
        """A job hangs. Its thread cannot be stopped, so only a new process helps."""
        return self._speaker.vitals.longest_s > STALLED_S

    def heard(self) -> None:
        """A speech has become audio."""
        self._works = True

    def failed(self, code: str) -> None:
        """A speech has failed."""
        self._works = self._works and code not in SICK

    async def speaks(self, config: SpeechConfig) -> bool:
        """Something has been spoken, and nothing has gone wrong since; else a word is spoken now.

        A machine that is busy with others speaks too, but the next who asks has it tried again.
        """
        if self._works:
            return True
        tried = self._tried
        async with self._trying:
            if tried == self._tried and not self._works:  # one word answers all who ask meanwhile
                self._answer = await self._says_a_word(config)
                self._works = self._answer == "heard"
                self._tried += 1
        return self._works or self._answer == BUSY

    async def _says_a_word(self, config: SpeechConfig) -> str:
        """``heard``, `BUSY`, or "" for silence."""
        try:
            async with asyncio.timeout(PROBE_S), self._speaker.speak(config=config) as speech:
                speech.feed(PROBE)
                speech.end()
                async for event in speech.events():
                    if isinstance(event, AudioFrame):
                        return "heard"
                    if isinstance(event, Failed):
                        return event.code if event.code == BUSY else ""
        except TimeoutError:
            logger.error("nothing was heard of %r within %g s", PROBE, PROBE_S)
        except Exception:  # whatever it is, it keeps the machine from speaking
            logger.exception("cannot say %r", PROBE)
        return ""
