"""What an assistant answers, and how a language model writes it: token by token."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

TOKENS_PER_SECOND = 40.0  # a mid-sized model behind an API

REPLIES = (
    "Sure! The meeting with Dr. Alvarez is at 3:30 p.m. on Tuesday. I have added it to your calendar, and I can send "
    "everybody an invitation if you like.",
    "You can save about $40 a month. The cheaper plan has the same coverage, but it does not include travel insurance, "
    "so check whether you need that before you switch.",
    "The forecast says light rain in the morning, clearing up after lunch. It will be 18 degrees in the afternoon, so "
    "a light jacket should be enough.",
    "Here is the short version. The first option is faster to build, the second is easier to maintain, and the third "
    "is only worth it when many people use it at the same time.",
    "I found three restaurants near the station. The closest one is a small Italian place that opens at six, and it "
    "still has a table for two by the window.",
    "That error means that the file is being used by another program. Close the editor, wait a few seconds, and try "
    "the same command again.",
    "Yes, that works. Mix the flour with the butter first, then add the eggs one at a time, and let the dough rest for "
    "half an hour before you roll it out.",
    "The train leaves at 9:05 from platform four and arrives shortly before noon. There is a later one with a change, "
    "but it takes an hour longer and costs the same.",
)


def tokens(text: str) -> list[str]:
    """``text`` cut as tokenizers of language models do: a word with the space before it, long words in pieces."""
    return re.findall(r"\s?\w{1,6}|\s?[^\w\s]+|\s+", text)


async def written(text: str, per_second: float = TOKENS_PER_SECOND) -> AsyncIterator[str]:
    """The tokens of ``text``, each at its time; the first at once."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    for number, token in enumerate(tokens(text)):
        await asyncio.sleep(max(0.0, start + number / per_second - loop.time()))
        yield token
