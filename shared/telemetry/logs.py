"""One JSON line an event, with the ids of the request and the trace it belongs to."""

import logging
import sys
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import structlog
from opentelemetry import trace
from structlog.typing import EventDict, Processor, WrappedLogger

from shared.db import to_json
from shared.telemetry.faults import described

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)

# What the libraries we stand on say at INFO is about themselves.
QUIET = ("uvicorn.access", "httpx", "httpcore", "kafka", "asyncio", "alembic")

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("guanxi")


def configure(level: str, process: str) -> None:
    """Write JSON lines to standard output, from `level` upwards; other libraries' records take the same form."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _belongings(process),
        _faults,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(serializer=_serialized)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    _adopt_standard_records(level, shared)


def _adopt_standard_records(level: str, shared: list[Processor]) -> None:
    handler = logging.StreamHandler(sys.stdout)
    renderer = structlog.processors.JSONRenderer(serializer=_serialized)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=renderer))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _serialized(event: EventDict, **_: Any) -> str:
    return to_json(event)


def _belongings(process: str) -> Callable[[WrappedLogger, str, EventDict], EventDict]:
    def add(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        event["process"] = process
        if (request_id := REQUEST_ID.get()) is not None:
            event.setdefault("request_id", request_id)
        context = trace.get_current_span().get_span_context()
        if context.is_valid:
            event["trace_id"] = format(context.trace_id, "032x")
        return event

    return add


def _faults(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if isinstance(given, tuple):  # a record of the standard library
        error = given[1]
    if error is not None:
        event["fault"] = described(error)
    return event
