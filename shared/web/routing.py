"""How a service declares its routes: every one names its scope, and who else than back ends and staff may use it."""

from collections.abc import Callable
from typing import Any, TypeVar

from shared.web.access import AUTHENTICATED
from shared.web.bodies import DEFAULT_LIMIT
from shared.web.route import ACCEPTED, ALL, IGNORED, INTERNAL, NOBODY, OWN, PUBLIC, REQUIRED, GuanxiRoute, Rule

__all__ = ["ACCEPTED", "ALL", "AUTHENTICATED", "IGNORED", "INTERNAL", "NOBODY", "OWN", "PUBLIC", "REQUIRED", "Router"]

VERSION = "/v1"
E = TypeVar("E", bound=Callable[..., Any])


class Router:
    """Routes that share a prefix and a tag. Paths begin with /v1, but those for services only with /internal.

    Who is bound to a manager's customers may use a route with `{customer_id}` in its path, for those; another one only
    where it says `managers=OWN` and sees to it, or `managers=ALL` because nothing of customers is in the answer. The
    rest is refused: 403 `manager_bound`.
    """

    def __init__(self, prefix: str, *, tag: str) -> None:
        self.prefix = prefix if prefix.startswith(INTERNAL_PREFIX) else VERSION + prefix
        self.tag = tag
        self.routes: list[GuanxiRoute] = []

    def get(
        self, path: str, *, scope: str, member: str = NOBODY, managers: str = NOBODY, **fastapi: Any
    ) -> Callable[[E], E]:
        """A read. A route that answers a `Listing` and takes a `Page` also answers CSV."""
        return self._declare("GET", path, Rule(scope, member, managers=managers), fastapi)

    def post(
        self,
        path: str,
        *,
        scope: str,
        member: str = NOBODY,
        managers: str = NOBODY,
        idempotency: str = ACCEPTED,
        location: str | None = None,
        max_body: int = DEFAULT_LIMIT,
        **fastapi: Any,
    ) -> Callable[[E], E]:
        """A creation or a verb. `location` such as "/orders/{id}" is filled from the answer and sent with a 201."""
        return self._declare("POST", path, Rule(scope, member, idempotency, location, max_body, managers), fastapi)

    def put(
        self,
        path: str,
        *,
        scope: str,
        member: str = NOBODY,
        managers: str = NOBODY,
        max_body: int = DEFAULT_LIMIT,
        **fastapi: Any,
    ) -> Callable[[E], E]:
        """A replacement, safe to repeat."""
        return self._declare("PUT", path, Rule(scope, member, max_body=max_body, managers=managers), fastapi)

    def patch(
        self,
        path: str,
        *,
        scope: str,
        member: str = NOBODY,
        managers: str = NOBODY,
        max_body: int = DEFAULT_LIMIT,
        **fastapi: Any,
    ) -> Callable[[E], E]:
        """A change of some fields (JSON Merge Patch); the endpoint takes `IfMatch`."""
        return self._declare("PATCH", path, Rule(scope, member, max_body=max_body, managers=managers), fastapi)

    def delete(
        self, path: str, *, scope: str, member: str = NOBODY, managers: str = NOBODY, **fastapi: Any
    ) -> Callable[[E], E]:
        """A removal: 204 without a body."""
        return self._declare("DELETE", path, Rule(scope, member, managers=managers), {"status_code": 204} | fastapi)

    def _declare(self, method: str, path: str, rule: Rule, fastapi: dict[str, Any]) -> Callable[[E], E]:
        def declare(endpoint: E) -> E:
            route = GuanxiRoute(
                method,
                self.prefix + path,
                endpoint,
                rule,
                tags=[self.tag],
                operation_id=fastapi.pop("operation_id", None) or operation_id(self.tag, endpoint.__name__),
                **fastapi,
            )
            self.routes.append(route)
            return endpoint

        return declare


INTERNAL_PREFIX = "/internal"


def operation_id(tag: str, name: str) -> str:
    """`<tag>_<function>`, unique while a tag is one noun."""
    return f"{tag.lower().replace(' ', '_')}_{name}"
