"""Who makes a request, once a credential was shown to be good."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Kind = Literal["api_key", "write_key", "staff", "member", "service", "public"]


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller and what it may do. `scopes` hold everything implied; `customer_id` is set for members only."""

    id: str
    kind: Kind
    scopes: frozenset[str] = frozenset()
    customer_id: UUID | None = None

    def may(self, scope: str) -> bool:
        """Whether the caller holds a scope."""
        return scope in self.scopes


PUBLIC_CALLER = Caller("public", "public")
