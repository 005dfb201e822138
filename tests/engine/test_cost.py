"""Means that forget, and the machine's time divided among those who use it at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.engine.cost import Costs, Mean, Share

amounts = st.floats(0.01, 100)


def test_it_begins_with_what_was_measured() -> None:
    assert Mean(3.0, 10.0, memory=5).value == pytest.approx(0.3)


def test_what_came_memory_units_ago_counts_half() -> None:
    mean = Mean(0.0, 10.0, memory=10)
    mean.add(10.0, 10.0)
    assert mean.value == pytest.approx(10 / 15)


def test_or_what_came_before_memory_was_paid_since() -> None:
    mean = Mean(0.0, 10.0, memory=10, paid=True)
    mean.add(10.0, 2.0)
    assert mean.value == pytest.approx(10 / 7)


def test_work_in_vain_makes_the_rest_dearer() -> None:
    mean = Mean(1.0, 10.0, memory=10)
    mean.add(1.0, 0.0)
    assert mean.value == pytest.approx(0.2)


@given(st.lists(st.tuples(st.floats(0.1, 0.9), amounts), min_size=1))
def test_it_stays_between_the_least_and_the_most_that_was_paid(payments: list[tuple[float, float]]) -> None:
    mean = Mean(payments[0][0] * payments[0][1], payments[0][1], memory=7)
    for price, amount in payments[1:]:
        mean.add(price * amount, amount)
    prices = [price for price, _ in payments]
    assert min(prices) * 0.999 <= mean.value <= max(prices) * 1.001


@pytest.mark.parametrize(("cost", "amount", "memory"), [(-1, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_a_mean_of_nothing_is_refused(cost: float, amount: float, memory: float) -> None:
    with pytest.raises(ValueError, match="no mean of"):
        Mean(cost, amount, memory=memory)


def measured(context: float = 1.0) -> Costs:
    return Costs(prosody=0.06, phonemes=60, decoder=0.9, frames=150, audio=3.0, context=context)


def test_a_measurement_gives_the_cost_of_each_part_and_of_speech() -> None:
    costs = measured()
    assert costs.prosody.value == pytest.approx(0.001)
    assert costs.decoder.value == pytest.approx(0.006)
    assert costs.realtime_factor == pytest.approx(0.32)


def test_speech_costs_the_context_of_its_windows_too() -> None:
    assert measured(context=1.2).realtime_factor == pytest.approx(0.38)


def test_shorter_windows_make_speech_dearer_and_a_frame_not() -> None:
    costs = measured()
    costs.spoke(120.0, phonemes=2400, frames=9000)  # 75 frames a second in place of 50
    assert costs.decoder.value == pytest.approx(0.006)
    assert costs.realtime_factor == pytest.approx(0.32 + 0.006 * 25, rel=0.01)


def test_a_machine_that_has_slowed_shows_before_a_line_is_through() -> None:
    costs = measured()
    costs.decoder.add(100 * 0.012, 100)
    assert costs.realtime_factor > 0.4


def test_that_the_machine_has_slowed_shows_with_a_light_model_as_soon_when_many_listen() -> None:
    costs = Costs(prosody=0.006, phonemes=60, decoder=0.03, frames=150, audio=3.0)
    for _ in range(1000):
        costs.decoder.add(100 * 0.0002, 100)
    before = costs.realtime_factor
    for _ in range(25):  # five seconds in which everything took ten times as long
        costs.decoder.add(100 * 0.002, 100)
    assert costs.realtime_factor > 1.5 * before


def test_a_moment_does_not_sway_what_a_light_model_is_reckoned_to_cost() -> None:
    costs = Costs(prosody=0.006, phonemes=60, decoder=0.03, frames=150, audio=3.0)
    for _ in range(100):  # two seconds of a machine that many listen to
        costs.decoder.add(100 * 0.0002, 100)
    before = costs.realtime_factor
    for _ in range(10):  # a fifth of a second, with all in the cache
        costs.decoder.add(100 * 0.0001, 100)
    assert costs.realtime_factor > 0.9 * before


def test_who_runs_alone_is_charged_all_the_time_and_two_at_once_half_of_it_each() -> None:
    share = Share()
    alone = share.enter(10.0)
    assert share.leave(alone, 12.0) == pytest.approx(2.0)
    first = share.enter(20.0)
    second = share.enter(21.0)  # one second alone, two together, one alone
    assert share.leave(first, 23.0) == pytest.approx(2.0)
    assert share.leave(second, 24.0) == pytest.approx(2.0)


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0.001, 10)), min_size=1, max_size=12))
def test_charges_add_up_to_the_time_in_which_the_machine_was_at_work(jobs: list[tuple[float, float]]) -> None:
    moments = sorted(
        [(at, 1, n) for n, (at, _) in enumerate(jobs)] + [(at + d, 0, n) for n, (at, d) in enumerate(jobs)]
    )
    share, entered, charged = Share(), dict[int, float](), 0.0
    busy, last = 0.0, 0.0
    for at, begins, job in moments:
        busy, last = busy + (at - last if entered else 0.0), at
        if begins:
            entered[job] = share.enter(at)
        else:
            charged += share.leave(entered.pop(job), at)
    assert charged == pytest.approx(busy)
