"""Who runs beside whom, who makes room for whom, and how long windows are."""

from __future__ import annotations

import pytest

from kokoro_stream.config import Priority
from kokoro_stream.engine.policy import (
    GAIN_S,
    MOST_OTHERS,
    MOST_RERUNS,
    decoding_rate,
    frames_in_time,
    may_join,
    victim,
)
from kokoro_stream.engine.schedule import Turn

NOW = 50.0
START = Turn(owner="start", deadline=NOW, seconds=0.1, priority="interactive")


def running(deadline: float, *, seconds: float = 0.5, priority: Priority = "interactive", reruns: int = 0) -> Turn:
    return Turn(owner="running", deadline=NOW + deadline, seconds=seconds, priority=priority, reruns=reruns)


def of(owner: str, deadline: float = 2, priority: Priority = "interactive") -> Turn:
    return Turn(owner=owner, deadline=NOW + deadline, seconds=0.2, priority=priority)


@pytest.mark.parametrize(
    ("running", "wanted", "joins"),
    [
        ([], of("a"), True),
        ([of("a")], of("a"), False),  # one speech has the machine to itself
        ([of("a")], of("b"), True),
        ([of("a")], of("b", 0), True),  # a start beside somebody well ahead
        ([of("a", 0)], of("b"), False),  # who starts is not slowed down
        ([of("a", 0.39)], of("b"), False),  # nor who would come late for it
        ([of("a"), of("b")], of("c"), True),
        ([of("a"), of("a")], of("b"), True),
        ([of("a"), of("b"), of("c")], of("d"), False),  # no slot
        ([of("a", 0, "bulk")], of("b", 0), False),  # bulk is stopped instead
        ([of("a", 0, "bulk")], of("b", 0, "bulk"), True),
        ([of("a")], of("b", 0, "bulk"), True),
    ],
)
def test_jobs_run_side_by_side_only_where_nobody_is_kept_waiting(
    running: list[Turn], wanted: Turn, joins: bool
) -> None:
    assert may_join(dict.fromkeys(running, 0.2), wanted, slots=3, now=NOW) == joins


@pytest.mark.parametrize(
    ("job", "left", "stopped"),
    [
        (running(2), 0.5, True),
        (running(2), 0.24, False),  # more than half done
        (running(2, seconds=0.2), GAIN_S - 0.01, False),  # done before it could be stopped
        (running(0.6), 0.5, False),  # would come late behind the start
        (running(0), 0.5, False),  # somebody waits for that too
        (running(0, priority="bulk"), 0.5, True),
        (running(2, reruns=MOST_RERUNS), 0.5, False),
        (running(0, priority="bulk", reruns=MOST_RERUNS), 0.5, False),
    ],
)
def test_what_is_stopped_has_time_to_begin_anew_and_is_far_from_done(job: Turn, left: float, stopped: bool) -> None:
    assert victim({job: left}, START, NOW) is (job if stopped else None)


def test_bulk_is_stopped_first_and_then_whoever_is_furthest_ahead() -> None:
    near, far, book = running(2), running(9), running(0, priority="bulk")
    assert victim({near: 0.5, far: 0.5}, START, NOW) is far
    assert victim({near: 0.5, far: 0.5, book: 0.5}, START, NOW) is book


def test_nothing_is_stopped_for_bulk() -> None:
    wanted = Turn(owner="book", deadline=NOW, seconds=0.1, priority="bulk")
    assert victim({running(9): 0.5}, wanted, NOW) is None


@pytest.mark.parametrize(
    ("cost", "others", "rate"), [(0.005, 0.0, 200), (0.005, 0.5, 100), (0.005, 3.0, 200 * (1 - MOST_OTHERS))]
)
def test_a_speech_is_decoded_at_the_rate_that_the_others_leave(cost: float, others: float, rate: float) -> None:
    assert decoding_rate(cost, others) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("lead", "frames"),
    [(-1.0, 0), (0.0, 0), (0.1, 0), (0.25, 16), (0.5, 56), (2.0, 296)],  # 200 a second, of which context takes 24
)
def test_a_window_is_made_before_the_listener_has_played_what_he_has(lead: float, frames: int) -> None:
    assert frames_in_time(lead, 200, 24) == frames


def test_a_decoder_that_costs_nothing_is_no_division_by_nothing() -> None:
    assert frames_in_time(0.001, decoding_rate(0.0, 0.0), 24) > 10_000
