"""The OpenAI-compatible door of a server process with the built-in voice."""

from __future__ import annotations

import asyncio
import signal

from tests.service.encoding.decoding import FORMATS, RATE, decoded
from tests.service.openai.calls import SPEECH, encoded, exchanged
from tests.system.process import LONG, Server, running

HEAD = f"POST {SPEECH} HTTP/1.1\nContent-Type: application/json"


async def leave_after_the_first_audio(address: str, audio_format: str) -> None:
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    body = encoded({"input": LONG, "response_format": audio_format})
    head = HEAD.replace("\n", "\r\n") + f"\r\nHost: {address}\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
    assert await reader.read(1)
    writer.close()
    await writer.wait_closed()


async def test_clients_that_leave_in_the_middle_leave_nothing_behind(server: Server) -> None:
    for audio_format in FORMATS:  # threads and libraries are here to stay from the first time on
        await leave_after_the_first_audio(server.address, audio_format)
    await server.becomes_idle()
    files, threads = server.open_files, server.threads
    for _ in range(5):
        await asyncio.gather(*(leave_after_the_first_audio(server.address, audio_format) for audio_format in FORMATS))
    await server.becomes_idle()
    assert server.open_files <= files
    assert server.threads <= threads + 6  # of the pool that encodes, which grows with the need


async def test_an_answer_under_way_ends_before_the_server_does() -> None:
    with running() as server:
        answering = asyncio.create_task(
            exchanged(server.address, HEAD, encoded({"input": LONG[:1500], "response_format": "mp3"}))
        )
        async with asyncio.timeout(30):
            while (await exchanged(server.address, "GET /healthz HTTP/1.1")).json["sessions"] != 1:
                pass
        server.process.send_signal(signal.SIGTERM)
        answer = await answering
        await asyncio.to_thread(server.process.wait)
    assert answer.status == 200
    assert len(decoded(answer.body, "mp3")) > 60 * RATE
