"""How well is our speech understood? Word error rate beside the teacher's, on sentences never trained on.

"whole" is our model without windows: each line decoded at once and nothing stitched.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kokoro_stream import Speaker, SpeechConfig
from kokoro_stream.front_end import FrontEnd
from kokoro_stream.model.kokoro import KokoroModel
from kokoro_stream.model.store import obtain
from kokoro_stream.phonemes.languages import phonemizer

from . import teacher
from .hearing import heard, spoken_words, word_errors
from .report import arguments, publish

SENTENCES = Path(__file__).parent / "data" / "heldout.txt"


def main() -> None:
    options = arguments(__doc__, model="builtin", voice="", sentences=0)
    sentences = SENTENCES.read_text("utf-8").splitlines()[: options.sentences or None]
    words = sum(len(spoken_words(sentence)) for sentence in sentences)
    figures: dict[str, float | int | str] = {"sentences": len(sentences), "words": words}
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as recognisers:
        ours = asyncio.run(our_errors(sentences, options.model, options.voice, recognisers))
        figures["word_error_rate_percent"] = round(100 * ours / words, 2)
        whole = whole_errors(sentences, options.model, options.voice, recognisers)
        figures["whole_word_error_rate_percent"] = round(100 * whole / words, 2)
        if teacher.is_installed():
            theirs = sum(recognisers.map(teacher_errors, sentences))
            figures["teacher_word_error_rate_percent"] = round(100 * theirs / words, 2)
            figures["ratio_to_teacher"] = round(ours / theirs, 3)
        else:
            figures["teacher_word_error_rate_percent"] = f"not installed ({teacher.REMEDY})"
    publish("intelligibility", figures, as_json=options.json)


async def our_errors(sentences: Sequence[str], model: str, voice: str, recognisers: Executor) -> int:
    """Words of ``sentences`` misheard when this package says them, through its whole pipeline."""
    loop = asyncio.get_running_loop()
    config = SpeechConfig(voice=voice, latency="quality")
    counts = []
    async with Speaker(model) as speaker:
        for sentence in sentences:
            async with speaker.speak(sentence, config=config) as speech:
                pcm = b"".join([frame.pcm async for frame in speech])
            samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32) / np.float32(32768)
            counts.append(loop.run_in_executor(recognisers, errors, sentence, samples, config.sample_rate))
        return sum(await asyncio.gather(*counts))


def whole_errors(sentences: Sequence[str], name: str, voice: str, recognisers: Executor) -> int:
    """Words of ``sentences`` misheard when every line of them is decoded in one piece."""
    model = KokoroModel.load(obtain(name))
    counts = []
    for sentence in sentences:
        front_end = FrontEnd(phonemizer("en-us"), "quality", model.card.token_limit)
        pieces = [np.zeros(0, np.float32)]
        for line in [*front_end.feed(sentence), *front_end.flush()]:
            prosody = model.prosody(line.utterance.phonemes, voice, 1.0)
            pieces.append(model.decode(prosody, slice(0, prosody.frames)))
        counts.append(recognisers.submit(errors, sentence, np.concatenate(pieces), model.card.sample_rate))
    return sum(count.result() for count in counts)


def teacher_errors(sentence: str) -> int:
    return errors(sentence, *teacher.say(sentence))


def errors(sentence: str, samples: NDArray[np.float32], sample_rate: int) -> int:
    return word_errors(spoken_words(sentence), heard(samples, sample_rate))


if __name__ == "__main__":
    main()
