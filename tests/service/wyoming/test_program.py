from __future__ import annotations

import pytest
from wyoming.info import Info, TtsVoice

from kokoro_stream.errors import InputError
from kokoro_stream.phonemes import languages
from kokoro_stream.service.accents import TAGS
from kokoro_stream.service.wyoming.program import info, voice_for
from kokoro_stream.service.wyoming.requests import Voice
from kokoro_stream.service.wyoming.settings import WyomingSettings
from tests.fakes import FakeSpeaker
from tests.service.wyoming.home import home

KOKORO = ("af_heart", "bm_george", "ef_dora", "ff_siwis", "hf_alpha", "if_sara", "jf_alpha", "pf_dora", "zf_xiaobei")


class Polyglot(FakeSpeaker):
    """Has voices of every language of Kokoro, and one whose name says nothing."""

    voices = (*KOKORO, "robot")  # type: ignore[assignment]
    languages = tuple(TAGS)  # type: ignore[assignment]


def voices() -> dict[str, TtsVoice]:
    return {voice.name: voice for voice in info(Polyglot()).tts[0].voices}


async def test_describe_is_answered_with_one_program_that_streams() -> None:
    async with home(FakeSpeaker()) as house:
        described = await house.describe()
    assert described == info(FakeSpeaker())
    (program,) = described.tts
    assert program.installed
    assert program.supports_synthesize_streaming
    assert program.attribution.name
    assert program.version
    assert [(voice.name, voice.description, voice.languages) for voice in program.voices] == [
        ("af_fake", "Fake (female)", ["en_US"]),
        ("am_fake", "Fake (male)", ["en_US"]),
    ]
    assert described == Info.from_event(described.event())
    assert [described.asr, described.handle, described.intent, described.wake] == [[], [], [], []]


def test_every_voice_has_the_language_that_its_name_says() -> None:
    assert [voices()[name].languages for name in KOKORO] == [[tag] for tag in TAGS.values()]
    assert voices()["robot"].languages == ["en_US"]
    assert voices()["robot"].description == "robot"


def test_a_voice_whose_language_lacks_its_packages_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(voice.installed for voice in voices().values())
    monkeypatch.setattr(languages, "EXTRAS", {"espeak": ("nothing_of_that_name",)})
    assert {name for name, voice in voices().items() if not voice.installed} == {
        "ef_dora", "ff_siwis", "hf_alpha", "if_sara", "pf_dora",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "default", "voice"),
    [
        ("en_GB", "", "bm_george"),
        ("en-gb", "af_heart", "bm_george"),
        ("en", "", "af_heart"),
        ("en", "bm_george", "bm_george"),
        ("en_US", "robot", "robot"),
        ("pt_PT", "", "pf_dora"),
        ("zh_Hans", "", "zf_xiaobei"),
        ("en_US", "af_heart:0.7+bm_george:0.3", "af_heart:0.7+bm_george:0.3"),
    ],
)
def test_a_language_is_spoken_by_a_voice_of_its_region_or_else_of_the_language(
    language: str, default: str, voice: str
) -> None:
    assert voice_for(Voice(language=language), Polyglot(), default) == voice


@pytest.mark.parametrize("uri", ["10200", "tcp://", "udp://host:1", "tcp://host:x", "tcp://u@host:1", "tcp://host:1/x"])
def test_an_address_that_is_none_is_named(uri: str) -> None:
    with pytest.raises(InputError, match=r"wyoming\.uri"):
        WyomingSettings(uri=uri)


@pytest.mark.parametrize("name", ["kitchen.speaker", "x" * 64, "ü" * 32])
def test_a_name_that_mdns_cannot_carry_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=r"wyoming\.name"):
        WyomingSettings(name=name)


def test_addresses_may_be_of_both_kinds_and_without_a_port() -> None:
    assert WyomingSettings(uri="tcp://[::1]:1").address == ("::1", 1)
    assert WyomingSettings(uri="tcp://0.0.0.0").address == ("0.0.0.0", 10200)
