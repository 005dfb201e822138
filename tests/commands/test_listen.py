from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from kokoro_stream.commands.listen import Stopwatch, listen
from kokoro_stream.errors import KokoroStreamError
from kokoro_stream.events import AudioFrame, Done, Event, Failed, Interrupted, SegmentStarted, Warned

DONE = Done(audio_ms=80.0, first_audio_ms=41.27, rtf=0.03125, segments=1, windows=2)
FRAMES = [AudioFrame(pcm, 24000, offset, 1, 0.0) for offset, pcm in enumerate((b"ab", b"cd"))]


class Heard:
    def __init__(self) -> None:
        self.pcm = b""

    async def write(self, pcm: bytes) -> None:
        self.pcm += pcm


async def events(*given: Event) -> AsyncIterator[Event]:
    for event in given:
        yield event


async def test_all_audio_is_written_in_order() -> None:
    output = Heard()
    assert await listen(events(SegmentStarted("Hi", 0, 2, 0.0), *FRAMES, DONE), output) == DONE
    assert output.pcm == b"abcd"


async def test_a_warning_is_for_the_person_and_not_for_the_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    await listen(events(Warned("unspoken", "☃ was not spoken"), DONE), Heard())
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "kokoro-stream: ☃ was not spoken\n")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([Failed("model", "the model is broken")], "the model is broken"),
        ([Interrupted(0, 0, "Hel", "lo", 3)], "before 'lo'"),
        ([], "broke off"),
    ],
)
async def test_a_speech_that_was_not_said_in_full_is_an_error(given: list[Event], message: str) -> None:
    with pytest.raises(KokoroStreamError, match=message):
        await listen(events(*given), Heard())


@pytest.mark.parametrize(("output", "stream"), [(None, "out"), ("speech.wav", "out"), ("-", "err")])
def test_stats_are_one_line_of_json_beside_the_audio(
    output: str | None, stream: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Stopwatch().report(DONE, output)
    figures = json.loads(getattr(capsys.readouterr(), stream))
    assert figures.pop("wall_ms") >= 0
    assert figures == {"audio_ms": 80.0, "first_audio_ms": 41.3, "rtf": 0.0312, "segments": 1, "windows": 2}
