"""pykokoro: `KokoroSynthesizer.synthesize`, which gives all of a request at once; each sentence is one, in any case.

It takes our phonemes. The front end that it sets up all the same, and does not ask, is that of espeak, because its own
begins by downloading a lexicon. What it made of a request is not kept to be given again, as it would be.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import kokorog2p
import onnxruntime
from pykokoro import GenerationConfig, KokoroSynthesizer, SynthesisConfig, SynthesisSegment
from pykokoro.tokenizer import TokenizerConfig

from ..turns import Sentence, Setting, Turn
from ..worker import SAMPLE_RATE, Play, Speak, completed, run


@asynccontextmanager
async def player(setting: Setting) -> AsyncIterator[Speak]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = setting.threads
    config = SynthesisConfig(
        voice=setting.voice,
        generation=GenerationConfig(lang="en-us"),
        model_path=setting.graph,
        voices_path=setting.voices,
        model_config_path=Path(kokorog2p.__file__).parent / "data" / "kokoro_config.json",
        provider="cpu",
        session_options=options,
        tokenizer_config=TokenizerConfig(backend="espeak"),
        inference_cache_enabled=False,
    )
    with KokoroSynthesizer(config) as synthesizer:

        async def speak(turn: Turn, play: Play) -> None:
            async for sentence in completed(turn):
                rendered = await asyncio.to_thread(synthesizer.synthesize, request(sentence))
                if rendered.sample_rate != SAMPLE_RATE:
                    raise RuntimeError(f"pykokoro speaks at {rendered.sample_rate} Hz")
                play(rendered.audio)

        yield speak


def request(sentence: Sentence) -> SynthesisSegment:
    """For all of a sentence."""
    return SynthesisSegment(id="sentence", text=sentence.text, language="en-us", phonemes=sentence.phonemes)


if __name__ == "__main__":
    run(player, ["pykokoro", "kokorog2p", "onnxvoice", "onnxruntime"])
