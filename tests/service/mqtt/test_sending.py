from __future__ import annotations

from kokoro_stream.service.mqtt.connection import Broker
from kokoro_stream.service.mqtt.packets import Post
from kokoro_stream.service.mqtt.settings import MqttSettings


async def test_of_retained_messages_that_wait_to_be_sent_only_the_last_is() -> None:
    broker = Broker(MqttSettings(url="mqtt://nowhere"), will=Post("status", "offline"))
    broker.post(Post("state", "on its way", retain=True))
    for number in range(10_000):
        broker.post(Post("state", f"{number}", retain=True))
    broker.post(Post("event", "one"))
    broker.post(Post("event", "another"))
    assert [post.payload for post in broker._posts] == ["on its way", "9999", "one", "another"]
