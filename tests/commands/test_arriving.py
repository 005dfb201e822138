from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kokoro_stream.commands.arriving import arriving


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)


async def test_a_piece_is_there_before_the_next_is_written(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    pieces = arriving(reader)
    os.write(writer, b"One.")
    assert await anext(pieces) == "One."
    os.write(writer, b" Two.")
    assert await anext(pieces) == " Two."
    os.close(writer)
    assert [piece async for piece in pieces] == []


async def test_a_character_cut_in_two_arrives_whole(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    first, second = "é".encode()[:1], "é".encode()[1:]
    pieces = arriving(reader)
    waiting = asyncio.ensure_future(anext(pieces))
    os.write(writer, first)
    os.write(writer, second)
    assert await waiting == "é"
    os.close(writer)
    assert [piece async for piece in pieces] == []


@given(st.binary(max_size=300))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_bytes_that_are_no_text_are_replaced_not_lost(data: bytes) -> None:
    reader, writer = os.pipe()
    os.write(writer, data)
    os.close(writer)
    assert "".join([piece async for piece in arriving(reader)]) == data.decode("utf-8", "replace")
    os.close(reader)


async def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    with pytest.raises(IsADirectoryError):
        await anext(arriving(folder))
    os.close(folder)
