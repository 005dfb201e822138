"""What the benchmark of the MQTT door counts."""

from __future__ import annotations

import pytest

from benchmarks.mqtt.doors import announcement_ms, ears, first_frame_ms, whole
from benchmarks.mqtt.frames import Reader
from benchmarks.mqtt.home import ADVISED, home
from benchmarks.mqtt.satellites import most_at_once, satellites
from benchmarks.mqtt.streams import mqtt_stream, websocket_stream
from kokoro_stream.service.wire import AudioHeader

FRAME = 960


def frame(sequence: int) -> bytes:
    return AudioHeader(1, sequence, sequence * FRAME).pack() + bytes(2 * FRAME)


def test_a_reader_misses_what_did_not_come() -> None:
    reader = Reader()
    for sequence in (0, 1, 4, 5):
        reader.take(frame(sequence))
    reader.take(b'{"type":"session.goodbye","reason":"closed"}')
    assert reader.missing == 2 * FRAME
    assert reader.ended


def test_how_many_sound_at_once() -> None:
    assert most_at_once([(0.0, 2.0), (1.0, 3.0), (2.5, 4.0)]) == 2
    assert most_at_once([(0.0, 1.0)]) == 1


async def test_everything_is_measured_on_real_processes() -> None:
    async with home(*ADVISED) as running:
        async with websocket_stream(running) as websocket, mqtt_stream(running) as mqtt, ears(running) as client:
            for stream in (websocket, mqtt):
                assert await first_frame_ms(stream, "Hello there.") > 0
            assert await announcement_ms(client, "Hello there.") > 0
            assert await whole(websocket, "Yes.") == pytest.approx(await whole(mqtt, "Yes."), abs=0.01)
        found = await satellites(running, 3, "Yes.")
        assert found["satellites_spoken_to_the_end"] == 3
        assert found["satellites_frames_missing"] == 0
        assert running.server_cpu_s > 0
        assert running.broker_cpu_s >= 0
