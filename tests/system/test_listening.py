"""What a recogniser hears of the audio that clients receive is what was written, in that order."""

from __future__ import annotations

import asyncio
import random
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.hearing import heard, spoken_words, word_errors
from kokoro_stream.client import connect
from kokoro_stream.events import Event, SegmentStarted
from tests.system.process import PATIENCE_S, Server, all_of, cut, pcm_of
from tests.system.replies import REPLIES

RATE = 24_000

# Beginning of a reply -> what somebody who reads it aloud says, segment by segment.
SAID = {
    "Dr. Patel": (
        "doctor patel can see you on friday november fourteenth at four fifteen p m",
        "would that suit you or shall i ask for the week after",
    ),
    "Here is what to bring": (
        "here is what to bring",
        "a warm jacket",
        "two pairs of socks",
        "at least a litre of water",
        "everything else is at the hut",
    ),
    '"That," said': (
        "that said the conductor is precisely what i meant",
        "nobody in the orchestra dared to answer",
    ),
    "Roughly 65%": ("roughly sixty five percent of the respondents agreed twenty percent disagreed and the remaining "
                    "fifteen percent had no opinion",),
    "He ran 5 km": (
        "he ran five kilometers in twenty four minutes she ran ten kilometers in fifty one",
        "both were tired but neither would admit it which is how most of our sundays end",
    ),
    "First, the good news": (
        "first the good news the tests pass",
        "now the bad news they passed before the fix too",
        "finally the odd news nobody remembers writing them",
    ),
    "Sorry to hear that": (
        "sorry to hear that",
        "losing a pet is hard and there is no right way to grieve",
        "take all the time you need talk about her if it helps and don't let anyone tell you that she was only a cat",
    ),
}  # fmt: skip


async def received(server: Server, reply: str) -> list[Event]:
    async with (
        connect(server.url, idle_flush_ms=PATIENCE_S * 1000) as client,
        client.speak(cut(reply, random.Random(reply))) as speech,
    ):
        return await all_of(speech)


def segments(events: list[Event]) -> list[NDArray[np.float32]]:
    samples = np.frombuffer(pcm_of(events), "<i2").astype(np.float32) / np.float32(32768)
    starts = [round(event.audio_start_ms * RATE / 1000) for event in events if isinstance(event, SegmentStarted)]
    return [samples[start:end] for start, end in pairwise([*starts, len(samples)])]


def in_common(said: list[str], understood: list[str]) -> int:
    """Words in the longest common subsequence."""
    lengths = [0] * (len(understood) + 1)
    for word in said:
        diagonal = 0
        for column, other in enumerate(understood, start=1):
            best = diagonal + 1 if word == other else max(lengths[column], lengths[column - 1])
            diagonal, lengths[column] = lengths[column], best
    return lengths[-1]


@pytest.mark.listening
@pytest.mark.timeout(600)
async def test_a_recogniser_hears_what_was_written_in_the_order_in_which_it_was_written(server: Server) -> None:
    words = errors = ordered = 0
    for beginning, sentences in SAID.items():
        (reply,) = (reply for reply in REPLIES if reply.startswith(beginning))
        audio = segments(await received(server, reply))
        for sentence, samples in zip(sentences, audio, strict=True):
            said, understood = spoken_words(sentence), await asyncio.to_thread(heard, samples, RATE)
            words += len(said)
            errors += word_errors(said, understood)
            ordered += in_common(said, understood)
    # Bounds that tell speech from noise and order from chaos; benchmarks.intelligibility tells good from better.
    assert errors / words < 0.30
    assert ordered / words > 0.75
