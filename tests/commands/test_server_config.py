from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kokoro_stream.commands.doors import doors
from kokoro_stream.commands.server_config import ServerConfig, server_config
from kokoro_stream.errors import InputError
from kokoro_stream.service.secret import Secret
from kokoro_stream.service.wyoming.settings import WyomingSettings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "server.toml"
    path.write_text('port = 1000\nhost = "0.0.0.0"\n[service]\nmax_sessions = 3\n[service.speech]\nspeed = 1.5\n')
    return path


def test_nothing_said_means_the_defaults() -> None:
    assert server_config(None, {"PATH": "/bin"}) == ServerConfig()


def test_a_file_sets_what_it_names(file: Path) -> None:
    config = server_config(file, {})
    assert (config.port, config.host, config.model) == (1000, "0.0.0.0", "builtin")
    assert (config.service.max_sessions, config.service.speech.speed) == (3, 1.5)


def test_the_environment_outweighs_the_file_and_options_both(file: Path) -> None:
    environ = {"KOKORO_STREAM_PORT": "2000", "KOKORO_STREAM_HOST": "::1", "KOKORO_STREAM_SERVICE__SPEECH__SPEED": "0.8"}
    config = server_config(file, environ, port=3000, host=None)
    assert (config.port, config.host) == (3000, "::1")
    assert (config.service.max_sessions, config.service.speech.speed) == (3, 0.8)


def test_a_server_has_a_lexicon_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "server.toml"
    file.write_text(
        '[service.speech.lexicon]\nnginx = "engine x"\npolish = { respelling = "pole ish", case = "exact" }\n'
    )
    speech = server_config(file, {"KOKORO_STREAM_SERVICE__SPEECH__EMOJI": "name"}).service.speech
    assert speech.lexicon == {"nginx": "engine x", "polish": {"respelling": "pole ish", "case": "exact"}}
    assert speech.emoji == "name"


def test_what_computes_can_be_said_everywhere(tmp_path: Path) -> None:
    file = tmp_path / "server.toml"
    file.write_text('provider = "cuda"\nthreads = 2\ndevice = 1\n')
    config = server_config(file, {"KOKORO_STREAM_THREADS": "3"}, provider="openvino")
    assert (config.provider, config.threads, config.device) == ("openvino", 3, 1)


KEY = "kitchen-0123456789"


def test_keys_are_tables_that_hold_the_key_its_hash_or_its_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{KEY}\n")
    file = tmp_path / "server.toml"
    file.write_text(
        f'[service.access.keys.plain]\nkey = "{KEY}"\nmax_sessions = 2\n'
        f'[service.access.keys.hashed]\nsha256 = "{"0" * 64}"\n'
        f'[service.access.keys.filed]\nkey.file = "{secret}"\n'
    )
    environ = {"KOKORO_STREAM_SERVICE__ACCESS__KEYS__MORE__KEY__FILE": str(secret)}
    keys = server_config(file, environ, service__access__keys__default__key__file=str(secret)).service.access.keys
    assert set(keys) == {"plain", "hashed", "filed", "more", "default"}
    assert {keys[name].key for name in ("plain", "filed", "more", "default")} == {Secret(KEY)}
    assert keys["plain"].max_sessions == 2
    assert keys["hashed"].digest == bytes(32)


def test_lists_are_separated_by_commas_in_the_environment() -> None:
    environ = {"KOKORO_STREAM_SERVICE__ACCESS__ORIGINS": "https://a.example, https://b.example"}
    assert server_config(None, environ).service.access.origins == ("https://a.example", "https://b.example")


def test_variables_for_others_are_no_settings_of_the_server() -> None:
    environ = {"KOKORO_STREAM_MODELS": "/srv/models", "KOKORO_STREAM_API_KEY": KEY}
    assert server_config(None, environ) == ServerConfig()


def test_a_door_is_opened_where_an_address_is_given(tmp_path: Path) -> None:
    file = tmp_path / "server.toml"
    file.write_text('[wyoming]\nuri = "tcp://0.0.0.0:1"\nname = "kitchen"\n')
    environ = {"KOKORO_STREAM_WYOMING__ZEROCONF": "false"}
    config = server_config(file, environ, wyoming__uri="tcp://127.0.0.1:2")
    assert config.wyoming == WyomingSettings(uri="tcp://127.0.0.1:2", name="kitchen", zeroconf=False)
    assert len(doors(config)) == 1
    assert doors(server_config(None, {})) == []


