"""Which request comes next. Time is a number."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.service.mqtt import queue
from kokoro_stream.service.mqtt.messages import Urgency
from kokoro_stream.service.mqtt.queue import Queue


@dataclass(frozen=True)
class Asked:
    id: str
    target: str = "kitchen"
    text: str = "Hello."
    urgency: Urgency = "announcement"
    expires_at_s: float = 100.0


def urgent(id: str) -> Asked:
    return Asked(id, urgency="interactive")


def filled(*requests: Asked, max_waiting: int = 10) -> Queue[Asked]:
    waiting: Queue[Asked] = Queue(max_waiting)
    for request in requests:
        assert waiting.offer(request) is None
    return waiting


def order(waiting: Queue[Asked], target: str = "kitchen", now_s: float = 0.0) -> list[str]:
    """Ids in the order in which their turn comes."""
    ids = []
    while target in waiting.targets:
        request, _ = waiting.take(target, now_s)
        ids += [request.id] if request else []
    return ids


# what is asked for, in order -> the order in which it is spoken
ORDERS: list[tuple[list[Asked], list[str]]] = [
    ([Asked("a"), Asked("b"), Asked("c")], ["a", "b", "c"]),
    ([Asked("a"), urgent("b"), Asked("c"), urgent("d")], ["b", "d", "a", "c"]),
    ([Asked("a", target="hall"), Asked("b")], ["b"]),
    ([Asked("a", expires_at_s=0.0), Asked("b")], ["b"]),
    ([Asked("a", expires_at_s=0.0)], []),
]


@pytest.mark.parametrize(("asked", "spoken"), ORDERS)
def test_the_interactive_go_first_each_kind_in_order(asked: list[Asked], spoken: list[str]) -> None:
    assert order(filled(*asked)) == spoken


@pytest.mark.parametrize(
    ("now_s", "spoken", "expired"), [(0.0, "a", []), (9.9, "a", []), (10.0, "b", ["a"]), (50.0, None, ["a", "b"])]
)
def test_what_has_expired_is_not_spoken_but_returned(now_s: float, spoken: str | None, expired: list[str]) -> None:
    waiting = filled(Asked("a", expires_at_s=10), Asked("b", expires_at_s=50))
    request, late = waiting.take("kitchen", now_s)
    assert (request.id if request else None, [each.id for each in late]) == (spoken, expired)


def test_one_too_many_is_refused_and_changes_nothing() -> None:
    waiting = filled(Asked("a"), Asked("b"), max_waiting=2)
    assert waiting.offer(Asked("c")) == "queue_full"
    assert waiting.offer(urgent("d")) == "queue_full"
    assert not waiting.known("c")
    assert waiting.offer(Asked("e", target="hall")) is None
    assert order(waiting) == ["a", "b"]


def test_all_targets_together_may_not_wait_for_more_than_can_be_posted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MOST_WAITING", 2)
    waiting = filled(Asked("a"), Asked("b", target="hall"))
    assert waiting.offer(Asked("c", target="attic")) == "queue_full"
    assert set(waiting.targets) == {"kitchen", "hall"}
    waiting.drop("hall")
    assert waiting.offer(Asked("c", target="attic")) is None


def test_an_id_that_is_forgotten_may_come_again() -> None:
    waiting = filled(Asked("a"))
    waiting.forget("a")
    waiting.forget("never heard of")
    assert not waiting.known("a")


def test_the_one_being_spoken_does_not_wait() -> None:
    waiting = filled(Asked("a"), max_waiting=1)
    waiting.take("kitchen", 0)
    assert waiting.offer(Asked("b")) is None
    assert waiting.waiting == 1
    assert waiting.current("kitchen") == Asked("a")


def test_all_text_that_waits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MOST_WAITING_CHARS", 12)
    waiting = filled(Asked("a"), Asked("b", target="hall"))
    assert waiting.offer(Asked("c")) == "queue_full"
    waiting.take("kitchen", 0)
    assert waiting.offer(Asked("c")) is None
    waiting.drop("hall")
    assert waiting.offer(Asked("d")) is None


def test_targets_are_bounded_and_forgotten_when_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MOST_TARGETS", 1)
    waiting = filled(Asked("a"))
    assert waiting.offer(Asked("b", target="hall")) == "too_many_targets"
    assert order(waiting) == ["a"]
    assert waiting.targets == ()
    assert waiting.offer(Asked("b", target="hall")) is None


def test_ids_are_remembered_and_the_oldest_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MOST_IDS", 2)
    waiting = filled(Asked("a"))
    waiting.remember("elsewhere")
    assert waiting.known("a")
    assert waiting.known("elsewhere")
    waiting.remember("a")
    waiting.offer(Asked("b"))
    assert [waiting.known(id) for id in ("a", "b", "elsewhere")] == [True, True, False]


@pytest.mark.parametrize(("request_", "before"), [(Asked("x"), 5), (urgent("x"), 2), (Asked("x", target="hall"), 0)])
def test_how_many_go_before_a_request(request_: Asked, before: int) -> None:
    waiting = filled(Asked("a"), Asked("b"), Asked("c"), urgent("d"))
    assert waiting.take("kitchen", 0)[0] == urgent("d")
    waiting.offer(urgent("e"))
    assert waiting.before(request_) == before


def test_what_is_dropped_is_returned_and_the_one_being_spoken_stays() -> None:
    waiting = filled(Asked("a"), Asked("b"), urgent("c"))
    waiting.take("kitchen", 0)
    assert [request.id for request in waiting.drop("kitchen")] == ["a", "b"]
    assert waiting.current("kitchen") == urgent("c")
    assert waiting.drop("hall") == []
    assert order(waiting) == []


def test_one_that_could_not_be_spoken_yet_is_the_next_again() -> None:
    waiting = filled(Asked("a"), Asked("b"))
    request, _ = waiting.take("kitchen", 0)
    assert request is not None
    waiting.put_back(request)
    assert order(waiting) == ["a", "b"]


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("offer"), st.sampled_from("xy"), st.sampled_from(["interactive", "announcement"])),
            st.tuples(st.sampled_from(["take", "drop", "back"]), st.sampled_from("xy"), st.floats(0, 60)),
        )
    )
)
def test_every_request_leaves_once(moves: list[tuple[str, str, float | Urgency]]) -> None:
    waiting: Queue[Asked] = Queue(3)
    taken: list[str] = []
    left: list[str] = []
    for number, (move, target, argument) in enumerate(moves):
        if move == "offer" and not isinstance(argument, float):
            asked = Asked(str(number), target, urgency=argument, expires_at_s=30)
            if waiting.offer(asked) is None:
                taken.append(asked.id)
        elif move == "take" and target in waiting.targets and isinstance(argument, float):
            request, expired = waiting.take(target, argument)
            left += [late.id for late in expired] + ([request.id] if request else [])
        elif move == "drop":
            left += [dropped.id for dropped in waiting.drop(target)]
        elif move == "back" and (current := waiting.current(target)) is not None:
            waiting.put_back(current)
            left.remove(current.id)
    rest = [id for target in waiting.targets for id in order(waiting, target)]
    rest = [id for id in rest if id not in left]
    assert sorted(left + rest) == sorted(taken)
    assert waiting.waiting == waiting._chars == 0
