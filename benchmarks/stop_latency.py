"""How soon is the machine free after an interruption in the middle of its work?

"interrupt" is how long `Speech.interrupt` takes, which returns when the running job has ended. "next_speech" is the
first frame of a speech begun right after it, beside the first frame of one begun on an idle machine: what they differ
by is work that nobody wanted any more.
"""

from __future__ import annotations

import asyncio
import time

from kokoro_stream import Speaker
from kokoro_stream.events import AudioFrame

from .replies import REPLIES
from .report import arguments, publish, spread

LONG = " ".join(REPLIES)
NEXT = "Of course."


async def measure(runs: int) -> dict[str, float]:
    interrupts, following, idle = [], [], []
    async with Speaker() as speaker:
        await first_frame_ms(speaker)
        for run in range(runs):
            interrupts.append(await interrupt_ms(speaker, after_frames=1 + 7 * run % 100))
            following.append(await first_frame_ms(speaker))
            idle.append(await first_frame_ms(speaker))
    return {
        **spread("interrupt_ms", interrupts),
        **spread("next_speech_first_frame_ms", following),
        **spread("idle_first_frame_ms", idle),
    }


async def interrupt_ms(speaker: Speaker, after_frames: int) -> float:
    """Interrupts a long speech after some frames, the next time that the model is computing for it."""
    async with speaker.speak(LONG) as speech:
        frames = 0
        async for event in speech.events():
            frames += isinstance(event, AudioFrame)
            if frames >= after_frames and speaker.busy:
                break
        else:
            raise RuntimeError("the speech was over before it could be interrupted")
        start = time.perf_counter()
        await speech.interrupt()
        if speaker.busy:
            raise RuntimeError("the model is still computing")
        return (time.perf_counter() - start) * 1000


async def first_frame_ms(speaker: Speaker) -> float:
    start = time.perf_counter()
    async with speaker.speak(NEXT) as speech:
        async for _ in speech:
            return (time.perf_counter() - start) * 1000
    raise RuntimeError("nothing was spoken")


def main() -> None:
    options = arguments(__doc__, runs=50)
    publish("stop_latency", asyncio.run(measure(options.runs)), as_json=options.json)


if __name__ == "__main__":
    main()
