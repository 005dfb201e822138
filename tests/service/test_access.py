"""Who may use the service: the decision alone."""

from __future__ import annotations

import hashlib

import pytest

from kokoro_stream.errors import AccessError, InputError, RateLimitError
from kokoro_stream.service.access import Access, AccessSettings, ApiKey, Caller, Request, Rule, is_loopback
from kokoro_stream.service.secret import Secret

KITCHEN, HALL = "kitchen-0123456789", "hall-0123456789abc"
KEYS = {
    "kitchen": ApiKey(key=Secret(KITCHEN)),
    "hall": ApiKey(sha256=hashlib.sha256(HALL.encode()).hexdigest()),
}
RULES: dict[str, Rule] = {"/": "open", "/healthz": "open", "/page/*": "open", "/metrics": "local"}
HOST = "tts.example.org"


def access(**settings: object) -> Access:
    return Access(AccessSettings(**{"keys": KEYS, **settings}), RULES)  # type: ignore[arg-type]


def asked(**fields: object) -> Request:
    return Request(**{"path": "/v1/stream", "changes": True, "host": HOST, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(("key", "name"), [(KITCHEN, "kitchen"), (HALL, "hall")])
def test_a_key_lets_its_owner_in_under_the_key_s_name(key: str, name: str) -> None:
    assert access().admit(asked(token=key), 0).name == name


@pytest.mark.parametrize("token", ["", "wrong-0123456789", KITCHEN + "x", KITCHEN.upper(), "\ud800"])
def test_without_the_right_key_nobody_comes_in(token: str) -> None:
    with pytest.raises(AccessError) as refused:
        access().admit(asked(token=token), 0)
    assert refused.value.code == "unauthorized"


def test_where_no_keys_are_set_everybody_comes_in() -> None:
    assert access(keys={}).admit(asked(), 0).name == ""


@pytest.mark.parametrize("path", ["/", "/healthz", "/page/page.js"])
def test_what_is_open_needs_no_key(path: str) -> None:
    assert access().admit(asked(path=path), 0).name == ""


@pytest.mark.parametrize("path", ["", "/v1/models", "/healthz/x", "/page", "/anything"])
def test_whatever_is_not_declared_open_needs_a_key(path: str) -> None:
    with pytest.raises(AccessError):
        access().admit(asked(path=path), 0)


@pytest.mark.parametrize(("client", "forwarded", "comes_in"), [
    ("127.0.0.1", False, True), ("::1", False, True), ("10.0.0.7", False, False), ("127.0.0.1", True, False),
    ("", False, False),
])  # fmt: skip
def test_what_is_local_is_for_programs_on_this_machine(client: str, forwarded: bool, comes_in: bool) -> None:
    request = asked(path="/metrics", client=client, forwarded=forwarded, token=KITCHEN)
    if comes_in:
        access().admit(request, 0)
    else:
        with pytest.raises(AccessError, match="same machine"):
            access().admit(request, 0)


@pytest.mark.parametrize("origin", [
    "", f"https://{HOST}", f"http://{HOST}", f"https://{HOST}:443", "https://chat.example.org", f"HTTPS://{HOST.upper()}",
])  # fmt: skip
def test_pages_of_the_same_host_and_listed_ones_may_use_it(origin: str) -> None:
    access(origins=("https://chat.example.org",)).admit(asked(origin=origin, token=KITCHEN), 0)


@pytest.mark.parametrize("host", ["127.0.0.1:8880", "[::1]:8880"])
def test_a_page_of_the_same_port_is_of_the_same_host(host: str) -> None:
    access().admit(asked(origin=f"http://{host}", host=host, token=KITCHEN), 0)
    with pytest.raises(AccessError):
        access().admit(asked(origin=f"http://{host}1", host=host, token=KITCHEN), 0)


@pytest.mark.parametrize("origin", [
    "https://evil.example", f"https://{HOST}.evil.example", f"https://{HOST}:8443", "null", "https://[", HOST, "//",
])  # fmt: skip
@pytest.mark.parametrize("host", [HOST, ""])
def test_strange_pages_may_not_even_with_a_key(origin: str, host: str) -> None:
    with pytest.raises(AccessError) as refused:
        access().admit(asked(origin=origin, host=host, token=KITCHEN), 0)
    assert refused.value.code == "forbidden"


def test_a_strange_page_may_read_what_changes_nothing() -> None:
    access().admit(asked(path="/healthz", origin="https://evil.example", changes=False), 0)


def test_any_page_may_where_the_settings_say_so() -> None:
    access(origins=("*",)).admit(asked(origin="https://anywhere.example", token=KITCHEN), 0)


def test_a_key_allows_so_many_sessions_at_a_time() -> None:
    caller = Caller("kitchen", ApiKey(key=Secret(KITCHEN), max_sessions=2))
    caller.enter(0)
    caller.enter(0)
    with pytest.raises(RateLimitError, match="2 sessions"):
        caller.enter(0)
    caller.leave()
    caller.enter(0)


def test_a_key_allows_so_many_requests_a_minute_and_says_when_there_are_more() -> None:
    caller = Caller("kitchen", ApiKey(key=Secret(KITCHEN), requests_per_minute=2))
    for _ in range(2):
        caller.enter(0)
        caller.leave()
    with pytest.raises(RateLimitError, match=r"requests of a minute; try again in \d+ ms") as refused:
        caller.enter(0)
    caller.enter(refused.value.retry_after_ms / 1000)


def test_a_key_allows_so_many_characters_a_minute() -> None:
    caller = Caller("kitchen", ApiKey(key=Secret(KITCHEN), characters_per_minute=60))
    caller.spend(70, 0)
    with pytest.raises(RateLimitError, match="characters") as refused:
        caller.spend(1, 0)
    assert refused.value.retry_after_ms == 11_000
    caller.spend(1, 11)


def test_what_one_key_has_used_up_the_other_has_not() -> None:
    both = access(keys={**KEYS, "kitchen": ApiKey(key=Secret(KITCHEN), requests_per_minute=1)})
    both.admit(asked(token=KITCHEN), 0)
    with pytest.raises(RateLimitError):
        both.admit(asked(token=KITCHEN), 0)
    both.admit(asked(token=HALL), 0)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_addresses_of_this_machine_alone_need_no_key(host: str) -> None:
    assert is_loopback(host)
    AccessSettings().require_safe("host", host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "fe80::1%eth0", "example.org", "localhost.evil", ""])
def test_listening_for_others_without_a_key_is_refused_with_the_remedy(host: str) -> None:
    with pytest.raises(InputError, match=r"host: .*--api-key-file.*--insecure-open"):
        AccessSettings().require_safe("host", host)
    AccessSettings(keys=KEYS).require_safe("host", host)
    AccessSettings(insecure_open=True).require_safe("host", host)


def test_keys_do_not_help_a_door_that_knows_none() -> None:
    with pytest.raises(InputError, match=r"wyoming: .*could use the service: listen on 127"):
        AccessSettings(keys=KEYS).require_safe("wyoming", "0.0.0.0", keys_work=False)


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({}, "either the key or its sha256"),
        ({"key": Secret(KITCHEN), "sha256": "0" * 64}, "either the key or its sha256"),
        ({"key": Secret("short")}, "at least 16"),
        ({"key": Secret("spaces are no good")}, "of the characters"),
        ({"sha256": "0" * 63}, "64 hexadecimal digits"),
        ({"sha256": "0" * 64, "max_sessions": -1}, "max_sessions: must not be below 0"),
    ],
)
def test_a_key_that_cannot_be_used_is_refused(fields: dict[str, object], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint) as refused:
        ApiKey(**fields)  # type: ignore[arg-type]
    assert "spaces" not in str(refused.value)


