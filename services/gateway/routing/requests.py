"""A request as the router sees it: its head, read once."""

from dataclasses import dataclass, replace
from datetime import timedelta

from starlette.types import Scope

from services.gateway.routing import headers, tracking
from services.gateway.routing.table import Operation
from shared.auth.caller import Caller
from shared.errors import NotFound

VERSION, ME, CUSTOMERS, LINKS = "/v1", "/v1/me", "/v1/customers", "/v1/public/"
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
    address: str

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
            address=(scope.get("client") or ("", 0))[0],
        )

    @property
    def tracks(self) -> bool:
        """Whether the Segment contract holds for it."""
        return self.path in tracking.PATHS

    @property
    def is_by_link(self) -> bool:
        """Whether it shows a link, which is all that its caller needs."""
        return self.path.startswith(LINKS)

    @property
    def place(self) -> str:
        """The path by which its operation is found: that of `/v1/me/…` is the one of a customer."""
        return f"{CUSTOMERS}{self.path.removeprefix(VERSION)}" if self._is_personal else self.path

    @property
    def _is_personal(self) -> bool:
        return self.path == ME or self.path.startswith(f"{ME}/")

    def by(self, caller: Caller) -> "Request":
        """The request as its caller means it: `/v1/me/…` is `/v1/customers/{own id}/…`.

        Raises NotFound when somebody who is no customer says `me`.
        """
        if not self._is_personal:
            return self
        if caller.customer_id is None or not self.raw_path.startswith(ME):
            raise NotFound("Only who comes with a member token has /me.")
        own = f"{CUSTOMERS}/{caller.customer_id}"
        return replace(self, path=own + self.path.removeprefix(ME), raw_path=own + self.raw_path.removeprefix(ME))

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
