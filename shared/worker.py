"""The worker process: consume, relay and tick as supervised threads, and a small port for probes and metrics.

A thread that ends before it was told to ends the process; whoever runs the process starts it again. Crash and restart
is the one way out of every fault, so there is no half-alive worker.
"""

import os
import signal
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import FrameType

from shared.jobs import Children, JobUseCase
from shared.messaging.consumer import Consumer
from shared.messaging.handlers import Handlers
from shared.messaging.relay import Relay
from shared.readiness import Readiness
from shared.runtime import Runtime
from shared.telemetry import log, metrics
from shared.ticks import Schedule, Tick, every

JOBS_EVERY = timedelta(seconds=1)
LAST_RESORT = 25.0
CRASHED = 70
Loop = Callable[[threading.Event], None]


def run(
    runtime: Runtime, handlers: Handlers, ticks: Mapping[str, Tick], jobs: Mapping[str, JobUseCase], only: str | None
) -> int:
    """Run until SIGTERM or SIGINT; the exit code: 0 when told to stop, 70 when a thread died."""
    stop, crashed = threading.Event(), threading.Event()
    _stop_on_signals(stop)
    loops: dict[str, Loop] = {
        "consume": Consumer(runtime, handlers).run,
        "relay": Relay(runtime).run,
        "tick": lambda event: tick(runtime, ticks, jobs, event),
    }
    server = serve_probes(runtime)
    threads = [_supervised(name, loop, stop, crashed) for name, loop in loops.items() if only in (None, name)]
    stop.wait()
    _exit_after(LAST_RESORT)
    for thread in threads:
        thread.join()
    server.shutdown()
    return CRASHED if crashed.is_set() else 0


def tick(runtime: Runtime, ticks: Mapping[str, Tick], jobs: Mapping[str, JobUseCase], stop: threading.Event) -> None:
    """Run the service's ticks, and its jobs in child processes, until told to stop."""
    children = Children(runtime.service)
    own = {"jobs": every(JOBS_EVERY, children.tick)} if jobs else {}
    schedule = Schedule({**ticks, **own}, runtime)
    while not stop.is_set():
        if not schedule.run_due():
            stop.wait(schedule.idle())
    children.stop()


def serve_probes(runtime: Runtime) -> ThreadingHTTPServer:
    """Answer probes and show metrics, in a thread of their own, on the port of the settings."""
    readiness = Readiness(runtime)

    class Probe(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, content = _answer(self.path, readiness)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Probes are no news."""

    server = ThreadingHTTPServer((runtime.settings.http_host, runtime.settings.metrics_port), Probe)
    threading.Thread(target=server.serve_forever, name="probe", daemon=True).start()
    return server


def _supervised(name: str, loop: Loop, stop: threading.Event, crashed: threading.Event) -> threading.Thread:
    def body() -> None:
        try:
            loop(stop)
        except Exception:  # the edge of the thread: whatever it died of ends the process, and its log must say so
            log.exception("thread died", thread=name)
        if not stop.is_set():
            crashed.set()
            stop.set()

    thread = threading.Thread(target=body, name=name, daemon=True)
    thread.start()
    return thread


def _stop_on_signals(stop: threading.Event) -> None:
    def told(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)


def _exit_after(seconds: float) -> None:
    """A batch that does not end must not keep the process: everything it did not commit is done again."""
    timer = threading.Timer(seconds, os._exit, args=(CRASHED,))
    timer.daemon = True
    timer.start()


def _answer(path: str, readiness: Readiness) -> tuple[int, bytes]:
    match path:
        case "/livez":
            return 200, b"ok"
        case "/readyz":
            reason = readiness.hindrance()
            return (200, b"ok") if reason is None else (503, reason.encode())
        case "/metrics":
            return 200, metrics.render()
        case _:
            return 404, b""