@pytest.mark.parametrize("origin", ["chat.example.org", "https://chat.example.org/", "https://", "* "])
def test_an_origin_is_a_scheme_and_a_host(origin: str) -> None:
    with pytest.raises(InputError, match="origins"):
        AccessSettings(origins=(origin,))


def test_a_key_shows_in_no_representation() -> None:
    assert KITCHEN not in repr(AccessSettings(keys=KEYS))
    assert KITCHEN not in repr(access().admit(asked(token=KITCHEN), 0))


def test_characters_that_are_not_spoken_are_given_back() -> None:
    caller = Caller("kitchen", ApiKey(key=Secret(KITCHEN), characters_per_minute=100))
    caller.spend(80, 0)
    caller.refund(80)
    caller.spend(100, 0)
    with pytest.raises(RateLimitError):
        caller.spend(1, 0)


OWN = ["127.0.0.1:8880", "[::1]:8880", "localhost:8880", "speech.localhost", "192.168.1.5:8880"]


@pytest.mark.parametrize("host", OWN)
def test_a_page_of_our_own_may_use_a_service_without_keys(host: str) -> None:
    assert access(keys={}).admit(asked(host=host, origin=f"http://{host}"), 0).name == ""


def test_without_keys_a_name_that_was_given_our_address_is_not_ours() -> None:
    rebound = asked(host="evil.example:8880", origin="http://evil.example:8880")
    with pytest.raises(AccessError, match=r"evil\.example"):
        access(keys={}).admit(rebound, 0)
    access(keys={}, origins=("http://evil.example:8880",)).admit(rebound, 0)
    access(keys={}, insecure_open=True).admit(rebound, 0)
    access(keys={}).admit(asked(host=HOST, origin=f"https://{HOST}", forwarded=True), 0)
