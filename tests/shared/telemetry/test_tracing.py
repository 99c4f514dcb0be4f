"""Passing a trace on, and recording it where somebody collects."""

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import context, propagate
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from shared.telemetry import tracing

GIVEN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def _injected(traceparent: str | None) -> str:
    span, current = tracing.begin("GET", traceparent, {})
    token = context.attach(current)
    try:
        carrier: dict[str, str] = {}
        propagate.inject(carrier)
        return carrier["traceparent"]
    finally:
        context.detach(token)
        span.end()


def test_a_callers_trace_is_passed_on() -> None:
    assert _injected(GIVEN) == GIVEN


@pytest.mark.parametrize(
    "given_parent", [None, "", "nonsense", f"00-{'0' * 32}-{'1' * 16}-01", GIVEN + "\n", GIVEN.upper()]
)
def test_without_a_good_one_a_new_trace_begins(given_parent: str | None) -> None:
    made = _injected(given_parent)
    assert tracing.PARENT.fullmatch(made)
    assert made != given_parent
    assert _injected(given_parent) != made


@given(st.text(max_size=60))
def test_any_header_gives_a_valid_trace(header: str) -> None:
    assert tracing.parent_of(header).is_valid


def test_with_a_collector_set_spans_are_exported_under_the_callers_trace() -> None:
    received: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    program = (
        "from shared.telemetry import tracing\nfrom opentelemetry import trace\n"
        f"tracing.configure('http://127.0.0.1:{server.server_port}', 'profile.api')\n"
        f"span, _ = tracing.begin('GET /v1/orders', '{GIVEN}', {{}})\nspan.end()\n"
        "trace.get_tracer_provider().shutdown()"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
    server.shutdown()
    server.server_close()
    resource = ExportTraceServiceRequest.FromString(received[0]).resource_spans[0]
    span = resource.scope_spans[0].spans[0]
    assert (span.name, span.trace_id.hex(), span.parent_span_id.hex()) == ("GET /v1/orders", GIVEN[3:35], GIVEN[36:52])
    assert any(pair.value.string_value == "guanxi-profile.api" for pair in resource.resource.attributes)
