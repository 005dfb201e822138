"""What a listener tells the server of what he has played."""

from __future__ import annotations

import asyncio

from kokoro_stream.client.speech import ACK_SHARE, RemoteSpeech
from kokoro_stream.events import Event
from kokoro_stream.service.messages import ClientMessage, PlaybackAck
from kokoro_stream.service.settings import ServiceSettings
from kokoro_stream.service.wire import AudioHeader

FRAMES, FRAME_MS = 50, 40


class Listener:
    """Of a speech of which two seconds are there."""

    def __init__(self) -> None:
        self.told: list[float] = []
        settings = ServiceSettings()
        self.speech = RemoteSpeech("c", settings.session, settings.limits, self._send, acks=True)
        self.events = aiter(self.speech.events())

    async def _send(self, message: ClientMessage) -> None:
        if isinstance(message, PlaybackAck):
            self.told.append(message.played_ms)

    async def get(self, first: int, count: int) -> None:
        for number in range(first, first + count):
            await self.speech.take_audio(AudioHeader(1, number, number * 24 * FRAME_MS), bytes(48 * FRAME_MS))

    async def play(self, count: int) -> asyncio.Future[Event]:
        """So many frames, and asks for the next."""
        for _ in range(count):
            await anext(self.events)
        asking = asyncio.ensure_future(anext(self.events))
        await asyncio.sleep(0)
        return asking


async def test_while_audio_is_there_it_is_acknowledged_now_and_then_and_all_of_it_in_the_end() -> None:
    listener = Listener()
    await listener.get(0, FRAMES)
    asking = await listener.play(FRAMES)
    assert listener.told[-1] == FRAMES * FRAME_MS
    assert len(listener.told) <= 1 / ACK_SHARE + 1
    await listener.get(FRAMES, 1)
    await asking


async def test_who_plays_what_comes_acknowledges_each_frame() -> None:
    listener = Listener()
    for number in range(5):
        await listener.get(number, 1)
        asking = await listener.play(1)
        assert listener.told[-1] == (number + 1) * FRAME_MS
        asking.cancel()
        listener.events = aiter(listener.speech.events())
