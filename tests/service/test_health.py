"""What those are told who watch over the service, and what is measured."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

import httpx2 as httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.asyncio.client import connect as open_websocket

from kokoro_stream.client import connect
from kokoro_stream.config import SpeechConfig
from kokoro_stream.engine.vitals import Vitals
from kokoro_stream.events import AudioFrame, Failed
from kokoro_stream.service.access import AccessSettings, ApiKey
from kokoro_stream.service.app import create_app
from kokoro_stream.service.secret import Secret
from kokoro_stream.service.settings import ServiceSettings
from kokoro_stream.service.watchdog import STALLED_S, Watchdog
from tests.fakes import FakeSpeaker, FakeSpeech
from tests.service.running import serving

KEY = "kitchen-0123456789"
BEARER = {"Authorization": f"Bearer {KEY}"}


class Watched:
    """A running service, seen from outside."""

    def __init__(self, address: str, http: httpx.AsyncClient) -> None:
        self.url = f"ws://{address}/v1/stream"
        self.http = http

    async def status(self, path: str) -> tuple[int, str]:
        answer = await self.http.get(path)
        return answer.status_code, answer.json()["status"]

    async def metrics(self) -> dict[str, float]:
        """Samples by name and labels, without the service's own prefix."""
        answer = await self.http.get("/metrics")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        return {
            sample.name.removeprefix("kokoro_stream_")
            + "".join(f" {value}" for label, value in sample.labels.items() if value and label != "le"): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }


@asynccontextmanager
async def watched(speaker: FakeSpeaker, settings: ServiceSettings | None = None) -> AsyncIterator[Watched]:
    async with (
        serving(create_app(speaker, settings)) as address,
        httpx.AsyncClient(base_url=f"http://{address}") as http,
    ):
        yield Watched(address, http)


async def test_it_is_ready_once_a_word_was_spoken_and_nobody_notices_that_word() -> None:
    speaker = FakeSpeaker()
    async with watched(speaker) as service:
        assert await service.status("/readyz") == (200, "ok")
        assert len(speaker.configs) == 1
        assert await service.status("/readyz") == (200, "ok")
        assert len(speaker.configs) == 1
        metrics = await service.metrics()
    assert metrics["speeches_total done"] == metrics["audio_seconds_total"] == 0
    assert speaker.live == 0


class Mute(FakeSpeaker):
    """Fails at every speech while it is ill."""

    ill = True

    def speak(self, *, config: SpeechConfig) -> FakeSpeech:
        speech = HesitantSpeech(self, config)
        self.configs.append(config)
        if self.ill:
            speech.feed("explode. ")
        return speech


class HesitantSpeech(FakeSpeech):
    """Lets others have their turn before it begins."""

    async def __aenter__(self) -> Self:
        await asyncio.sleep(0)
        return await super().__aenter__()


@pytest.mark.parametrize("ill", [False, True])
async def test_many_who_ask_at_once_are_answered_by_one_word(ill: bool) -> None:
    speaker = Mute()
    speaker.ill = ill
    watchdog = Watchdog(speaker)
    answers = await asyncio.gather(*(watchdog.speaks(SpeechConfig()) for _ in range(10)))
    assert answers == [not ill] * 10
    assert len(speaker.configs) == 1


async def test_who_brings_out_nothing_is_alive_but_not_ready_until_he_does() -> None:
    speaker = Mute()
    async with watched(speaker) as service:
        assert await service.status("/readyz") == (503, "silent")
        assert await service.status("/healthz") == (200, "ok")
        speaker.ill = False
        assert await service.status("/readyz") == (200, "ok")


async def test_a_speech_that_fails_by_the_machine_s_fault_puts_it_in_doubt() -> None:
    speaker = FakeSpeaker()
    async with watched(speaker) as service, connect(service.url) as client:
        assert await service.status("/readyz") == (200, "ok")
        async with client.speak("This will fail.") as speech:
            assert isinstance([event async for event in speech.events()][-1], Failed)
        await service.status("/readyz")
        assert len(speaker.configs) == 2  # what cannot be said is not the machine's fault
        async with client.speak("This will explode.") as speech:
            assert isinstance([event async for event in speech.events()][-1], Failed)
        metrics = await service.metrics()
    assert (metrics["errors_total failed"], metrics["errors_total internal"]) == (1, 1)
    assert metrics["speeches_total failed"] == 2


async def test_a_machine_that_is_busy_speaking_to_others_is_ready() -> None:
    async with watched(FakeSpeaker(places=0)) as service:
        assert await service.status("/readyz") == (200, "ok")


async def test_a_job_that_hangs_means_neither_ready_nor_alive() -> None:
    speaker = FakeSpeaker()
    async with watched(speaker) as service:
        speaker.vitals = Vitals(running=1, longest_s=STALLED_S + 1)
        assert await service.status("/readyz") == (503, "stalled")
        assert await service.status("/healthz") == (503, "stalled")
        assert (await service.metrics())["job_longest_seconds"] == STALLED_S + 1


