"""How far ahead of the listener audio runs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kokoro_stream.errors import SilentListenerError
from kokoro_stream.service.pacing import BURST, HEAD_START_MS, ROUNDING_MS, SILENCE_MS, AckPacing, Pacing

MAX_LEAD_MS = 2000.0


def sent(pacing: Pacing, total_ms: float, now_ms: float, frame_ms: float = 40) -> None:
    while pacing.sent_ms < total_ms:
        pacing.sent(frame_ms, now_ms)


def test_the_head_start_goes_out_at_once_however_small_the_lead() -> None:
    pacing = Pacing(200)
    waits = []
    for _ in range(15):
        waits.append(pacing.wait_ms(40, 0))
        pacing.sent(40, 0)
    assert waits[:13] == [0] * 13
    assert pacing.sent_ms > HEAD_START_MS
    assert min(waits[13:]) > 0


def test_the_lead_over_the_clock_is_bounded() -> None:
    pacing = Pacing(MAX_LEAD_MS)
    sent(pacing, 2000, now_ms=0)
    assert pacing.wait_ms(40, 0) > 40
    assert pacing.wait_ms(40, 39) > 1
    assert pacing.wait_ms(40, 40) == 0


@pytest.mark.parametrize("max_lead_ms", [200, 2000])
def test_behind_the_head_start_frames_go_out_several_at_a_time_and_never_too_far_ahead(max_lead_ms: float) -> None:
    pacing, now_ms, wakes = Pacing(max_lead_ms), 0.0, 0
    sent(pacing, max(max_lead_ms, HEAD_START_MS), now_ms=0, frame_ms=20)
    while pacing.sent_ms < 60_000:
        if wait_ms := pacing.wait_ms(20, now_ms):
            now_ms += wait_ms
            wakes += 1
        pacing.sent(20, now_ms)
        assert max_lead_ms * (1 - BURST) <= pacing.sent_ms - now_ms <= max(max_lead_ms, HEAD_START_MS)
    assert wakes <= 60_000 / (max_lead_ms * BURST)


def test_an_ack_gives_room_before_the_clock_does() -> None:
    pacing = Pacing(MAX_LEAD_MS)
    sent(pacing, 2000, now_ms=0)
    pacing.ack(1000, now_ms=10)
    assert pacing.wait_ms(40, 10) == 0
    assert pacing.played_ms(10) == 1000
    assert pacing.played_ms(110) == 1100


def test_an_ack_behind_the_clock_changes_nothing() -> None:
    pacing = Pacing(MAX_LEAD_MS)
    sent(pacing, 2000, now_ms=0)
    pacing.ack(100, now_ms=500)
    assert pacing.played_ms(500) == 500


def test_what_was_never_sent_cannot_have_been_played() -> None:
    pacing = Pacing(MAX_LEAD_MS)
    sent(pacing, 400, now_ms=0)
    pacing.ack(10_000, now_ms=0)
    assert pacing.played_ms(0) == pacing.played_ms(99_999) == 400


def test_silence_of_the_producer_earns_no_lead() -> None:
    pacing = Pacing(MAX_LEAD_MS)
    sent(pacing, 1000, now_ms=0)
    sent(pacing, 3000, now_ms=60_000)
    assert 0 < pacing.wait_ms(40, 60_000) <= 40 + MAX_LEAD_MS * BURST


def test_a_frame_longer_than_the_lead_goes_out_when_the_listener_is_dry() -> None:
    pacing = Pacing(100)
    sent(pacing, 600, now_ms=0, frame_ms=600)
    assert pacing.wait_ms(150, 0) == 600
    assert pacing.wait_ms(150, 600) == 0


def test_what_rests_to_be_played_runs_down() -> None:
    pacing = Pacing(MAX_LEAD_MS)
    sent(pacing, 400, now_ms=0)
    assert [pacing.rest_ms(now) for now in (0, 100, 400, 900)] == [400, 300, 0, 0]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["send", "ack", "rest"]), st.floats(0, 5000, allow_nan=False), st.floats(0, 3000))
    ),
    st.sampled_from([200.0, 2000.0]),
)
def test_the_position_never_moves_back_and_never_beyond_what_was_sent(
    steps: list[tuple[str, float, float]], max_lead_ms: float
) -> None:
    pacing = Pacing(max_lead_ms)
    now_ms = position_ms = 0.0
    for step, amount_ms, pause_ms in steps:
        now_ms += pause_ms
        if step == "send":
            now_ms += pacing.wait_ms(amount_ms, now_ms)
            assert pacing.wait_ms(amount_ms, now_ms) == pytest.approx(0, abs=1e-6)
            pacing.sent(amount_ms, now_ms)
        elif step == "ack":
            pacing.ack(amount_ms, now_ms)
        assert pacing.played_ms(now_ms) >= position_ms - 1e-6
        position_ms = pacing.played_ms(now_ms)
        assert position_ms <= pacing.sent_ms
        assert pacing.rest_ms(now_ms) == pytest.approx(pacing.sent_ms - position_ms)


def test_by_acks_a_listener_who_waits_gets_the_head_start_and_no_more() -> None:
    pacing = AckPacing(MAX_LEAD_MS)
    while pacing.wait_ms(40, now_ms=0) == 0:
        pacing.sent(40, now_ms=0)
    assert HEAD_START_MS - 40 < pacing.sent_ms <= HEAD_START_MS
    for now_ms in range(1000, 60_000, 1000):  # somebody else is speaking
        pacing.ack(0, now_ms)
        assert pacing.wait_ms(40, now_ms) > 0
        assert pacing.played_ms(now_ms) == 0


def test_by_acks_the_lead_is_over_what_was_acknowledged_whatever_the_clock_says() -> None:
    pacing = AckPacing(MAX_LEAD_MS)
    sent(pacing, 480, now_ms=0)
    pacing.ack(80, now_ms=100)
    while pacing.wait_ms(40, now_ms=100) == 0:
        pacing.sent(40, now_ms=100)
    assert pacing.sent_ms == 2080
    assert pacing.wait_ms(40, now_ms=4000) > 0
    pacing.ack(120, now_ms=4000)
    assert pacing.wait_ms(40, now_ms=4000) == 0


def test_by_acks_a_silent_listener_is_given_up() -> None:
    pacing = AckPacing(MAX_LEAD_MS)
    sent(pacing, 480, now_ms=1000)
    assert pacing.wait_ms(40, now_ms=1000 + SILENCE_MS - 1) == 1
    with pytest.raises(SilentListenerError) as silent:
        pacing.wait_ms(40, now_ms=1000 + SILENCE_MS)
    assert silent.value.played_ms == 0
    with pytest.raises(SilentListenerError):
        pacing.rest_ms(now_ms=1000 + SILENCE_MS)


def test_by_acks_a_pause_of_the_speaker_is_not_the_listeners_silence() -> None:
    pacing = AckPacing(MAX_LEAD_MS)
    sent(pacing, 400, now_ms=0)
    pacing.ack(400, now_ms=500)
    assert pacing.wait_ms(40, now_ms=90_000) == 0
    sent(pacing, 2400, now_ms=90_000)
    assert pacing.wait_ms(40, now_ms=90_001) > 0


def test_by_acks_the_end_is_heard_when_it_was_nearly_acknowledged() -> None:
    pacing = AckPacing(MAX_LEAD_MS)
    sent(pacing, 400, now_ms=0)
    pacing.ack(400 - ROUNDING_MS - 1, now_ms=300)
    assert pacing.rest_ms(now_ms=300) > 0
    pacing.ack(400 - ROUNDING_MS, now_ms=310)
    assert pacing.rest_ms(now_ms=310) == 0
