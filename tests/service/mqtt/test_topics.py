"""The names of topics, and what may become a part of one."""

from __future__ import annotations

import pytest

from kokoro_stream.service.mqtt.topics import MOST_LEVEL_CHARS, Pair, Topics, is_level, is_topic

TOPICS = Topics("home/voice", "n1", "group")


@pytest.mark.parametrize("name", ["kitchen", "Küche", "a b", "x" * MOST_LEVEL_CHARS, "-", "a$"])
def test_names_that_can_be_a_level(name: str) -> None:
    assert is_level(name)
    assert is_topic(f"a/{name}/b")


@pytest.mark.parametrize(
    "name", ["", "a/b", "+", "#", "a+", "$SYS", "x" * (MOST_LEVEL_CHARS + 1), "a\0", "a\n", "\ud800"]
)
def test_names_that_cannot(name: str) -> None:
    assert not is_level(name)


@pytest.mark.parametrize("name", ["", "a/+", "a/#", "$SYS/broker", "x" * 513, "a\0b", "\udcff"])
def test_topics_to_which_nobody_may_publish(name: str) -> None:
    assert not is_topic(name)


def test_all_topics_lie_beneath_the_prefix() -> None:
    assert TOPICS.open == "home/voice/open"
    assert TOPICS.say == "home/voice/say"
    assert TOPICS.event == "home/voice/event"
    assert TOPICS.status == "home/voice/server/n1/status"
    assert TOPICS.command("stop") == "home/voice/stop"
    assert TOPICS.command("skip", "kitchen") == "home/voice/skip/kitchen"
    assert TOPICS.player_status("kitchen") == "home/voice/player/kitchen/status"


def test_a_pair_names_the_server_and_the_session() -> None:
    base = "home/voice/session/n1/s"
    assert TOPICS.session("s") == Pair(f"{base}/up", f"{base}/down")
    assert TOPICS.announcement("kitchen", "s").up == "home/voice/player/kitchen/n1/s/up"


def test_requests_are_shared_unless_the_broker_cannot() -> None:
    assert TOPICS.shared(TOPICS.open) == "$share/group/home/voice/open"
    assert Topics("p", "n", "").shared("p/open") == "p/open"
