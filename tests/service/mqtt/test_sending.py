from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kokoro_stream.service.mqtt.connection import Broker, Post
from kokoro_stream.service.mqtt.settings import MqttSettings


class Client:
    """Waits for the broker's answer as aiomqtt does."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def publish(self, *_: object) -> None:
        await asyncio.wait_for(self.answer, timeout=60)


async def test_a_cancellation_that_comes_with_the_brokers_answer_is_not_forgotten() -> None:
    broker: Any = Broker(MqttSettings(url="mqtt://nowhere"), will=Post("status", "offline"))
    client = Client()
    sending = asyncio.create_task(broker._send(client, Post("topic", "payload")))
    await asyncio.sleep(0)
    client.answer.set_result(None)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending


async def test_of_retained_messages_that_wait_to_be_sent_only_the_last_is() -> None:
    broker: Any = Broker(MqttSettings(url="mqtt://nowhere"), will=Post("status", "offline"))
    broker.post(Post("state", "on its way", retain=True))
    for number in range(10_000):
        broker.post(Post("state", f"{number}", retain=True))
    broker.post(Post("event", "one"))
    broker.post(Post("event", "another"))
    assert [post.payload for post in broker._posts] == ["on its way", "9999", "one", "another"]
