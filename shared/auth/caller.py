"""Who makes a request, once a credential was shown to be good."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Kind = Literal["api_key", "write_key", "staff", "member", "service", "public"]


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller and what it may do. `scopes` hold everything implied; `customer_id` is set for members only.

    With a `manager_id` it sees that manager's customers, and those of the teams that the manager leads, alone.
    """

    id: str
    kind: Kind
    scopes: frozenset[str] = frozenset()
    customer_id: UUID | None = None
    manager_id: UUID | None = None
    team_ids: frozenset[UUID] = frozenset()

    def may(self, scope: str) -> bool:
        """Whether the caller holds a scope."""
        return scope in self.scopes

    def asked_by(self, service: str) -> "Caller":
        """A service that asks on this caller's behalf: it may see no more than the caller."""
        return Caller(service, "service", self.scopes, None, self.manager_id, self.team_ids)


PUBLIC_CALLER = Caller("public", "public")
