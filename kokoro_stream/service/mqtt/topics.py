"""The names of all topics, beneath one prefix. Pure.

A *level* is what stands between two slashes: a target, a server's node id, a session id. Levels that come from outside
are checked with `is_level` before a topic is made of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_LEVEL_CHARS = 64  # a UUID with a prefix
MOST_TOPIC_CHARS = 512  # far below MQTT's 65,535 bytes; whoever needs more to answer to does not mean it

_LEVEL = re.compile(rf"(?!\$)[^/+#\x00-\x1f\x7f-\x9f\ud800-\udfff]{{1,{MOST_LEVEL_CHARS}}}")
_TOPIC = re.compile(rf"(?!\$)[^+#\x00-\x1f\x7f-\x9f\ud800-\udfff]{{1,{MOST_TOPIC_CHARS}}}")


def is_level(name: str) -> bool:
    """Whether it can stand between two slashes of a topic."""
    return _LEVEL.fullmatch(name) is not None


def is_topic(name: str) -> bool:
    """Whether one may publish to it: no wildcards, no control characters, none of the broker's own."""
    return _TOPIC.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Pair:
    """The two topics of a session: ``up`` to the server, ``down`` to the listener."""

    up: str
    down: str

    @classmethod
    def of(cls, base: str) -> Pair:
        """The pair beneath ``base``."""
        return cls(f"{base}/up", f"{base}/down")


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of the server ``node`` beneath ``prefix``; ``share`` is the group that splits the requests.

    ``share`` "" is for brokers without shared subscriptions: every server answers every request then.
    """

    prefix: str
    node: str
    share: str

    @property
    def open(self) -> str:
        """Requests for a stream."""
        return f"{self.prefix}/open"

    @property
    def say(self) -> str:
        """Announcements for the target that they name; beneath it, those for a target."""
        return f"{self.prefix}/say"

    @property
    def event(self) -> str:
        """What became of announcements."""
        return f"{self.prefix}/event"

    @property
    def status(self) -> str:
        """Retained: whether this server is there, and what it offers."""
        return self.own("status")

    def own(self, name: str) -> str:
        """A topic of this server alone."""
        return f"{self.prefix}/server/{self.node}/{name}"

    def command(self, name: str, target: str | None = None) -> str:
        """``stop`` or ``skip`` for a target; None stands for all of them."""
        return f"{self.prefix}/{name}" if target is None else f"{self.prefix}/{name}/{target}"

    def session(self, session: str) -> Pair:
        """The pair of a stream."""
        return Pair.of(f"{self.prefix}/session/{self.node}/{session}")

    def announcement(self, target: str, session: str) -> Pair:
        """The pair of an announcement to a target."""
        return Pair.of(f"{self.prefix}/player/{target}/{self.node}/{session}")

    def player_status(self, target: str) -> str:
        """Retained: whether a player of the target is there."""
        return f"{self.prefix}/player/{target}/status"

    def shared(self, topic_filter: str) -> str:
        """The filter with which servers share what arrives."""
        return f"$share/{self.share}/{topic_filter}" if self.share else topic_filter
