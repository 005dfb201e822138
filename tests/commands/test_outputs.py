from __future__ import annotations

import builtins
import sys
import wave
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kokoro_stream.commands.outputs import opened
from kokoro_stream.errors import InputError, KokoroStreamError

PCM = bytes(range(200))


async def test_a_wav_file_holds_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "speech.wav"
    async with opened(str(path), 24000) as output:
        await output.write(PCM[:80])
        await output.write(PCM[80:])
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 24000)
        assert file.readframes(file.getnframes()) == PCM


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def break_off(target: str | None) -> None:
    async with opened(target, 24000) as output:
        await output.write(PCM)
        raise KeyboardInterrupt


async def test_a_wav_file_that_broke_off_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "speech.wav"
    with pytest.raises(KeyboardInterrupt):
        await break_off(str(path))
    with wave.open(str(path)) as file:
        assert file.readframes(file.getnframes()) == PCM


async def test_standard_output_gets_bare_pcm(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    async with opened("-", 24000) as output:
        await output.write(PCM)
    assert capsysbinary.readouterr().out == PCM


async def test_another_kind_of_file_is_refused_and_not_created(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"does not end in \.wav"):
        async with opened(str(tmp_path / "speech.mp3"), 24000):
            pass
    assert files(tmp_path) == []


class Stream:
    """A sound card that remembers what was done with it."""

    def __init__(self, **_: object) -> None:
        self.calls: list[str] = []
        self.played = b""

    def write(self, pcm: bytes) -> None:
        self.played += pcm

    def start(self) -> None:
        self.calls.append("start")

    def stop(self) -> None:
        self.calls.append("stop")

    def close(self) -> None:
        self.calls.append("close")


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Stream:
    stream = Stream()
    module = SimpleNamespace(RawOutputStream=lambda **_: stream, PortAudioError=RuntimeError)
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    return stream


async def test_the_sound_card_plays_to_the_end(card: Stream) -> None:
    async with opened(None, 24000) as output:
        await output.write(PCM)
    assert card.played == PCM
    assert card.calls == ["start", "stop", "close"]


async def test_the_sound_card_falls_silent_when_the_command_is_stopped(card: Stream) -> None:
    with pytest.raises(KeyboardInterrupt):
        await break_off(None)
    assert card.calls == ["start", "close"]


def broken(error: Exception) -> Any:
    def raises(*_: object, **__: object) -> Any:
        raise error

    return raises


async def test_without_a_sound_card_one_learns_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    module = SimpleNamespace(RawOutputStream=broken(RuntimeError("no device")), PortAudioError=RuntimeError)
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    with pytest.raises(KokoroStreamError, match=r"no device.*-o speech\.wav"):
        async with opened(None, 24000):
            pass


@pytest.mark.parametrize(
    ("error", "remedy"), [(ImportError(), r"pip install 'kokoro-stream\[play\]'"), (OSError(), "libportaudio2")]
)
async def test_without_the_means_to_play_one_learns_what_to_install(
    error: Exception, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def importing(name: str, *arguments: Any, **options: Any) -> Any:
        if name == "sounddevice":
            raise error
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", importing)
    with pytest.raises(KokoroStreamError, match=remedy):
        async with opened(None, 24000):
            pass
