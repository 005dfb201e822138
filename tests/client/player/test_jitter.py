from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kokoro_stream.client.player.jitter import CAPACITY_MS, LONGEST_SILENCE_MS, Depth, Gap, JitterBuffer
from kokoro_stream.service.wire import AudioHeader

RATE = 1000  # a sample is a millisecond
FRAME = 40


def samples(start: int, count: int) -> bytes:
    """Audio in which every sample tells its own position, and none is silent."""
    return (np.arange(start, start + count) % 30_000 + 1).astype("<i2").tobytes()


def heard(pcm: bytes) -> NDArray[np.int16]:
    return np.frombuffer(pcm, "<i2")


@dataclass(frozen=True, slots=True)
class Frame:
    header: AudioHeader
    pcm: bytes


def frames(count: int, *, length: int = FRAME, closed: bool = True) -> list[Frame]:
    """A context of that many frames, with the empty one that says that no more follow."""
    made = [Frame(AudioHeader(1, n, n * length), samples(n * length, length)) for n in range(count)]
    return [*made, Frame(AudioHeader(1, count, count * length, last=True), b"")] if closed else made


def buffer_of(*arrived: Frame, depth: Depth | None = None) -> JitterBuffer:
    buffer = JitterBuffer(RATE, depth or Depth())
    for frame in arrived:
        buffer.put(frame.header, frame.pcm)
    return buffer


def drained(buffer: JitterBuffer, block: int = 20) -> bytes:
    """All that is left of a context whose end is known."""
    taken = b""
    while not buffer.ended:
        taken += buffer.take(block)
    return taken


def test_what_comes_in_goes_out() -> None:
    buffer = buffer_of(*frames(10))
    assert drained(buffer) == samples(0, 400)
    assert buffer.position == 400
    assert buffer.gaps() == []


def test_nothing_sounds_before_enough_has_come_to_bear_the_jitter() -> None:
    first, second, *_ = frames(10)
    buffer = buffer_of(first)
    assert not buffer.ready
    assert buffer.take(20) == bytes(40)
    assert buffer.position == 0
    buffer.put(second.header, second.pcm)
    assert buffer.ready
    assert buffer.take(20) == samples(0, 20)


def test_a_short_word_is_not_held_back_when_nothing_follows() -> None:
    buffer = buffer_of(frames(1, closed=False)[0])
    assert not any(heard(buffer.take(60)))
    assert buffer.take(40) == samples(0, 40)


def test_a_context_shorter_than_the_depth_sounds_once_its_end_is_known() -> None:
    assert buffer_of(*frames(1)).take(100) == samples(0, 40)


def test_silence_stands_for_what_was_lost_and_is_reported() -> None:
    sent = frames(6)
    buffer = buffer_of(*sent[:2], *sent[4:])
    assert drained(buffer) == samples(0, 80) + bytes(160) + samples(160, 80)
    assert buffer.gaps() == [Gap(2, 3, 80)]
    assert buffer.gaps() == []


def test_a_beginning_that_was_lost_is_silent() -> None:
    buffer = buffer_of(*frames(4)[2:])
    assert drained(buffer) == bytes(160) + samples(80, 80)
    assert buffer.gaps() == [Gap(0, 1, 80)]


def test_an_end_that_was_lost_is_silent() -> None:
    sent = frames(4)
    buffer = buffer_of(*sent[:2], sent[-1])
    assert drained(buffer) == samples(0, 80) + bytes(160)
    assert buffer.gaps() == [Gap(2, 3, 80)]


def test_an_end_that_is_only_told_is_silent_too() -> None:
    buffer = buffer_of(*frames(4)[:2])
    buffer.end(160)
    assert drained(buffer) == samples(0, 80) + bytes(160)
    assert buffer.gaps() == [Gap(2, 3, 80)]


