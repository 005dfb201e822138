"""The page's logic without a server: modules imported into an empty page of the same origin."""

from __future__ import annotations

import io
import random
import wave
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from kokoro_stream.service.app import create_app
from kokoro_stream.service.wire import AudioHeader
from tests.fakes import FakeSpeaker, fake_samples
from tests.service.running import serving

pytestmark = pytest.mark.asyncio(loop_scope="session")

ALPHABET = "abc é ü\n.,*中👍👩‍🚀𝒳\u0301"


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium: Browser) -> AsyncIterator[Page]:
    """A page that is nothing but an origin."""
    async with serving(create_app(FakeSpeaker())) as address:
        page = await chromium.new_page()
        await page.goto(f"http://{address}/page/icon.svg")
        yield page
        await page.close()


async def run(page: Page, module: str, script: str, argument: Any = None) -> Any:
    """What a function of ``m``, the module, and ``x``, the argument, gives."""
    return await page.evaluate(f"async x => {{ const m = await import('/page/{module}'); {script} }}", argument)


def texts(count: int) -> list[str]:
    chance = random.Random(7)
    return ["".join(chance.choices(ALPHABET, k=chance.randrange(40))) for _ in range(count)]


async def test_code_points_are_found_in_text_that_counts_in_utf_16(page: Page) -> None:
    script = """
        const points = new m.CodePoints();
        for (const piece of x) points.append(piece);
        return [points.length, Array.from({ length: points.length + 1 }, (_, index) => points.toUnits(index))];
    """
    for text in texts(200):
        middle = len(text) // 2
        length, found = await run(page, "codepoints.js", script, [text[:middle], text[middle:]])
        assert length == len(text)
        assert found == [len(text[:index].encode("utf-16-le")) // 2 for index in range(len(text) + 1)]


async def test_long_texts_are_cut_between_characters(page: Page) -> None:
    script = "return x.map(([text, most]) => [...m.pieces(text, most)])"
    for text, found in zip(
        texts(100), await run(page, "codepoints.js", script, [[t, 3] for t in texts(100)]), strict=True
    ):
        assert found == [text[start : start + 3] for start in range(0, len(text), 3)]


async def test_tokens_are_the_text(page: Page) -> None:
    written = [*texts(100), "Supercalifragilistic, isn't it? 👍🏽 3.14"]
    found = await run(page, "writer.js", "return x.map(m.tokens)", written)
    assert ["".join(tokens) for tokens in found] == written
    assert found[-1][:4] == ["Superc", "alifra", "gilist", "ic"]


async def test_the_ring_gives_back_what_was_put_in(page: Page) -> None:
    script = """
        const ring = new m.Ring(10);
        const [put, got] = [[], []];
        let next = 1;
        for (const [pushed, pulled] of x) {
            if (pushed <= ring.room) {
                const samples = Float32Array.from({ length: pushed }, () => next++);
                ring.push(samples);
                put.push(...samples);
            }
            const into = new Float32Array(pulled);
            got.push(...into.subarray(0, ring.pull(into)));
            if (ring.filled !== put.length - got.length || ring.filled + ring.room !== 10) return "it lost count";
        }
        const rest = new Float32Array(10);
        got.push(...rest.subarray(0, ring.pull(rest)));
        return [put, got];
    """
    chance = random.Random(3)
    steps = [[chance.randrange(11), chance.randrange(11)] for _ in range(500)]
    put, got = await run(page, "playout.js", script, steps)
    assert got == put
    assert len(put) > 1000


async def test_a_full_ring_takes_nothing_and_says_so(page: Page) -> None:
    script = """
        const ring = new m.Ring(4);
        ring.push(new Float32Array(3));
        try { ring.push(new Float32Array(2)); } catch (error) { return [error.message, ring.filled]; }
    """
    assert await run(page, "playout.js", script) == ["2 samples, but room for 1", 3]


async def test_playing_waits_for_two_frames_counts_gaps_and_drains(page: Page) -> None:
    script = """
        const playout = new m.Playout(1000, 1000);  // 1000 Hz: START_MS is 60 samples
        const seen = [];
        const pull = () => {
            const count = playout.pull(new Float32Array(50));
            seen.push([count, playout.underruns, playout.drained]);
        };
        playout.push(new Float32Array(40)); pull();  // too little to begin
        playout.push(new Float32Array(40)); pull(); pull();  // begins, runs dry
        playout.push(new Float32Array(40)); pull();  // again too little
        playout.end(); pull(); pull();  // but nothing follows
        return [seen, playout.played];
    """
    seen, played = await run(page, "playout.js", script)
    assert seen == [[0, 0, False], [50, 0, False], [30, 1, False], [0, 1, False], [40, 1, True], [0, 1, True]]
    assert played == 120


async def test_audio_messages_are_read_as_the_server_packs_them(page: Page) -> None:
    packed = AudioHeader(513, 7, 2**33 + 5, last=True).pack() + fake_samples(249, 4)
    script = "const read = m.readAudio(new Uint8Array(x).buffer); return { ...read, samples: [...read.samples] };"
    read = await run(page, "wire.js", script, list(packed))
    assert read == {"last": True, "number": 513, "offset": 2**33 + 5, "samples": [249, 250, 0, 1]}
    with pytest.raises(Exception, match="no audio"):
        await run(page, "wire.js", script, [0] * 16)


async def test_the_wav_header_is_one(page: Page) -> None:
    header = bytes(await run(page, "wav.js", "return [...new Uint8Array(m.wavHeader(8, 24000))]"))
    with wave.open(io.BytesIO(header + fake_samples(0, 4))) as wav:
        assert (wav.getnchannels(), wav.getsampwidth(), wav.getframerate()) == (1, 2, 24000)
        assert wav.readframes(9) == fake_samples(0, 4)


async def test_weights_of_a_blend_sum_to_one(page: Page) -> None:
    blends = [[["a", 50]], [["a", 100], ["b", 50]], [[name, 35] for name in "abcdefgh"]]
    script = "return x.map(parts => m.blended(parts.map(([voice, weight]) => ({ voice, weight }))))"
    single, double, many = await run(page, "voices.js", script, blends)
    assert (single, double) == ("a", "a:0.667+b:0.333")
    assert abs(sum(float(part.split(":")[1]) for part in many.split("+")) - 1) < 0.01
    parts = await run(page, "voices.js", "return m.partsOf(x)", double)
    assert parts == [{"voice": "a", "weight": 67}, {"voice": "b", "weight": 33}]


async def test_voices_have_names_for_people(page: Page) -> None:
    found = await run(page, "voices.js", "return x.map(m.naming)", ["af_june", "zm_yunxi", "custom", "qx_odd"])
    assert [(name["name"], name["group"]) for name in found] == [
        ("June", "US English, female"),
        ("Yunxi", "Mandarin, male"),
        ("custom", "Other"),
        ("qx_odd", "Other"),
    ]


async def test_the_server_is_beside_the_page(page: Page) -> None:
    addresses = ["http://a:1/", "https://a/speech/", "https://a/speech/index.html?x#y"]
    assert await run(page, "socket.js", "return x.map(m.socketUrl)", addresses) == [
        "ws://a:1/v1/stream",
        "wss://a/speech/v1/stream",
        "wss://a/speech/v1/stream",
    ]


async def test_each_failure_doubles_the_wait_up_to_a_bound(page: Page) -> None:
    longest = await run(page, "socket.js", "return x.map(failures => m.delayMs(failures, 1))", list(range(1, 9)))
    shortest = await run(page, "socket.js", "return x.map(failures => m.delayMs(failures, 0))", list(range(1, 9)))
    assert longest == [500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]
    assert shortest == [delay / 2 for delay in longest]
