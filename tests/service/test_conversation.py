"""Every state × every message, without bytes."""

from __future__ import annotations

import pytest

from kokoro_stream.errors import ProtocolError
from kokoro_stream.service.conversation import MAX_NUMBER, MOST_FAILED, ContextState, Conversation
from kokoro_stream.service.messages import (
    ContextMessage,
    Interrupt,
    PlaybackAck,
    PlaybackGap,
    TextAppend,
    TextEnd,
    TextFlush,
    TextMark,
)

NAME = "reply"
IDLE, OPEN, ENDED, INTERRUPTED, FAILED = ContextState

MESSAGES: dict[str, ContextMessage] = {
    "append": TextAppend(context=NAME, text="Hello"),
    "flush": TextFlush(context=NAME),
    "mark": TextMark(context=NAME, name="here"),
    "end": TextEnd(context=NAME),
    "interrupt": Interrupt(context=NAME, played_ms=5),
    "ack": PlaybackAck(context=NAME, played_ms=5),
    "gap": PlaybackGap(context=NAME, first_sequence=3, last_sequence=4, missing_ms=80),
}
WAYS = {
    IDLE: [],
    OPEN: ["append"],
    ENDED: ["append", "end"],
    INTERRUPTED: ["append", "interrupt"],
    FAILED: ["append"],
}

# state, message, next state or the code of the refusal
TABLE: list[tuple[ContextState, str, ContextState | str]] = [
    (IDLE, "append", OPEN),
    (IDLE, "flush", "unknown_context"),
    (IDLE, "mark", "unknown_context"),
    (IDLE, "end", ENDED),
    (IDLE, "interrupt", "unknown_context"),
    (IDLE, "ack", IDLE),
    (IDLE, "gap", IDLE),
    (OPEN, "append", OPEN),
    (OPEN, "flush", OPEN),
    (OPEN, "mark", OPEN),
    (OPEN, "end", ENDED),
    (OPEN, "interrupt", INTERRUPTED),
    (OPEN, "ack", OPEN),
    (OPEN, "gap", OPEN),
    (ENDED, "append", "context_ended"),
    (ENDED, "flush", "context_ended"),
    (ENDED, "mark", "context_ended"),
    (ENDED, "end", "context_ended"),
    (ENDED, "interrupt", INTERRUPTED),
    (ENDED, "ack", ENDED),
    (ENDED, "gap", ENDED),
    (INTERRUPTED, "append", "context_interrupted"),
    (INTERRUPTED, "flush", "context_interrupted"),
    (INTERRUPTED, "mark", "context_interrupted"),
    (INTERRUPTED, "end", "context_interrupted"),
    (INTERRUPTED, "interrupt", INTERRUPTED),
    (INTERRUPTED, "ack", INTERRUPTED),
    (INTERRUPTED, "gap", INTERRUPTED),
    (FAILED, "append", "context_failed"),
    (FAILED, "flush", "context_failed"),
    (FAILED, "mark", "context_failed"),
    (FAILED, "end", IDLE),
    (FAILED, "interrupt", IDLE),
    (FAILED, "ack", FAILED),
    (FAILED, "gap", FAILED),
]


def conversation_in(state: ContextState) -> Conversation:
    conversation = Conversation(max_contexts=2)
    for message in WAYS[state]:
        conversation.receive(MESSAGES[message])
    if state is FAILED:
        conversation.fail(NAME)
    assert conversation.state(NAME) is state
    return conversation


def test_the_table_is_complete() -> None:
    assert {(state, message) for state, message, _ in TABLE} == {(s, m) for s in ContextState for m in MESSAGES}


@pytest.mark.parametrize(("state", "message", "result"), TABLE)
def test_every_message_in_every_state(state: ContextState, message: str, result: ContextState | str) -> None:
    conversation = conversation_in(state)
    before = repr(conversation)
    if isinstance(result, ContextState):
        names = conversation.receive(MESSAGES[message])
        assert conversation.state(NAME) is result
        assert names == (() if result in (IDLE, FAILED) else (NAME,))
        return
    with pytest.raises(ProtocolError) as refused:
        conversation.receive(MESSAGES[message])
    assert (refused.value.code, refused.value.fatal) == (result, False)
    assert NAME in str(refused.value)
    assert str(MESSAGES[message].__struct_config__.tag) in str(refused.value)
    assert repr(conversation) == before


