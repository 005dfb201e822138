"""How the service is, for whoever watches over it: ``/healthz``, ``/readyz``, ``/metrics``.

Who is not healthy is to be restarted, who is not ready is to be given no work.
"""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .service import Service
from .session import SERVER

EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"


class Health:
    """Of one service. Belongs to its event loop."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def status(self) -> str:
        """``ok``, or why nobody should come: starting, draining, stalled."""
        service = self._service
        if service.draining:
            return "draining"
        if not service.running:
            return "starting"
        return "stalled" if service.watchdog.stalled else "ok"

    async def healthz(self, request: Request) -> JSONResponse:
        """``/healthz``: 200 while new sessions are welcome, else 503."""
        service, status = self._service, self.status()
        health = {
            "status": status,
            "server": SERVER,
            "model": service.speaker.model_name if service.running else None,
            "provider": service.speaker.provider if service.running else None,
            "sessions": service.guests,
        }
        return JSONResponse(health, 200 if status == "ok" else 503)

    async def readyz(self, request: Request) -> JSONResponse:
        """``/readyz``: 200 if it can speak, else 503; ``silent`` is a machine that brings out nothing."""
        status = self.status()
        if status == "ok" and not await self._service.watchdog.speaks(self._service.settings.speech):
            status = "silent"
        return JSONResponse({"status": status}, 200 if status == "ok" else 503)

    async def metrics(self, request: Request) -> Response:
        """``/metrics`` in Prometheus' text format."""
        service = self._service
        if service.running:
            service.metrics.take(sessions=service.guests, vitals=service.speaker.vitals)
        return Response(await asyncio.to_thread(service.metrics.exposition), media_type=EXPOSITION)
