"""Those who speak never come late for the sake of a start; starts by waiting time; bulk in what is left."""

from __future__ import annotations

from queue import Full

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.config import Priority
from kokoro_stream.engine.schedule import RESERVE_S, SAFETY_S, START_SLACK_S, Schedule, Turn, deadline_of

NOW = 100.0


def turn(name: str, deadline: float = NOW + 10, *, seconds: float = 0.1, priority: Priority = "interactive") -> Turn:
    return Turn(owner=name, deadline=deadline, seconds=seconds, priority=priority)


def bulk(name: str, deadline: float = NOW) -> Turn:
    return turn(name, deadline, priority="bulk")


def schedule_of(*turns: Turn, now: float = NOW) -> Schedule[Turn]:
    schedule: Schedule[Turn] = Schedule(100)
    for each in turns:
        schedule.push(each, now=now)
    return schedule


def order(schedule: Schedule[Turn], *, now: float = NOW) -> list[object]:
    """Owners in the order in which one machine without other work takes their jobs."""
    found = []
    while (job := schedule.first(now=now)) is not None:
        assert schedule.remove(job)
        found.append(job.owner)
        now += job.seconds
    return found


def test_of_those_who_speak_the_one_that_runs_dry_first_is_served_first() -> None:
    assert order(schedule_of(turn("late", NOW + 9), turn("soon", NOW + 3), turn("then", NOW + 5))) == [
        "soon",
        "then",
        "late",
    ]


def test_equal_deadlines_go_by_arrival() -> None:
    assert order(schedule_of(*(turn(name, NOW + 3) for name in "cab"))) == ["c", "a", "b"]


def test_a_start_is_served_at_once_when_those_who_speak_can_spare_the_time() -> None:
    schedule = schedule_of(turn("speaking", NOW + 1), turn("start", NOW))
    assert order(schedule) == ["start", "speaking"]


@pytest.mark.parametrize(
    ("deadlines", "in_hand", "first"),
    [
        ([0.31 + SAFETY_S], 0.0, "start"),
        ([0.29], 0.0, "speaking"),
        ([0.31 + SAFETY_S], 0.05, "speaking"),  # what runs already takes its time too
        ([0.31 + SAFETY_S, 0.35], 0.0, "speaking"),  # each could wait for the start alone, but not behind the other
        ([0.31 + SAFETY_S, 0.51 + SAFETY_S], 0.0, "start"),
        ([-0.5], 0.0, "late start"),  # silence that has lasted for longer
    ],
)
def test_a_start_waits_when_somebody_would_run_dry_behind_it(
    deadlines: list[float], in_hand: float, first: str
) -> None:
    speaking = [turn("speaking" if left > 0 else "late start", NOW + left, seconds=0.2) for left in deadlines]
    schedule = schedule_of(turn("start", NOW, seconds=0.1), *speaking)
    job = schedule.first(now=NOW, in_hand=in_hand)
    assert job is not None
    assert job.owner == first


def test_a_start_waits_for_the_time_of_what_becomes_urgent_by_it() -> None:
    start = Turn(owner="start", deadline=NOW, seconds=0.1, debt=0.3, priority="interactive")
    assert order(schedule_of(start, turn("speaking", NOW + 0.4))) == ["speaking", "start"]
    assert order(schedule_of(start, turn("speaking", NOW + 0.6))) == ["start", "speaking"]


def test_of_the_starts_the_one_that_has_waited_longest_comes_first() -> None:
    assert order(schedule_of(turn("new", NOW), turn("old", NOW - 1))) == ["old", "new"]


def test_an_announcement_lets_answers_begin_before_it_but_not_for_ever() -> None:
    slack = START_SLACK_S["announcement"]
    news = turn("news", NOW, priority="announcement")
    sooner, later = turn("sooner", NOW + slack - 0.1), turn("later", NOW + slack + 0.1)
    assert order(schedule_of(news, sooner, later, now=NOW + slack + 0.2)) == ["sooner", "news", "later"]


