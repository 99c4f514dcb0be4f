"""Traces: real spans where a collector is set, otherwise only the passing on of the caller's trace."""

import re
import secrets
from collections.abc import Mapping

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, TraceFlags

TRACER = trace.get_tracer("guanxi.web")
PARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")


class _State:
    recording = False


def configure(endpoint: str | None, process: str) -> None:
    """Export spans to an OTLP collector (its base address), or none at all."""
    if endpoint is None:
        return
    provider = TracerProvider(resource=Resource.create({"service.name": f"guanxi-{process}"}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    _State.recording = True


def parent_of(traceparent: str | None) -> SpanContext:
    """The trace a caller named, or a new one."""
    found = PARENT.fullmatch(traceparent) if traceparent else None
    if found is None:
        return SpanContext(secrets.randbits(128) or 1, secrets.randbits(64) or 1, is_remote=True)
    flags = TraceFlags(int(found[3], 16))
    return SpanContext(int(found[1], 16), int(found[2], 16), is_remote=True, trace_flags=flags)


def begin(name: str, traceparent: str | None, attributes: Mapping[str, str]) -> tuple[trace.Span, Context]:
    """The span of a request and the context to attach. It must be ended; without a collector that costs nothing."""
    context = trace.set_span_in_context(NonRecordingSpan(parent_of(traceparent)), Context())
    if not _State.recording:
        return trace.get_current_span(context), context
    span = TRACER.start_span(name, context=context, kind=SpanKind.SERVER, attributes=dict(attributes))
    return span, trace.set_span_in_context(span, Context())
