"""Several servers at one broker share the requests: none is lost, none is answered twice."""

from __future__ import annotations

from collections import Counter

from tests.fakes import FakeSpeaker
from tests.service.mqtt.clients import Heard, paho_client
from tests.service.mqtt.doors import open_door
from tests.service.mqtt.mosquitto import Mosquitto


async def test_two_servers_split_a_hundred_streams(broker: Mosquitto) -> None:
    async with (
        open_door(broker.url, FakeSpeaker(), node="n1") as first,
        open_door(broker.url, FakeSpeaker(), node="n2") as second,
        paho_client(broker, "answers/+") as client,
    ):
        await first.broker.available()
        await second.broker.available()
        for number in range(100):
            client.publish("kokoro/open", reply_to=f"answers/{number}")
        answers = [await client.hear() for _ in range(100)]
        client.publish("kokoro/open", reply_to="answers/last")
        assert (await client.hear())["topic"] == "answers/last"  # and none of the others came twice
    assert Counter(answer["topic"] for answer in answers) == Counter(f"answers/{number}" for number in range(100))
    assert {answer["type"] for answer in answers} == {"session.created"}
    servers = Counter(answer["topics"]["up"].split("/")[2] for answer in answers)
    assert servers["n1"] + servers["n2"] == 100
    assert min(servers["n1"], servers["n2"]) > 25


async def test_two_servers_split_a_hundred_announcements(broker: Mosquitto) -> None:
    async with (
        open_door(broker.url, FakeSpeaker(), node="n1") as first,
        open_door(broker.url, FakeSpeaker(), node="n2") as second,
        paho_client(broker, "kokoro/event") as client,
    ):
        await first.broker.available()
        await second.broker.available()
        for number in range(100):
            client.publish(f"kokoro/say/room-{number % 10}", {"text": "Hi.", "id": str(number)})
        ends: list[Heard] = []
        while len(ends) < 100:
            ends.append((await client.hear_until("say.ended"))[-1])
        client.publish("kokoro/say", {"text": "Hi.", "id": "last"})
        assert (await client.hear_until("say.ended"))[-1]["id"] == "last"
    assert Counter(end["id"] for end in ends) == Counter(map(str, range(100)))
    assert {end["outcome"] for end in ends} == {"spoken"}
    assert min(Counter(end["server"] for end in ends).values()) > 25


async def test_when_one_server_stops_the_other_takes_all(broker: Mosquitto) -> None:
    async with open_door(broker.url, FakeSpeaker(), node="n1") as first, paho_client(broker, "answers/me") as client:
        await first.broker.available()
        async with open_door(broker.url, FakeSpeaker(), node="n2") as second:
            await second.broker.available()
            await second._service.drain()
            await second.stopped_asking.wait()
            servers = set()
            for _ in range(20):
                client.publish("kokoro/open", reply_to="answers/me")
                servers.add((await client.hear())["topics"]["up"].split("/")[2])
    assert servers == {"n1"}