async def test_what_is_spoken_is_measured() -> None:
    speaker = FakeSpeaker()
    speaker.vitals = Vitals(waiting=3, running=1, load=0.5, room=7)
    async with watched(speaker) as service, connect(service.url) as client:
        async with client.speak("One sentence. And another.") as speech:
            frames = [event async for event in speech.events() if isinstance(event, AudioFrame)]
        metrics = await service.metrics()
    seconds = sum(frame.samples / frame.sample_rate for frame in frames)
    assert metrics["audio_seconds_total"] == pytest.approx(seconds)
    assert metrics["characters_total"] == len("One sentence. And another.")
    assert metrics["speeches_total done"] == metrics["realtime_factor_count"] == 1
    assert metrics["first_audio_seconds_count first_text"] == metrics["first_audio_seconds_count complete_text"] == 1
    assert 0 <= metrics["first_audio_seconds_sum complete_text"] <= metrics["first_audio_seconds_sum first_text"]
    assert metrics["least_lead_seconds_count"] >= 1
    assert metrics["underruns_total machine"] == metrics["underruns_total text"] == 0
    assert (metrics["jobs_waiting"], metrics["jobs_running"]) == (3, 1)
    assert (metrics["load_ratio"], metrics["room_speeches"]) == (0.5, 7)
    assert (metrics["sessions"], metrics["speeches_active"]) == (1, 0)
    assert metrics["build_info fake none 0.1.0"] == 1
    assert metrics["process_open_fds"] > 0


async def test_what_listeners_cut_short_is_counted() -> None:
    async with watched(FakeSpeaker(ms_per_char=1000)) as service, connect(service.url) as client:
        async with client.speak("A long sentence.") as speech:
            await anext(aiter(speech))
            await speech.interrupt()
        metrics = await service.metrics()
    assert metrics["interruptions_total"] == metrics["speeches_total interrupted"] == 1


async def test_what_is_refused_is_counted_by_its_reason() -> None:
    settings = ServiceSettings(
        access=AccessSettings(keys={"kitchen": ApiKey(key=Secret(KEY), characters_per_minute=5)}), max_sessions=1
    )
    speaker = FakeSpeaker(places=0)
    async with watched(speaker, settings) as service:
        service.http.headers.update(BEARER)
        await service.http.get("/v1/nothing", headers={"Authorization": "Bearer wrong"})
        async with (
            connect(service.url, api_key=KEY) as client,
            open_websocket(service.url, additional_headers=BEARER) as second,
        ):
            assert '"overloaded"' in await second.recv(decode=True)
            async with client.speak("Busy.") as speech:
                assert isinstance([event async for event in speech.events()][-1], Failed)
            speaker.places = 1
            async with client.speak(["Busy.", "More"]) as speech:
                assert isinstance([event async for event in speech.events()][-1], Failed)
        metrics = await service.metrics()
    assert metrics["refused_total unauthorized"] == metrics["refused_total sessions"] == 1
    assert metrics["refused_total machine"] == metrics["errors_total overloaded"] == 1
    assert metrics["errors_total rate_limit"] == 1
    assert metrics["characters_total kitchen"] == 2 * len("Busy.")


async def test_metrics_are_for_those_with_a_key_unless_they_are_said_to_be_open() -> None:
    keys = {"kitchen": ApiKey(key=Secret(KEY))}
    for rule, expected in (("key", 401), ("local", 200), ("open", 200)):
        access = AccessSettings(keys=keys, metrics=rule)  # type: ignore[arg-type]
        async with watched(FakeSpeaker(), ServiceSettings(access=access)) as service:
            assert (await service.http.get("/metrics")).status_code == expected
            forwarded = await service.http.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
            assert forwarded.status_code == (403 if rule == "local" else expected)


async def test_two_services_do_not_mix_their_figures() -> None:
    async with watched(FakeSpeaker()) as one, watched(FakeSpeaker()) as other:
        async with connect(one.url) as client, client.speak("Only here.") as speech:
            assert [event async for event in speech.events()]
        assert (await one.metrics())["speeches_total done"] == 1
        assert (await other.metrics())["speeches_total done"] == 0


async def test_the_log_tells_of_sessions_and_speeches_but_not_what_was_said(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "kokoro_stream.service")
    async with (
        watched(FakeSpeaker()) as service,
        connect(service.url) as client,
        client.speak("My secret.") as speech,
    ):
        assert [event async for event in speech.events()]
    told = [record.getMessage() for record in caplog.records if record.name.startswith("kokoro_stream.service")]
    assert told == ["a session begins", "a speech has ended: done", "the session has ended: the client has gone"]
    assert "secret" not in caplog.text
    (speech_ended,) = (record for record in caplog.records if "speech" in record.getMessage())
    assert vars(speech_ended)["characters"] == len("My secret.")
    assert vars(speech_ended)["audio_ms"] == len("My secret.")


async def test_being_busy_once_does_not_mean_ready_for_good() -> None:
    speaker = FakeSpeaker(places=0)
    watchdog = Watchdog(speaker)
    async with speaker:
        assert await watchdog.speaks(SpeechConfig())
        speaker.places = 1
        speaker.gate = asyncio.Semaphore(0)  # it is admitted, and nothing is heard
        asked = asyncio.ensure_future(watchdog.speaks(SpeechConfig()))
        for _ in range(10):
            await asyncio.sleep(0)
        assert not asked.done()
        asked.cancel()
        await asyncio.wait([asked])
