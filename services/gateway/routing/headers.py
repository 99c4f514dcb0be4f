"""What of a message's head is passed on, in both directions."""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from multidict import CIMultiDict
from opentelemetry import trace
from opentelemetry.trace import SpanContext

from shared.ids import new_id
from shared.telemetry.logs import REQUEST_ID
from shared.web.deadlines import DEADLINE

RawHeader = tuple[bytes, bytes]

HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-connection proxy-authenticate proxy-authorization te trailer transfer-encoding "
    b"upgrade".split()
)
# Credentials end here, and nobody outside may speak as a proxy or as the gateway itself.
OURS = frozenset((b"host", b"authorization", b"cookie", b"expect", b"x-request-id", b"traceparent", b"forwarded"))
ENDS_HERE = HOP_BY_HOP | OURS
OUR_PREFIXES = (b"x-forwarded-", b"x-guanxi-")
STAYS_BEHIND = HOP_BY_HOP | {b"date", b"server", b"x-request-id"}
ORDINARY = (b"keep-alive", b"close")
NOTHING: frozenset[bytes] = frozenset()

GOOD_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def onward(headers: Sequence[RawHeader], own: Iterable[tuple[str, str]]) -> CIMultiDict[str]:
    """The head of a request as the service gets it: the caller's headers that may pass, and our own."""
    private = _private(headers)
    passing: CIMultiDict[str] = CIMultiDict(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in headers
        if name not in ENDS_HERE and not name.startswith(OUR_PREFIXES) and name not in private
    )
    passing.extend(own)
    return passing


def back(headers: Iterable[RawHeader], own: Iterable[RawHeader]) -> list[RawHeader]:
    """The head of an answer as the caller gets it."""
    lowered = [(name.lower(), value) for name, value in headers]
    private = _private(lowered)
    return [pair for pair in lowered if pair[0] not in STAYS_BEHIND and pair[0] not in private] + list(own)


def request_id(given: str | None) -> str:
    """The caller's id of this request if it is a decent one, else a new one."""
    return given if given is not None and GOOD_ID.fullmatch(given) else new_id().hex


def trace_parent(span: SpanContext) -> str:
    """The header by which the next one continues a trace."""
    return f"00-{span.trace_id:032x}-{span.span_id:016x}-{span.trace_flags:02x}"


def asking(token: str, within: timedelta) -> dict[str, str]:
    """The head of a question that the gateway asks a service on its own account, in the trace of the request."""
    return {
        "authorization": f"Bearer {token}",
        "x-request-id": REQUEST_ID.get() or "",
        "traceparent": trace_parent(trace.get_current_span().get_span_context()),
        DEADLINE: str(int(within.total_seconds() * 1000)),
    }


def _private(headers: Sequence[RawHeader]) -> frozenset[bytes]:
    """Headers that one side declared, in `Connection`, to be for its neighbour only."""
    for name, value in headers:
        if name == b"connection" and value.lower() not in ORDINARY:
            return frozenset(one.strip().lower() for one in value.split(b","))
    return NOTHING
