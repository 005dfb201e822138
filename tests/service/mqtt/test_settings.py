"""Where the broker is, and what the settings allow. No password is ever shown."""

from __future__ import annotations

from typing import Any

import pytest

from kokoro_stream.errors import InputError
from kokoro_stream.service.mqtt.settings import Address, MqttSettings
from kokoro_stream.service.secret import Secret


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("mqtt://broker", Address("broker", 1883, False, None, None)),
        ("mqtts://broker", Address("broker", 8883, True, None, None)),
        ("mqtt://me@broker:18830/", Address("broker", 18830, False, "me", None)),
        ("mqtts://me:p%40ss@broker:1", Address("broker", 1, True, "me", "p@ss")),
        ("mqtt://[::1]:99", Address("::1", 99, False, None, None)),
    ],
)
def test_a_url_says_where_the_broker_is(url: str, address: Address) -> None:
    assert MqttSettings(url=url).address() == address


def test_an_address_is_shown_without_user_and_password() -> None:
    assert str(Address("::1", 99, True, "me", "secret")) == "mqtts://[::1]:99"


@pytest.mark.parametrize(
    "url", ["broker", "http://broker", "mqtt://", "mqtt://b:port", "mqtt://b:99999", "mqtt://b/topic", "mqtt://b?x=1"]
)
def test_what_is_no_address_of_a_broker_is_refused(url: str) -> None:
    with pytest.raises(InputError, match=r"mqtt\.url: must be mqtt://"):
        MqttSettings(url=url)


def test_a_password_outweighs_that_of_the_url_and_is_never_shown() -> None:
    settings = MqttSettings(url="mqtt://me:else@broker", password=Secret("s3cret"))
    assert settings.address() == Address("broker", 1883, False, "me", "s3cret")
    for shown in (repr(settings), repr(settings.address()), repr(MqttSettings(url="mqtt://me:s3cret@b"))):
        assert "s3cret" not in shown


def test_a_url_with_a_mistake_does_not_show_its_password() -> None:
    with pytest.raises(InputError) as refused:
        MqttSettings(url="mqtt://me:s3cret@broker:none")
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"prefix": "a/#"}, "prefix"),
        ({"prefix": "/a"}, "prefix"),
        ({"prefix": ""}, "prefix"),
        ({"prefix": "x" * 200}, "prefix"),
        ({"node": "a/b"}, "node"),
        ({"share": "+"}, "share"),
        ({"target": ""}, "target"),
        ({"keepalive_s": 0}, "keepalive_s"),
        ({"keepalive_s": 70_000}, "keepalive_s"),
        ({"idle_ms": 0}, "idle_ms"),
        ({"expiry_s": float("nan")}, "expiry_s"),
        ({"max_waiting": 0}, "max_waiting"),
        ({"volume": 2.5}, "volume"),
        ({"key_file": "k"}, "key_file"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(settings: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=f"^{complaint}: "):
        MqttSettings(**settings)


def test_a_server_is_called_after_its_host_unless_it_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "living room.local")
    assert MqttSettings().node_id == "living-room-local"
    assert MqttSettings(node="n1").node_id == MqttSettings(node="n1").topics.node == "n1"


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [({"ca_file": "absent"}, "mqtt.ca_file"), ({"certificate_file": "absent"}, "mqtt.certificate_file")],
)
def test_a_file_for_tls_that_cannot_be_used_is_named(settings: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        MqttSettings(url="mqtts://broker", **settings).tls()
