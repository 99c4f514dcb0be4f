"""Whether the process lives, whether it may get requests, and its metrics; each on the process's own port."""

import anyio
from starlette.responses import Response

from shared.readiness import Readiness
from shared.runtime import Runtime
from shared.telemetry import metrics

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"


class Health:
    """The probes of one app."""

    def __init__(self, runtime: Runtime) -> None:
        self._readiness = Readiness(runtime)
        # Probes have a thread of their own: the requests' threads may all be busy.
        self._limiter: anyio.CapacityLimiter | None = None

    async def answer(self, path: str) -> Response | None:
        """The answer of a probe's path; None for any other path."""
        if path == "/livez":
            return Response("ok", media_type=PLAIN)
        if path == "/readyz":
            return await self._ready()
        if path == "/metrics":
            return Response(metrics.render(), media_type=PROMETHEUS)
        return None

    async def _ready(self) -> Response:
        self._limiter = self._limiter or anyio.CapacityLimiter(1)
        reason = await anyio.to_thread.run_sync(self._readiness.hindrance, limiter=self._limiter)
        return Response(reason or "ok", 503 if reason else 200, media_type=PLAIN)
