"""Who may begin to speak: as many as keep up, by what speech costs; nobody who has begun is turned away."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.config import Priority
from kokoro_stream.engine.admission import IDLE_S, LOAD, RETRY_S, Admission, Place
from kokoro_stream.engine.cost import Costs
from kokoro_stream.errors import OverloadedError

NOW = 1000.0


def costs_of(speech: float) -> Costs:
    return Costs(prosody=0.0, phonemes=100, decoder=speech * 5, frames=200, audio=5.0)


def admission_of(speech: float, *, speeches: int = 0) -> tuple[Admission, list[Place]]:
    admission = Admission(costs_of(speech))
    return admission, [admission.enter("interactive", NOW) for _ in range(speeches)]


@pytest.mark.parametrize(
    ("cost", "room"), [(0.018, 52), (0.1, 9), (0.3, 3), (0.31, 3), (0.32, 2), (0.95, 1), (0.96, 1), (4.0, 1)]
)
def test_as_many_are_admitted_as_the_machine_keeps_up_with_and_one_at_least(cost: float, room: int) -> None:
    admission, places = admission_of(cost, speeches=room)
    assert admission.room == room
    assert admission.counted(NOW) == room == len(places)
    with pytest.raises(OverloadedError, match=f"under way: {room}\\)"):
        admission.enter("interactive", NOW)


@given(st.floats(0.005, 0.9))
def test_nine_tenths_of_what_the_machine_can_do_are_used_but_for_the_fraction_of_a_listener(cost: float) -> None:
    room = Admission(costs_of(cost)).room
    assert 0.9 / cost - 1 < room <= max(1, LOAD / cost + 1e-6)


def test_a_machine_that_costs_nothing_refuses_nobody() -> None:
    admission, _ = admission_of(0.0, speeches=100)
    admission.enter("interactive", NOW)


def test_who_has_nothing_left_to_compute_makes_room() -> None:
    admission, places = admission_of(0.3, speeches=3)
    admission.leave(places[0], NOW + 1)
    admission.leave(places[0], NOW + 1)
    admission.enter("announcement", NOW + 1)
    with pytest.raises(OverloadedError):
        admission.enter("interactive", NOW + 1)


def test_bulk_is_never_refused_and_never_counts() -> None:
    admission, _ = admission_of(0.3, speeches=3)
    places = [admission.enter("bulk", NOW) for _ in range(50)]
    assert admission.counted(NOW) == 3
    admission.leave(places[0], NOW)


@pytest.mark.parametrize(
    ("jobs", "dry_at", "counts"),
    [
        (0, NOW, True),
        (0, NOW - IDLE_S, False),  # paused, or waiting for text
        (0, NOW - IDLE_S + 0.1, True),
        (1, NOW - IDLE_S, True),  # late, but at work
        (0, NOW + 2, True),
    ],
)
def test_who_has_had_no_audio_for_a_while_and_asks_for_none_does_not_count(
    jobs: int, dry_at: float, counts: bool
) -> None:
    admission, (place,) = admission_of(0.9, speeches=1)
    place.jobs, place.dry_at = jobs, dry_at
    assert admission.counted(NOW) == counts


def test_who_goes_on_after_a_pause_counts_again_although_there_is_no_room() -> None:
    admission, (paused,) = admission_of(0.9, speeches=1)
    later = NOW + IDLE_S + 1
    admission.enter("interactive", later)
    paused.jobs = 1
    assert admission.counted(later) == 2
    with pytest.raises(OverloadedError):
        admission.enter("interactive", later)


def test_a_slower_machine_has_less_room() -> None:
    costs = costs_of(0.3)
    admission = Admission(costs)
    costs.decoder.add(1000.0, 20_000)
    assert admission.room == 1


def test_it_says_to_come_back_when_a_place_is_likely_to_be_free() -> None:
    admission, places = admission_of(0.3, speeches=3)
    for place in places:
        admission.leave(place, NOW + 30)  # stays are getting longer
    for _ in range(3):
        admission.enter("interactive", NOW + 30)
    with pytest.raises(OverloadedError) as refused:
        admission.enter("interactive", NOW + 30)
    assert 5_000 / 3 < refused.value.retry_after_ms < 30_000 / 3
    assert f"{refused.value.retry_after_ms} ms" in str(refused.value)
    assert "bulk" in str(refused.value)


steps = st.lists(st.one_of(st.tuples(st.just("enter"), st.sampled_from(["interactive", "announcement", "bulk"])),
                           st.tuples(st.just("leave"), st.integers(0, 9)),
                           st.tuples(st.just("wait"), st.floats(0, 20))), max_size=60)  # fmt: skip


@given(st.floats(0.05, 1.5), steps)
def test_whoever_is_admitted_fits_and_whoever_is_refused_does_not(cost: float, steps: list[tuple[str, Any]]) -> None:
    admission, now, places = Admission(costs_of(cost)), NOW, list[Place]()
    for step, what in steps:
        if step == "wait":
            now += what
        elif step == "leave" and places:
            admission.leave(places.pop(what % len(places)), now)
        elif step == "enter":
            before, place = admission.counted(now), entered(admission, what, now)
            assert (place is not None) == (what == "bulk" or before < admission.room)
            assert admission.counted(now) == before + (place is not None and what != "bulk")
            places += [place] if place else []


def entered(admission: Admission, priority: Priority, now: float) -> Place | None:
    """The place, or None when there was no room."""
    try:
        return admission.enter(priority, now)
    except OverloadedError as refused:
        wait_s = refused.retry_after_ms / 1000
    assert RETRY_S[0] <= wait_s <= RETRY_S[1]
    return None
