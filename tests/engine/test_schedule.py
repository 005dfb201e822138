from __future__ import annotations

from itertools import count
from queue import Full

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.engine.schedule import Schedule, deadline_of

# rounds of (deadline, owner) to push, then an owner to remove or None to pop; few values, so that ties are common
pushes = st.lists(st.tuples(st.integers(0, 5), st.sampled_from("ab")), max_size=12)
rounds = st.lists(st.tuples(pushes, st.sampled_from(["a", "b", None])), max_size=8)


def popped(schedule: Schedule[str]) -> list[str]:
    jobs = []
    while (job := schedule.pop()) is not None:
        jobs.append(job)
    return jobs


@given(rounds)
def test_it_behaves_like_a_list_that_is_sorted_by_deadline_and_arrival(
    rounds: list[tuple[list[tuple[int, str]], str | None]],
) -> None:
    schedule: Schedule[int] = Schedule(100)
    model: list[tuple[int, int, str]] = []
    arrivals = count()
    for pushed, taken in rounds:
        for deadline, owner in pushed:
            job = next(arrivals)
            schedule.push(job, deadline=deadline, owner=owner)
            model = sorted([*model, (deadline, job, owner)])
        assert schedule.next_deadline() == (model[0][0] if model else None)
        if taken is None:
            assert schedule.pop() == (model.pop(0)[1] if model else None)
        else:
            assert schedule.remove(taken) == [job for _, job, owner in model if owner == taken]
            model = [entry for entry in model if entry[2] != taken]
        assert len(schedule) == len(model)
    assert [schedule.pop() for _ in model] == [job for _, job, _ in model]


def test_the_earliest_deadline_comes_first_and_equal_ones_in_order_of_arrival() -> None:
    schedule: Schedule[str] = Schedule(10)
    for job, deadline in (("late", 9.0), ("one", 3.0), ("two", 3.0), ("overdue", -1.0), ("three", 3.0)):
        schedule.push(job, deadline=deadline, owner=None)
    assert popped(schedule) == ["overdue", "one", "two", "three", "late"]


def test_jobs_and_owners_need_no_order() -> None:
    schedule: Schedule[object] = Schedule(2)
    jobs = [object(), object()]
    for job in jobs:
        schedule.push(job, deadline=1.0, owner=object())
    assert [schedule.pop(), schedule.pop()] == jobs


def test_whose_jobs_are_removed_loses_all_of_them_and_nobody_else_any() -> None:
    schedule: Schedule[str] = Schedule(10)
    for job, owner in (("a1", "a"), ("b1", "b"), ("a2", "a"), ("b2", "b")):
        schedule.push(job, deadline=0.0, owner=owner)
    assert schedule.remove("a") == ["a1", "a2"]
    assert schedule.remove("a") == []
    assert popped(schedule) == ["b1", "b2"]


def test_beyond_its_capacity_it_refuses_and_keeps_what_it_has() -> None:
    schedule: Schedule[str] = Schedule(1)
    schedule.push("kept", deadline=5.0, owner=1)
    with pytest.raises(Full, match="1 jobs are waiting"):
        schedule.push("refused", deadline=0.0, owner=2)
    assert popped(schedule) == ["kept"]


def test_a_deadline_without_order_is_refused() -> None:
    with pytest.raises(ValueError, match="NaN"):
        Schedule[str](1).push("job", deadline=float("nan"), owner=None)


def test_a_schedule_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 job"):
        Schedule(0)


def test_audio_that_comes_in_time_puts_the_deadline_off_by_its_length() -> None:
    first = deadline_of(100.0, now=100.0, delivered=0.3)
    assert first == pytest.approx(100.3)
    assert deadline_of(first, now=100.1, delivered=2.0) == pytest.approx(102.3)


def test_audio_that_comes_late_is_played_from_its_arrival() -> None:
    assert deadline_of(100.3, now=101.0, delivered=2.0) == pytest.approx(103.0)
