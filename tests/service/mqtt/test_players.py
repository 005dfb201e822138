"""Who is known to listen, before an outage of the broker and after it."""

from __future__ import annotations

import asyncio

import pytest

from kokoro_stream.service.mqtt import players as module
from kokoro_stream.service.mqtt.packets import Arrival
from kokoro_stream.service.mqtt.players import Players

ONLINE = b'{"state": "online", "acks": true}'
OFFLINE = b'{"state": "offline"}'


def status(payload: bytes, target: str = "kitchen") -> Arrival:
    return Arrival(f"kokoro/player/{target}/status", payload)


async def waits(players: Players, target: str = "kitchen") -> asyncio.Task[None]:
    """Somebody who has begun to wait for the target's player, if there is a reason to."""
    waiting = asyncio.create_task(players.back(target))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return waiting


@pytest.mark.parametrize(
    ("payload", "acknowledges"),
    [(ONLINE, True), (b'{"state": "online"}', False), (OFFLINE, False), (b"", False), (b"\xff", False)],
)
async def test_a_player_acknowledges_if_it_says_so(payload: bytes, acknowledges: bool) -> None:
    players = Players()
    players.meet(status(ONLINE))
    players.meet(status(payload))
    assert players.acknowledges("kitchen") is acknowledges


async def test_nobody_waits_for_a_player_that_was_not_there() -> None:
    players = Players()
    players.lose()
    players.find()
    assert (await waits(players)).done()


async def test_after_an_outage_a_player_has_to_say_again_that_it_is_there() -> None:
    players = Players()
    players.meet(status(ONLINE))
    players.lose()
    players.find()
    assert not players.acknowledges("kitchen")
    waiting = await waits(players)
    players.meet(status(OFFLINE))  # its last will, which the broker has kept
    assert not waiting.done()
    players.meet(status(ONLINE))
    await waiting
    assert players.acknowledges("kitchen")


async def test_a_second_outage_forgets_nobody() -> None:
    players = Players()
    players.meet(status(ONLINE))
    for _ in range(2):
        players.lose()
        players.find()
    waiting = await waits(players)
    assert not waiting.done()
    players.meet(status(ONLINE))
    await waiting


async def test_a_player_that_stays_away_is_not_waited_for_any_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETURN_S", 0.0)
    players = Players()
    players.meet(status(ONLINE))
    players.lose()
    players.find()
    await players.back("kitchen")
    assert not players.acknowledges("kitchen")
