"""The connection to a real broker: who is let in, what a refusal says, and what happens when it breaks."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kokoro_stream.errors import ConnectionLostError, InputError
from kokoro_stream.service.mqtt import client as broker_client
from kokoro_stream.service.mqtt import connection
from kokoro_stream.service.mqtt.client import MOST_CORRELATION_BYTES, MOST_PACKET_BYTES
from kokoro_stream.service.mqtt.connection import Broker
from kokoro_stream.service.mqtt.door import MqttDoor
from kokoro_stream.service.mqtt.messages import SayEnded
from kokoro_stream.service.mqtt.packets import Arrival, Post
from kokoro_stream.service.mqtt.settings import MqttSettings
from kokoro_stream.service.secret import Secret
from tests.fakes import FakeSpeaker
from tests.service.mqtt.clients import Paho, paho_client
from tests.service.mqtt.doors import open_door
from tests.service.mqtt.mosquitto import Mosquitto, mosquitto

STATUS = "kokoro/server/n1/status"
EVENTS = "kokoro/event"


def openssl(*arguments: str, folder: Path) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@dataclass
class Keys:
    """An authority, and the certificates that it has issued."""

    folder: Path

    def __call__(self, name: str) -> str:
        return str(self.folder / name)

    def issue(self, name: str) -> None:
        request = ("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}")
        openssl(*request, "-keyout", f"{name}.key", "-out", f"{name}.csr", folder=self.folder)
        (self.folder / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost")
        sign = ("x509", "-req", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names")
        openssl(*sign, "-in", f"{name}.csr", "-out", f"{name}.crt", folder=self.folder)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ca", "stranger"):
        request = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}")
        openssl(*request, "-keyout", f"{name}.key", "-out", f"{name}.crt", folder=folder)
    keys = Keys(folder)
    keys.issue("server")
    keys.issue("speech")
    return keys


@pytest.fixture
async def guarded(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    """A broker that wants a password."""
    passwords = tmp_path / "passwords"
    passwords.touch(0o600)
    command = shutil.which("mosquitto_passwd") or "mosquitto_passwd"
    process = await asyncio.create_subprocess_exec(command, "-b", str(passwords), "speech", "s3cret")
    assert await process.wait() == 0
    async with mosquitto(tmp_path, "allow_anonymous false", f"password_file {passwords}") as broker:
        yield broker


def break_connection(door: MqttDoor) -> None:
    """As if the network had gone: no goodbye to the broker."""
    assert door.broker._client is not None
    connected: Any = door.broker._client._client.socket()
    connected.shutdown(socket.SHUT_RDWR)


async def says_hello(url: str, **settings: Any) -> None:
    """A door is opened there, and works."""
    speaker = FakeSpeaker()
    ended = asyncio.Event()
    async with open_door(url, speaker, **settings) as door:
        door.announcer.watchers.append(lambda event: ended.set() if isinstance(event, SayEnded) else None)
        await door.broker.available()
        await door.broker.publish(Post("kokoro/say", "Hello."))
        await ended.wait()


async def opened(client: Paho) -> tuple[str, str]:
    """The topics of a new stream, which the client hears."""
    client.publish("kokoro/open", reply_to="answers/me")
    topics = (await client.hear_until("session.created"))[-1]["topics"]
    await client.subscribe(topics["down"])
    return topics["up"], topics["down"]


async def refused(url: str, **settings: Any) -> InputError:
    """What opening a door there is refused with."""
    with pytest.raises(InputError) as error:
        async with open_door(url, FakeSpeaker(), **settings):
            pass
    return error.value


@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_both_versions_of_the_protocol_work(version: str, broker: Mosquitto) -> None:
    await says_hello(broker.url, version=version)


async def test_a_client_of_the_older_version_is_served_too(broker: Mosquitto) -> None:
    async with open_door(broker.url, FakeSpeaker(), version="3.1.1") as door:
        await door.broker.available()
        async with paho_client(broker, "mine/1", five=False) as client:
            client.publish("kokoro/open", {"reply_to": "mine/1"})
            created = await client.hear()
            await client.subscribe(created["topics"]["down"])
            client.publish(created["topics"]["up"], {"type": "text.append", "text": "Hello."})
            client.publish(created["topics"]["up"], {"type": "session.close"})
            heard = await client.hear_until("session.goodbye")
    assert "audio" in [message["type"] for message in heard]


@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_user_and_password_let_us_in(version: str, guarded: Mosquitto) -> None:
    await says_hello(guarded.url, user="speech", password=Secret("s3cret"), version=version)
    await says_hello(guarded.url.replace("//", "//speech:s3cret@"), version=version)


@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_wrong_credentials_are_named_without_the_password(version: str, guarded: Mosquitto) -> None:
    for user, password in (("speech", "wr0ng"), ("nobody", "s3cret"), ("", "")):
        error = await refused(guarded.url, user=user, password=Secret(password), version=version)
        assert error.field in {"mqtt.password", "mqtt.user"}
        assert f"'{user}'" in str(error)
        assert "s3cret" not in str(error)
        assert "wr0ng" not in str(error)


async def test_tls_with_an_authority_and_a_certificate_of_our_own(keys: Keys, tmp_path: Path) -> None:
    lines = (f"cafile {keys('ca.crt')}", f"certfile {keys('server.crt')}", f"keyfile {keys('server.key')}")
    async with mosquitto(tmp_path, *lines, "require_certificate true") as broker:
        url = f"mqtts://127.0.0.1:{broker.port}"
        ours = {"certificate_file": keys("speech.crt"), "key_file": keys("speech.key")}
        await says_hello(url, ca_file=keys("ca.crt"), **ours)
        error = await refused(url, ca_file=keys("stranger.crt"), **ours)
        assert error.field == "mqtt.ca_file"
        assert "certificate" in str(error)
        assert (await refused(url, ca_file=keys("server.key"))).field == "mqtt.ca_file"


async def test_a_missing_client_certificate_is_suspected(
    keys: Keys, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lines = (f"cafile {keys('ca.crt')}", f"certfile {keys('server.crt')}", f"keyfile {keys('server.key')}")
    async with (
        mosquitto(tmp_path, *lines, "require_certificate true") as broker,
        open_door(f"mqtts://127.0.0.1:{broker.port}", FakeSpeaker(), ca_file=keys("ca.crt")),
    ):
        pass
    assert "certificate_file" in caplog.text


async def test_tls_at_a_port_without_it_is_suspected(broker: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    async with open_door(f"mqtts://127.0.0.1:{broker.port}", FakeSpeaker()):
        pass
    assert "is that its port for TLS?" in caplog.text


async def test_no_tls_at_a_port_for_it_is_suspected(
    keys: Keys, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lines = (f"certfile {keys('server.crt')}", f"keyfile {keys('server.key')}")
    async with mosquitto(tmp_path, *lines) as broker, open_door(broker.url, FakeSpeaker()):
        pass
    assert "mqtts://" in caplog.text


async def test_a_broker_that_is_not_there_yet_is_waited_for_with_one_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broker = Mosquitto(tmp_path)
    async with open_door(broker.url, FakeSpeaker()) as door:
        assert not door.broker.connected
        await broker.start()
        await door.broker.available()
    await broker.kill()
    warnings = [record for record in caplog.records if record.levelname == "WARNING" and "refused" in record.message]
    assert len(warnings) == 1
    assert f"mqtt://127.0.0.1:{broker.port}" in warnings[0].message


async def test_the_status_is_retained_and_the_last_will_takes_it_back(broker: Mosquitto) -> None:
    async with open_door(broker.url, FakeSpeaker()) as door:
        await door.broker.available()
        async with paho_client(broker, STATUS) as client:
            status = await client.hear()
            assert (status["state"], status["model"], status["voices"]) == ("online", "fake", ["af_fake", "am_fake"])
            break_connection(door)
            assert (await client.hear())["state"] == "offline"
            assert (await client.hear())["state"] == "online"
    async with paho_client(broker, STATUS) as client:
        assert (await client.hear())["state"] == "offline"


async def test_a_server_that_stops_says_so(broker: Mosquitto) -> None:
    async with paho_client(broker, STATUS) as client:
        async with open_door(broker.url, FakeSpeaker()) as door:
            await door.broker.available()
            assert (await client.hear())["state"] == "online"
        assert (await client.hear())["state"] == "offline"


async def test_killed_in_mid_speech_the_broker_comes_back_and_so_do_we(tmp_path: Path) -> None:
    speaker = FakeSpeaker(gate=asyncio.Semaphore(0))
    assert speaker.gate is not None
    async with mosquitto(tmp_path) as broker, open_door(broker.url, speaker) as door:
        await door.broker.available()
        async with paho_client(broker, EVENTS, "answers/me") as client:
            up, down = await opened(client)
            client.publish(up, {"type": "text.append", "text": "A long story. "})
            await client.hear_until("words")
            client.publish("kokoro/say", {"text": "Dinner.", "id": "under way"})
            await client.hear_until("say.started")
            client.publish("kokoro/say", {"text": "Bread.", "id": "waiting"})
            await client.hear_until("say.accepted")
            await broker.kill()
            await broker.start()
            await client.returned(EVENTS, down)
            speaker.gate.release()
            heard = await client.hear_until("say.ended")
            if heard[-1]["id"] != "waiting":  # the client was back first, and hears of the other one too
                heard = await client.hear_until("say.ended")
            assert (heard[-1]["id"], heard[-1]["outcome"]) == ("waiting", "spoken")
            assert speaker.live == 0
            client.publish(up, {"type": "ping"})
            gone = (await client.hear_until("error"))[-1]
            assert (gone["code"], gone["fatal"]) == ("unknown_session", True)


async def test_sessions_that_were_lost_are_told_why(broker: Mosquitto) -> None:
    speaker = FakeSpeaker(gate=asyncio.Semaphore(0))
    async with open_door(broker.url, speaker) as door, paho_client(broker, EVENTS, "answers/me") as client:
        await door.broker.available()
        up, _ = await opened(client)
        client.publish(up, {"type": "text.append", "text": "A long story. "})
        await client.hear_until("words")
        client.publish("kokoro/say", {"text": "Dinner.", "id": "1"})
        await client.hear_until("say.started")
        break_connection(door)
        heard = await client.hear_until("say.ended", "session.goodbye")
        heard += await client.hear_until("say.ended", "session.goodbye")
        assert speaker.live == 0
    told = {message["type"]: message["reason"] for message in heard if "reason" in message}
    assert told == {"session.goodbye": "connection_lost", "say.ended": "connection_lost"}


async def test_events_wait_for_the_broker(tmp_path: Path) -> None:
    async with mosquitto(tmp_path) as broker, open_door(broker.url, FakeSpeaker()) as door:
        await door.broker.available()
        await broker.kill()
        for number in range(3):
            door.broker.post(Post("kokoro/later", f'{{"number": {number}}}', retain=number == 2))
        await broker.start()
        await door.broker.flush()
        async with paho_client(broker, "kokoro/later") as client:
            assert (await client.hear())["number"] == 2


async def test_what_waits_for_the_broker_is_bounded(caplog: pytest.LogCaptureFixture) -> None:
    broker = Broker(MqttSettings(url="mqtt://127.0.0.1:1"), Post("will", ""))
    for number in range(connection.MOST_POSTS + 3):
        broker.post(Post("topic", str(number)))
    assert len(broker._posts) == connection.MOST_POSTS
    assert "dropped" in caplog.text


async def test_nothing_is_published_without_a_broker() -> None:
    broker = Broker(MqttSettings(url="mqtt://127.0.0.1:1"), Post("will", ""))
    with pytest.raises(ConnectionLostError):
        await broker.publish(Post("topic", "text"))


async def test_a_broker_that_stands_still_is_given_up_and_found_again(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker_client, "PUBLISH_S", 0.2)
    async with open_door(broker.url, FakeSpeaker()) as door:
        await door.broker.available()
        lost = asyncio.Event()
        door.broker.on_lost.append(lost.set)
        os.kill(broker.pid, signal.SIGSTOP)
        with pytest.raises(ConnectionLostError):
            await door.broker.publish(Post("topic", "text"))
        door.broker.post(Post("topic", "text"))
        await lost.wait()
        os.kill(broker.pid, signal.SIGCONT)
        await door.broker.available()


async def test_who_waits_for_the_broker_learns_at_once_that_it_has_gone(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker_client, "PUBLISH_S", 1000)
    async with open_door(broker.url, FakeSpeaker()) as door:
        await door.broker.available()
        os.kill(broker.pid, signal.SIGSTOP)
        publishing = asyncio.create_task(door.broker.publish(Post("topic", "text")))
        await asyncio.sleep(0)
        break_connection(door)
        with pytest.raises(ConnectionLostError):
            await publishing
        os.kill(broker.pid, signal.SIGCONT)
        await door.broker.available()


async def test_a_broker_that_falls_silent_is_noticed_without_a_message(broker: Mosquitto) -> None:
    async with open_door(broker.url, FakeSpeaker(), keepalive_s=1) as door:
        await door.broker.available()
        lost = asyncio.Event()
        door.broker.on_lost.append(lost.set)
        os.kill(broker.pid, signal.SIGSTOP)
        await lost.wait()
        os.kill(broker.pid, signal.SIGCONT)
        await door.broker.available()


async def test_a_door_that_is_left_while_it_connects_leaves_no_connection(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # it accepts, and never answers
        url = f"mqtt://127.0.0.1:{silent.getsockname()[1]}"
        broker = Broker(MqttSettings(url=url, node="n1"), Post("will", ""))
        connecting = asyncio.create_task(broker.connect())
        accepted, _ = await asyncio.to_thread(silent.accept)
        with accepted:
            connecting.cancel()
            accepted.sendall(b"\x20\x03\x00\x00\x00")  # CONNACK: welcome
            with pytest.raises(asyncio.CancelledError):
                await connecting
            accepted.settimeout(10)
            while said := await asyncio.to_thread(accepted.recv, 1000):
                last = said
    assert b"\xe0" in last  # DISCONNECT


async def test_two_servers_of_one_name_are_told_so(broker: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    async with open_door(broker.url, FakeSpeaker()) as first:
        await first.broker.available()
        lost = asyncio.Event()
        first.broker.on_lost.append(lost.set)
        async with open_door(broker.url, FakeSpeaker()):
            while "is another server called n1?" not in caplog.text:
                lost.clear()
                await lost.wait()


@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_a_message_that_is_longer_than_any_of_ours_is_not_looked_at(version: str, broker: Mosquitto) -> None:
    async with open_door(broker.url, FakeSpeaker(), version=version) as door:
        await door.broker.available()
        async with paho_client(broker, "kokoro/event") as client:
            client.publish("kokoro/say", b"x" * (MOST_PACKET_BYTES + 1))
            client.publish("kokoro/say", {"text": "The next one.", "id": "next"})
            assert (await client.hear_until("say.ended"))[-1]["id"] == "next"


async def test_correlation_data_that_would_have_to_be_kept_are_bounded(
    broker: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_door(broker.url, FakeSpeaker()) as door, paho_client(broker, "mine") as client:
        await door.broker.available()
        for length in (MOST_CORRELATION_BYTES + 1, MOST_CORRELATION_BYTES):
            client.publish("kokoro/open", reply_to="mine", correlation=b"x" * length)
        answer = await client.heard.get()
    assert len(getattr(answer.properties, "CorrelationData", b"")) == MOST_CORRELATION_BYTES
    assert "correlation data" in caplog.text


async def test_what_a_handler_raises_harms_no_other(broker: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[bytes] = []

    def fail(arrival: Arrival) -> None:
        heard.append(arrival.payload)
        raise RuntimeError("on purpose")

    async with open_door(broker.url, FakeSpeaker()) as door:
        await door.broker.available()
        door.broker._matcher["kokoro/server/n1/status"] = fail
        door.broker._dispatch(Arrival("kokoro/server/n1/status", b"x"))
        await door.broker.publish(Post("kokoro/say", "Hello."))
        assert door.broker.connected
    assert heard == [b"x"]
    assert "on purpose" in caplog.text
