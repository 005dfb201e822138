"""Where the broker is, and what the settings allow. No password is ever shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kokoro_stream.errors import InputError
from kokoro_stream.service.mqtt.settings import Address, MqttSettings


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


def test_a_password_comes_from_a_file_and_is_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("s3cret\n", "utf-8")
    settings = MqttSettings(url="mqtt://me:else@broker", password_file=str(file))
    assert settings.address().password == "s3cret"
    assert MqttSettings(url="mqtt://broker", user="me", password="direct").address() == Address(
        "broker", 1883, False, "me", "direct"
    )
    for shown in (repr(MqttSettings(url="mqtt://me:s3cret@b", password="s3cret")), repr(settings.address())):
        assert "s3cret" not in shown


@pytest.mark.parametrize("content", [None, "", "\nsecond line"])
def test_a_password_file_that_holds_none_is_named(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_text(content, "utf-8")
    with pytest.raises(InputError, match=r"mqtt\.password_file: .*password"):
        MqttSettings(url="mqtt://broker", password_file=str(file)).address()


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
        ({"password": "a", "password_file": "b"}, "password_file"),
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
