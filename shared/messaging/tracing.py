"""Traces through Kafka: a batch continues the trace of its first message and links to those of the others."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from opentelemetry import propagate, trace
from opentelemetry.trace import Link, SpanKind

from shared.messaging.handlers import Message

MOST_LINKS = 100
TRACER = trace.get_tracer("guanxi.messaging")


@contextmanager
def consuming(service: str, messages: Sequence[Message]) -> Iterator[None]:
    """A span around the handling of a batch, current while it lasts: what the outbox stores then belongs to it."""
    carriers = {m.headers["traceparent"]: m.headers for m in messages if "traceparent" in m.headers}
    contexts = [propagate.extract(headers) for headers in list(carriers.values())[:MOST_LINKS]]
    links = [Link(trace.get_current_span(context).get_span_context()) for context in contexts]
    attributes: dict[str, str | int] = {"messaging.system": "kafka", "messaging.batch.message_count": len(messages)}
    with TRACER.start_as_current_span(
        f"consume {service}",
        context=contexts[0] if contexts else None,
        kind=SpanKind.CONSUMER,
        attributes=attributes,
        links=links,
    ):
        yield
