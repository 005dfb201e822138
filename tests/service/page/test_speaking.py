"""What the page does with speech: sound, words that light up, interruption, the file."""

from __future__ import annotations

import asyncio
import io
import re
import wave
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from kokoro_stream import Speaker
from kokoro_stream.service.app import create_app
from tests.fakes import FakeSpeaker, fake_samples
from tests.service.page.visits import Sent, connected, lit, quiet, speak, until, visiting
from tests.service.running import serving

pytestmark = pytest.mark.asyncio(loop_scope="session")

FRAME_MS = 40  # with a fake that takes as long for a character, a permit of its gate is one character
TEXT = "👩‍🚀 *Bonjour* 🎉 le monde. Encore 😀 une fois."
SOUNDS = "studio.player.heardMs() > 0"


def gated() -> FakeSpeaker:
    """A speaker that says a character whenever its gate lets it."""
    return FakeSpeaker(ms_per_char=FRAME_MS, gate=asyncio.Semaphore(0))


def let(speaker: FakeSpeaker, characters: int) -> None:
    """Lets so many characters be said."""
    assert speaker.gate is not None
    for _ in range(characters):
        speaker.gate.release()


async def test_the_built_in_voice_is_heard_in_the_audio_context(chromium: Browser) -> None:
    async with serving(create_app(Speaker())) as address, visiting(chromium, address) as page:
        await connected(page)
        await expect(page.locator("#model")).to_have_text("builtin")
        await speak(page, "Hello from a **real** voice. It says two sentences 🎉.", per_second=40)
        await until(page, "studio.player.node")
        await page.evaluate("studio.player.node.connect(window.ear = new AnalyserNode(studio.player.node.context))")
        await until(page, "(s => (ear.getFloatTimeDomainData(s), Math.max(...s) > 0.05))(new Float32Array(2048))")
        await quiet(page)
        await expect(page.locator("#outcome p")).to_contain_text("Heard to the end")
        played, received = await page.evaluate("[studio.player.heardMs(), studio.speech.recording.ms]")
        assert played == pytest.approx(received)
        assert await lit(page, "unspoken") == ["🎉"]
        await expect(page.locator("#warnings summary")).to_have_text("1 thing was not spoken as written")


async def test_words_light_up_while_they_sound_whatever_stands_around_them(chromium: Browser) -> None:
    speaker = gated()
    async with serving(create_app(speaker)) as address, visiting(chromium, address) as page:
        await connected(page)
        await speak(page, TEXT)
        said = 0
        for word in ["Bonjour", "le", "monde", "Encore", "une", "fois"]:
            # Audio begins with the segment's text, and the space between two sentences is not part of any.
            reached = TEXT.index(word) + len(word) - 1 - (TEXT.index(word) > TEXT.index("."))
            let(speaker, reached - said)
            said = reached
            await until(page, f"String([...CSS.highlights.get('now')][0]) === '{word}'")
            assert await lit(page, "heard") == [TEXT[: TEXT.index(word) + len(word)]]
        let(speaker, 100)
        await quiet(page)
        assert await lit(page, "heard") == [TEXT]
        assert await lit(page, "now") == []


async def test_escape_interrupts_and_shows_what_was_heard_and_what_was_not(chromium: Browser) -> None:
    speaker = gated()
    async with serving(create_app(speaker)) as address, visiting(chromium, address) as page:
        await connected(page)
        await speak(page, TEXT)
        let(speaker, TEXT.index("monde") + 2)
        await until(page, "String([...CSS.highlights.get('now')][0]) === 'monde'")
        await page.keyboard.press("Escape")
        await quiet(page)
        heard, _, unheard = TEXT.partition("monde")
        assert await lit(page, "heard") == [heard + "monde"]
        assert await lit(page, "unheard") == [unheard]
        await expect(page.locator("#outcome p")).to_have_text("Interrupted after 0.8 s: 3 words heard, 3 not.")
        await expect(page.locator("#speak")).to_have_text("Speak")


async def test_writing_interrupts_and_the_rest_can_be_heard(chromium: Browser) -> None:
    speaker = gated()
    async with serving(create_app(speaker)) as address, visiting(chromium, address) as page:
        await connected(page)
        await speak(page, "One two three.")
        let(speaker, 5)
        await until(page, "String([...CSS.highlights.get('now')][0]) === 'two'")
        await page.locator("#text").press_sequentially("N")
        await quiet(page)
        assert await lit(page, "unheard") == [" three."]
        assert (await page.input_value("#text")).endswith("N")
        await page.click("#rest")
        await expect(page.locator("#transcript")).to_have_text(" three.")
        let(speaker, 100)
        await quiet(page)
        await expect(page.locator("#outcome p")).to_contain_text("Heard to the end")
        assert await page.is_hidden("#rest")


async def test_what_was_never_written_counts_as_not_heard(chromium: Browser) -> None:
    speaker = gated()
    async with serving(create_app(speaker)) as address, visiting(chromium, address) as page:
        await connected(page)
        await speak(page, "One two. Never to be written.", per_second=1)
        await until(page, "studio.speech?.text.length > 0")
        await page.click("#speak")  # which reads "Interrupt" now
        await quiet(page)
        await expect(page.locator("#outcome p")).to_contain_text("0 words heard, 6 not.")
        await page.click("#rest")
        await expect(page.locator("#transcript")).to_have_text("One two. Never to be written.")
        await page.keyboard.press("Escape")
        await quiet(page)