def test_an_announcement_that_is_being_heard_is_as_urgent_as_anything() -> None:
    heard = turn("heard", NOW + 1, priority="announcement")
    assert order(schedule_of(turn("answer", NOW + 2), heard)) == ["heard", "answer"]


def test_bulk_yields_to_starts_and_to_those_who_are_not_well_ahead() -> None:
    assert order(schedule_of(bulk("book"), turn("start", NOW), turn("near", NOW + 0.5))) == ["start", "near", "book"]


def test_bulk_is_served_while_everybody_is_well_ahead() -> None:
    assert order(schedule_of(bulk("book"), turn("ahead", NOW + RESERVE_S + 0.3))) == ["book", "ahead"]


def test_bulk_overdue_for_an_hour_still_yields() -> None:
    assert order(schedule_of(bulk("book", NOW - 3600), turn("near", NOW + 0.5))) == ["near", "book"]


speaking_jobs = st.lists(st.tuples(st.floats(0.01, 3), st.floats(0.01, 0.5)), max_size=8)
starting_jobs = st.lists(st.floats(0.01, 0.5), max_size=4)


@given(speaking_jobs, starting_jobs)
def test_no_start_makes_anybody_late_who_would_have_been_in_time(
    speaking: list[tuple[float, float]], starting: list[float]
) -> None:
    alone = lateness(schedule_of(*(turn("s", NOW + left, seconds=took) for left, took in speaking)))
    both = schedule_of(
        *(turn("s", NOW + left, seconds=took) for left, took in speaking),
        *(turn("start", NOW, seconds=took) for took in starting),
    )
    assert lateness(both) <= max(alone, 1e-9)


def lateness(schedule: Schedule[Turn]) -> float:
    """By how many seconds the worst of those who speak comes late."""
    worst, now = 0.0, NOW
    while (job := schedule.first(now=now)) is not None:
        schedule.remove(job)
        now += job.seconds
        if job.owner == "s":
            worst = max(worst, now - job.deadline)
    return worst


@given(st.lists(st.tuples(st.floats(-2, 2), st.sampled_from(["interactive", "announcement", "bulk"])), max_size=20))
def test_every_job_comes_out_once(jobs: list[tuple[float, Priority]]) -> None:
    turns = [turn(str(n), NOW + due, priority=priority) for n, (due, priority) in enumerate(jobs)]
    schedule = schedule_of(*turns)
    assert set(schedule) == set(turns)
    assert len(schedule) == len(turns)
    assert sorted(order(schedule), key=str) == sorted((each.owner for each in turns), key=str)
    assert len(schedule) == 0


def test_what_is_removed_does_not_come_out() -> None:
    gone, kept = turn("gone"), turn("kept")
    schedule = schedule_of(gone, kept)
    assert schedule.remove(gone)
    assert not schedule.remove(gone)
    assert order(schedule) == ["kept"]


def test_beyond_its_capacity_it_refuses_but_takes_back_what_it_had() -> None:
    schedule: Schedule[Turn] = Schedule(1)
    schedule.push(turn("kept"), now=NOW)
    with pytest.raises(Full, match="1 jobs are waiting"):
        schedule.push(turn("refused"), now=NOW)
    schedule.restore(turn("back"), now=NOW)
    assert order(schedule) == ["kept", "back"]


def test_a_deadline_without_order_is_refused() -> None:
    with pytest.raises(ValueError, match="NaN"):
        schedule_of(turn("job", float("nan")))


def test_a_schedule_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 job"):
        Schedule(0)


def test_audio_that_comes_in_time_puts_the_deadline_off_by_its_length() -> None:
    first = deadline_of(100.0, now=100.0, delivered=0.3)
    assert first == pytest.approx(100.3)
    assert deadline_of(first, now=100.1, delivered=2.0) == pytest.approx(102.3)


def test_audio_that_comes_late_is_played_from_its_arrival() -> None:
    assert deadline_of(100.3, now=101.0, delivered=2.0) == pytest.approx(103.0)
