"""One way to reach somebody."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Address:
    """An address that may be used; `contact_id` is that of the contact point or of the identity it stands in."""

    contact_id: UUID
    channel: str
    value: str