@pytest.mark.parametrize("package", ["wyoming", "zeroconf", "ifaddr"])
def test_a_door_that_lacks_its_packages_says_how_to_get_them(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("wyoming", "kokoro_stream.service.wyoming"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError, match=r"pip install 'kokoro-stream\[wyoming\]'"):
        doors(server_config(None, {}, wyoming__uri="tcp://127.0.0.1:0"))


def test_a_broker_can_be_named_everywhere_and_its_password_apart(tmp_path: Path) -> None:
    file = tmp_path / "server.toml"
    file.write_text('[mqtt]\nurl = "mqtt://me@broker"\nchime = true\nversion = "3.1.1"\n')
    environ = {"KOKORO_STREAM_MQTT__PASSWORD": "s3cret", "KOKORO_STREAM_MQTT__EXPIRY_S": "30"}
    config = server_config(file, environ, mqtt__url="mqtts://broker:1")
    assert (config.mqtt.url, config.mqtt.version, config.mqtt.chime) == ("mqtts://broker:1", "3.1.1", True)
    assert (config.mqtt.password, config.mqtt.expiry_s) == (Secret("s3cret"), 30.0)
    assert "s3cret" not in repr(config)


def test_a_mistake_beside_a_password_does_not_show_it() -> None:
    environ = {"KOKORO_STREAM_MQTT__PASSWORD": "s3cret", "KOKORO_STREAM_MQTT__KEEPALIVE_S": "soon"}
    with pytest.raises(InputError, match="keepalive_s") as refused:
        server_config(None, environ)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("environ", "complaint"),
    [
        ({"KOKORO_STREAM_PROT": "1"}, "prot: there is no such setting"),
        ({"KOKORO_STREAM_SERVICE__MAX": "1"}, r"service\.max: there is no such setting"),
        ({"KOKORO_STREAM_PORT": "many"}, "port"),
        ({"KOKORO_STREAM_PROVIDER": "gpu"}, "provider"),
        ({"KOKORO_STREAM_THREADS": "many"}, "threads"),
        ({"KOKORO_STREAM_SERVICE": "1"}, "service"),
        ({"KOKORO_STREAM_PORT__X": "1", "KOKORO_STREAM_PORT": "1"}, "port"),
        ({"KOKORO_STREAM_PORT": "1", "KOKORO_STREAM_PORT__X": "1"}, "PORT__X: port is a single setting"),
        ({"KOKORO_STREAM_SERVICE__SPEECH__SPEED": "9"}, "speed: 9.0 is outside"),
        ({"KOKORO_STREAM_MQTT__URL": "http://broker"}, r"mqtt\.url: must be mqtt://"),
        ({"KOKORO_STREAM_MQTT__AUDIO_QOS": "2"}, "audio_qos"),
        ({"KOKORO_STREAM_MQTT__HOST": "broker"}, r"mqtt\.host: there is no such setting"),
        ({"KOKORO_STREAM_SERVICE__MAX_SESSIONS": "0"}, "max_sessions: must be above 0"),
        ({"KOKORO_STREAM_SERVICE__ACCESS__KEYS__A__KEY": "short"}, "key: needs at least 16"),
        ({"KOKORO_STREAM_SERVICE__ACCESS__KEYS__A__KYE": "short"}, r"keys\.a\.kye: there is no such setting"),
        ({"KOKORO_STREAM_SERVICE__ACCESS__KEYS__A": "short"}, "Expected `object`, got `str`"),
        ({"KOKORO_STREAM_SERVICE__ACCESS__KEYS__A__KEY__FIEL": "x"}, "secret: is either text or"),
        ({"KOKORO_STREAM_HTTP__KEYFILE": "key.pem"}, "certfile: a keyfile needs its certificate"),
        ({"KOKORO_STREAM_HTTP__PROXIES": "10.0.0.0/8,proxy"}, "proxies: 'proxy' is no address"),
        ({"KOKORO_STREAM_HTTP__ROOT_PATH": "speech"}, "root_path: 'speech' is no path"),
        ({"KOKORO_STREAM_HTTP__HEAD_MS": "0"}, "head_ms: must be above 0"),
        ({"KOKORO_STREAM_LOG__FORMAT": "xml"}, "Invalid enum value 'xml'"),
        ({"KOKORO_STREAM_WYOMING__URI": "here"}, r"wyoming\.uri: 'here' is not like tcp://127\.0\.0\.1:10200"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(environ: dict[str, str], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        server_config(None, environ)


@pytest.mark.parametrize("content", [b"port = ", b"\xff\xfe"])
def test_a_file_that_is_no_toml_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "server.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"server\.toml: is no TOML file"):
        server_config(path, {})