def test_a_last_frame_with_audio_ends_the_context() -> None:
    first, second = frames(2, closed=False)
    last = AudioHeader(1, 1, second.header.sample_offset, last=True)
    buffer = buffer_of(first, Frame(last, second.pcm))
    assert drained(buffer) == samples(0, 80)
    assert buffer.ended


def test_frames_in_the_wrong_order_are_put_right() -> None:
    assert drained(buffer_of(*reversed(frames(10)))) == samples(0, 400)


def test_doubled_frames_sound_once() -> None:
    sent = frames(3)
    buffer = buffer_of(*sent[:2])
    assert not buffer.put(sent[1].header, sent[1].pcm)
    assert buffer.take(80) == samples(0, 80)
    assert not buffer.put(sent[0].header, sent[0].pcm)


def test_a_frame_that_comes_while_its_silence_sounds_is_heard_from_there_on() -> None:
    sent = frames(4)
    buffer = buffer_of(sent[0], sent[2], *sent[3:])
    assert buffer.take(50) == samples(0, 40) + bytes(20)
    assert buffer.put(sent[1].header, sent[1].pcm)
    assert drained(buffer) == samples(50, 110)
    assert buffer.gaps() == [Gap(1, 1, 10)]


def test_a_frame_whose_silence_has_sounded_is_too_late() -> None:
    sent = frames(4)
    buffer = buffer_of(sent[0], *sent[2:])
    buffer.take(90)
    assert not buffer.put(sent[1].header, sent[1].pcm)


def test_running_dry_is_waited_out_and_the_buffer_filled_deeper() -> None:
    depth = Depth()
    sent = frames(20)
    buffer = buffer_of(*sent[:2], depth=depth)
    assert heard(buffer.take(180)).any()
    assert buffer.position == 80
    buffer.put(sent[2].header, sent[2].pcm)
    buffer.put(sent[3].header, sent[3].pcm)
    assert buffer.ready
    assert buffer.take(40) == samples(80, 40)
    assert depth.ms == 2 * Depth.LEAST_MS
    assert buffer.gaps() == []


def test_silence_that_was_waited_through_counts_for_what_turns_out_to_be_lost() -> None:
    sent = frames(10)
    buffer = buffer_of(*sent[:2])
    buffer.take(80)
    buffer.take(50)  # 50 of the 80 that are missing
    for frame in sent[4:]:
        buffer.put(frame.header, frame.pcm)
    assert drained(buffer) == bytes(60) + samples(160, 240)
    assert buffer.gaps() == [Gap(2, 3, 80)]


def test_nobody_listens_to_endless_silence() -> None:
    far = 1 << 60
    buffer = buffer_of(*frames(2, closed=False), Frame(AudioHeader(1, 9, far), samples(0, 40)))
    assert len(buffer.take(80)) == 160
    assert not any(heard(buffer.take(LONGEST_SILENCE_MS)))
    assert buffer.position == far


