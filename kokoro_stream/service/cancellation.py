"""What asyncio forgets."""

from __future__ import annotations

import asyncio


def remember_cancellation() -> None:
    """Raises `CancelledError` if the current task is to be cancelled.

    A task group that ends with errors raises those, and a cancellation that came meanwhile is forgotten (until 3.13);
    so is one that comes while `asyncio.wait_for` is about to return (until 3.12). Call it behind either.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