async def test_figures_and_waveform_show_what_happens(chromium: Browser) -> None:
    speaker = gated()
    lit_up = """(() => {
        const canvas = document.querySelector("#waveform");
        const accent = getComputedStyle(canvas).color.match(/\\d+/g).map(Number);
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return data.some((_, at) => at % 4 === 0 && accent.every((value, channel) => data[at + channel] === value));
    })()"""
    reading = "willReadFrequently"  # the browser's advice to whoever looks at a picture twice, as this test does
    async with serving(create_app(speaker)) as address, visiting(chromium, address, expected=reading) as page:
        await connected(page)
        assert not await page.evaluate(lit_up)
        await speak(page, "It runs dry.")
        let(speaker, 5)
        await expect(page.locator("[data-meter=underruns]")).to_have_text("1")
        await expect(page.locator("[data-meter=heard]")).to_have_text("0.2 / 0.2 s")
        await expect(page.locator("[data-meter=lead]")).to_have_text("0.0 s")
        await expect(page.locator("[data-meter=first]")).to_have_text(re.compile(r"\d+ ms"))
        await expect(page.locator("[data-meter=sound]")).to_have_text(re.compile(r"\d+ ms"))
        assert await page.evaluate(lit_up)
        let(speaker, 100)
        await quiet(page)


async def test_playing_is_acknowledged_by_what_sounded(chromium: Browser) -> None:
    app = create_app(FakeSpeaker(ms_per_char=FRAME_MS))
    async with serving(app) as address, visiting(chromium, address) as page:
        sent = Sent(page)
        await page.evaluate("studio.socket.reconnect()")
        await connected(page)
        await speak(page, "A sentence of some length, to be acknowledged bit by bit.")
        await quiet(page)
        total = await page.evaluate("studio.speech.recording.ms")
    acks = [ack["played_ms"] for ack in sent.of("playback.ack")]
    assert acks == sorted(acks)
    assert len(acks) >= 3
    assert 0 < acks[0] < 500
    assert total - 500 < acks[-1] <= total


async def test_the_downloaded_file_holds_every_sample(chromium: Browser) -> None:
    async with serving(create_app(FakeSpeaker(ms_per_char=FRAME_MS))) as address, visiting(chromium, address) as page:
        await connected(page)
        await speak(page, "Keep this. And this.")
        await quiet(page)
        async with page.expect_download() as download:
            await page.click("#download")
        file = await (await download.value).path()
        content = await asyncio.to_thread(Path(file).read_bytes)
    with wave.open(io.BytesIO(content)) as wav:
        frames = wav.readframes(wav.getnframes())
    assert frames == fake_samples(0, len(frames) // 2)
    assert len(frames) // 2 == 24 * FRAME_MS * len("Keep this.And this.")


async def test_a_new_speech_replaces_the_one_under_way(chromium: Browser) -> None:
    speaker = gated()
    async with serving(create_app(speaker)) as address, visiting(chromium, address) as page:
        await connected(page)
        await speak(page, "The first one.")
        let(speaker, 5)
        await until(page, SOUNDS)
        await page.fill("#text", "")  # writing interrupts
        await speak(page, "The second.")
        let(speaker, 100)
        await quiet(page)
        await expect(page.locator("#transcript")).to_have_text("The second.")
        await expect(page.locator("#outcome p")).to_have_text(f"Heard to the end, {len('The second.') * 0.04:.1f} s.")
        assert await page.locator("#notices li").count() == 0


async def test_settings_are_told_to_the_server(chromium: Browser) -> None:
    speaker = FakeSpeaker()
    async with serving(create_app(speaker)) as address, visiting(chromium, address) as page:
        await connected(page)
        await page.get_by_label("Speaks after").select_option("low")
        await page.get_by_label("Language").select_option("en-us")
        await page.locator("#speed").fill("1.25")
        await page.locator(".voice select").select_option("am_fake")
        await speak(page, "So.")
        await quiet(page)
        config = speaker.configs[-1]
    assert (config.latency, config.lang, config.speed, config.voice) == ("low", "en-us", 1.25, "am_fake")


async def test_voices_are_blended_by_weight(chromium: Browser) -> None:
    async with serving(create_app(Speaker())) as address, visiting(chromium, address) as page:
        await connected(page)
        await page.locator(".voice select").select_option("af_june")
        await page.get_by_role("button", name="Blend with another").click()
        await page.locator(".voice select").nth(1).select_option("am_otto")
        await page.get_by_label("Weight of Otto").fill("25")
        await expect(page.locator("#voices output")).to_have_text("af_june:0.8+am_otto:0.2")
        await speak(page, "Both of us.")
        await quiet(page)
        await page.get_by_role("button", name="Leave Otto out").click()
        await expect(page.locator("#voices output")).to_have_text("af_june")
        assert await page.locator("#notices li").count() == 0
