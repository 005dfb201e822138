from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kokoro_stream.service.bucket import Bucket


def test_a_burst_is_taken_at_once_and_then_what_time_brings() -> None:
    bucket = Bucket(2, 3)
    assert [bucket.take(1, 10.0) for _ in range(3)] == [0, 0, 0]
    assert bucket.take(1, 10.0) > 0
    assert bucket.take(1, 10.5) == 0


def test_what_is_more_than_the_bucket_holds_is_taken_once_and_paid_for_later() -> None:
    bucket = Bucket(1, 10)
    assert bucket.take(100, 0.0) == 0
    assert bucket.take(1, 0.0) == 91
    assert bucket.take(1, 90.0) == 1
    assert bucket.take(1, 91.0) == 0


def test_a_clock_that_goes_back_gives_nothing() -> None:
    bucket = Bucket(1, 1)
    assert bucket.take(1, 100.0) == 0
    assert bucket.take(1, 50.0) > 0
    assert bucket.take(1, 100.0) > 0


@pytest.mark.parametrize(("per_second", "burst"), [(0, 1), (1, 0), (-1, 1)])
def test_a_bucket_that_never_gives_anything_is_refused(per_second: float, burst: float) -> None:
    with pytest.raises(ValueError, match="never gives"):
        Bucket(per_second, burst)


amounts = some.floats(0.1, 50)
waits = some.floats(0, 20)


@given(some.lists(some.tuples(waits, amounts)), some.floats(0.1, 10), some.floats(0.1, 20))
def test_in_the_long_run_the_rate_holds(asked: list[tuple[float, float]], per_second: float, burst: float) -> None:
    bucket, now, taken = Bucket(per_second, burst), 0.0, 0.0
    for wait, amount in asked:
        now += wait
        if not bucket.take(amount, now):
            taken += amount
            assert taken <= burst + per_second * now + amount + 1e-3


@given(some.lists(amounts, min_size=1), some.floats(0.1, 10), some.floats(0.1, 20))
def test_whoever_comes_back_when_he_is_told_to_is_served(asked: list[float], per_second: float, burst: float) -> None:
    bucket, now = Bucket(per_second, burst), 1000.0
    for amount in asked:
        if wait := bucket.take(amount, now):
            now += wait
            assert bucket.take(amount, now) == 0


def test_what_was_not_used_can_be_given_back_but_no_more_than_there_was() -> None:
    bucket = Bucket(1, 10)
    assert bucket.take(8, 0) == 0
    bucket.give(5)
    assert bucket.take(7, 0) == 0
    bucket.give(99)
    assert bucket.take(10, 0) == 0
    assert bucket.take(1, 0) == 1
