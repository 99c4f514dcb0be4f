"""A request as the router sees it: its head, read once."""

from dataclasses import dataclass
from datetime import timedelta

from starlette.types import Scope

from services.gateway.routing import headers, tracking
from services.gateway.routing.table import Operation

READING = timedelta(seconds=5)
WRITING = timedelta(seconds=10)  # as long as the most patient tracking library waits
MANY = timedelta(seconds=30)
STREAMING = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class Request:
    """The head of a request."""

    method: str
    path: str
    raw_path: str
    query: str
    raw_headers: list[tuple[bytes, bytes]]
    headers: dict[str, str]
    id: str

    @classmethod
    def of(cls, scope: Scope) -> "Request":
        """Read an ASGI scope."""
        raw = list(scope["headers"])
        named = {name.decode("latin-1"): value.decode("latin-1") for name, value in raw}
        return cls(
            method=scope["method"],
            path=scope["path"],
            raw_path=scope["raw_path"].decode("latin-1").partition("?")[0],
            query=scope["query_string"].decode("latin-1"),
            raw_headers=raw,
            headers=named,
            id=headers.request_id(named.get("x-request-id")),
        )

    @property
    def tracks(self) -> bool:
        """Whether the Segment contract holds for it."""
        return self.path in tracking.PATHS

    @property
    def target(self) -> str:
        """Path and query for the service."""
        query = tracking.without_key(self.query) if self.tracks else self.query
        return f"{self.raw_path}?{query}" if query else self.raw_path

    def within(self, operation: Operation) -> timedelta:
        """How long an answer may take, from the first byte of the request to the last one of the answer."""
        if "text/csv" in self.headers.get("accept", "") or operation.template.endswith(("/imports", "/access-export")):
            return STREAMING
        if operation.template.endswith("/batch"):
            return MANY
        return READING if self.method == "GET" else WRITING