def test_more_than_there_is_room_for_is_refused() -> None:
    buffer = buffer_of(*frames(CAPACITY_MS // FRAME, closed=False))
    over = AudioHeader(1, 1000, CAPACITY_MS)
    assert not buffer.put(over, samples(0, 40))
    buffer.take(40)
    assert buffer.put(over, samples(0, 40))


def test_tiny_frames_do_not_get_round_the_bound() -> None:
    buffer = buffer_of()
    taken = sum(buffer.put(AudioHeader(1, n, n), samples(n, 1)) for n in range(2000))
    assert taken == CAPACITY_MS // 10


def test_the_depth_grows_with_what_the_network_needs_and_shrinks_when_it_is_calm() -> None:
    depth = Depth()
    depth.ran_dry(30)
    assert depth.ms == 90
    for _ in range(10):
        depth.ran_dry(5000)
    assert depth.ms == Depth.MOST_MS
    depth.played(Depth.CALM_MS)
    assert depth.ms == Depth.MOST_MS / 2
    for _ in range(10):
        depth.played(Depth.CALM_MS)
    assert depth.ms == Depth.LEAST_MS


@st.composite
def arrivals(draw: st.DrawFn) -> list[Frame | int]:
    """Frames of a context with some lost, doubled and out of order, and blocks that the device takes between them."""
    lengths = draw(st.lists(st.integers(1, 60), min_size=1, max_size=30))
    offsets = [sum(lengths[:n]) for n in range(len(lengths))]
    sent = [
        Frame(AudioHeader(1, n, offset), samples(offset, length))
        for n, (offset, length) in enumerate(zip(offsets, lengths, strict=True))
    ]
    arrived: list[Frame] = draw(st.lists(st.sampled_from(sent), max_size=60))
    end = Frame(AudioHeader(1, len(sent), sum(lengths), last=True), b"")
    events: list[Frame | int] = [*arrived, end]
    for _ in range(draw(st.integers(0, 20))):
        events.insert(draw(st.integers(0, len(events))), draw(st.integers(1, 90)))
    return events


@given(arrivals())
def test_whatever_the_network_does_what_sounds_is_in_its_place(events: list[Frame | int]) -> None:
    buffer = buffer_of()
    sounded: list[int] = []
    gaps: list[Gap] = []
    blocks = [*events, *[50] * 80]
    for event in blocks:
        if isinstance(event, Frame):
            buffer.put(event.header, event.pcm)
            continue
        before = buffer.position
        block = heard(buffer.take(event))
        assert len(block) == event or buffer.ended
        audio = block[block != 0].astype(int) - 1
        assert all(before <= sample < buffer.position for sample in audio)
        sounded += audio.tolist()
        gaps += buffer.gaps()
    assert buffer.ended
    assert sounded == sorted(set(sounded))
    assert len(sounded) + sum(gap.samples for gap in gaps) == buffer.position
    for gap, following in pairwise(gaps):
        assert gap.first_sequence <= gap.last_sequence <= following.first_sequence


@given(arrivals())
def test_nobody_waits_longer_than_what_is_missing_once_all_is_here(events: list[Frame | int]) -> None:
    buffer = buffer_of(*[event for event in events if isinstance(event, Frame)])
    everything = heard(drained(buffer))
    assert len(everything) == buffer.position
    told = everything[everything != 0] - 1
    assert np.array_equal(told, np.flatnonzero(everything))
    assert sum(gap.samples for gap in buffer.gaps()) == np.count_nonzero(everything == 0)


@given(st.lists(st.integers(1, 100), min_size=1), st.data())
def test_without_loss_the_output_is_the_input(lengths: list[int], data: st.DataObject) -> None:
    buffer = buffer_of()
    taken = b""
    offset = 0
    for sequence, length in enumerate(lengths):
        buffer.put(AudioHeader(1, sequence, offset, last=sequence == len(lengths) - 1), samples(offset, length))
        offset += length
        taken += buffer.take(data.draw(st.integers(0, 100)))
    taken += drained(buffer)
    audio = heard(taken)
    assert audio[audio != 0].tobytes() == samples(0, offset)
    assert buffer.gaps() == []


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1) | st.integers(0, 5000), st.booleans(), st.binary()
        )
    ),
    st.lists(st.integers(1, 500)),
)
def test_nonsense_harms_nothing(nonsense: list[tuple[int, int, bool, bytes]], blocks: list[int]) -> None:
    buffer = buffer_of()
    for sequence, offset, last, pcm in nonsense:
        buffer.put(AudioHeader(1, sequence, offset, last), pcm)
        for block in blocks:
            assert len(buffer.take(block)) <= 2 * block


@pytest.mark.parametrize("rate", [8000, 22050, 24000, 48000])
def test_every_sample_rate_is_as_good(rate: int) -> None:
    buffer = JitterBuffer(rate, Depth())
    for n in range(50):
        buffer.put(AudioHeader(1, n, n * 441, last=n == 49), samples(n * 441, 441))
    assert drained(buffer, 160) == samples(0, 50 * 441)