@pytest.mark.parametrize("state", [OPEN, ENDED, INTERRUPTED])
def test_a_context_ends_once_and_its_name_is_free_again_under_a_new_number(state: ContextState) -> None:
    conversation = conversation_in(state)
    assert conversation.number(NAME) == 1
    conversation.finish(NAME)
    with pytest.raises(KeyError):
        conversation.finish(NAME)
    conversation.receive(MESSAGES["append"])
    assert conversation.number(NAME) == 2


def test_more_contexts_than_allowed_are_refused_until_one_has_ended() -> None:
    conversation = Conversation(max_contexts=1)
    conversation.receive(TextAppend(context="a", text=""))
    with pytest.raises(ProtocolError, match="1 may be under way") as refused:
        conversation.receive(TextAppend(context="b", text=""))
    assert refused.value.code == "too_many_contexts"
    conversation.finish("a")
    assert conversation.receive(TextAppend(context="b", text="")) == ("b",)


def test_a_closing_session_starts_nothing_and_finishes_what_is_there() -> None:
    conversation = conversation_in(OPEN)
    conversation.close()
    conversation.receive(MESSAGES["append"])
    with pytest.raises(ProtocolError) as refused:
        conversation.receive(TextEnd(context="late"))
    assert refused.value.code == "session_closing"
    assert conversation.active == (NAME,)


def test_an_interruption_without_a_name_concerns_all() -> None:
    conversation = conversation_in(OPEN)
    conversation.receive(TextEnd(context="other"))
    assert conversation.receive(Interrupt()) == (NAME, "other")
    assert conversation.state(NAME) is conversation.state("other") is INTERRUPTED
    assert Conversation(max_contexts=1).receive(Interrupt()) == ()


def test_a_played_position_without_a_name_needs_a_single_context() -> None:
    conversation = conversation_in(OPEN)
    assert conversation.receive(Interrupt(played_ms=10)) == (NAME,)
    conversation.receive(TextAppend(context="other", text=""))
    with pytest.raises(ProtocolError, match="played_ms"):
        conversation.receive(Interrupt(played_ms=10))
    assert conversation.state("other") is OPEN


def test_numbers_begin_again_after_the_last_and_avoid_those_in_use() -> None:
    conversation = Conversation(max_contexts=2)
    conversation.receive(TextAppend(context="first", text=""))
    for _ in range(MAX_NUMBER - 1):
        conversation.receive(TextAppend(context="b", text=""))
        last = conversation.number("b")
        conversation.finish("b")
    conversation.receive(TextAppend(context="b", text=""))
    assert (last, conversation.number("first"), conversation.number("b")) == (MAX_NUMBER, 1, 2)


@pytest.mark.parametrize("state", [ENDED, INTERRUPTED])
def test_a_context_that_fails_after_its_text_leaves_its_name_free(state: ContextState) -> None:
    conversation = conversation_in(state)
    conversation.fail(NAME)
    assert conversation.state(NAME) is IDLE


def test_a_failed_context_owes_nothing_and_takes_no_place() -> None:
    conversation = Conversation(max_contexts=1)
    conversation.receive(MESSAGES["append"])
    conversation.fail(NAME)
    assert conversation.active == ()
    assert conversation.receive(TextAppend(context="other", text="")) == ("other",)


def test_only_so_many_failures_are_remembered() -> None:
    conversation = Conversation(max_contexts=1)
    names = [f"context {number}" for number in range(MOST_FAILED + 1)]
    for name in names:
        conversation.receive(TextAppend(context=name, text=""))
        conversation.fail(name)
    assert conversation.state(names[0]) is IDLE
    assert {conversation.state(name) for name in names[1:]} == {FAILED}
