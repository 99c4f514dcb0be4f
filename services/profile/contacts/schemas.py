"""Contact points on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, model_validator

from services.profile.base import deployment
from services.profile.identities.schemas import ADDRESS_KINDS
from services.profile.identities.tables import Contact
from services.profile.personal.rules import masked, normalised
from shared.crypto import blind_index
from shared.web.schemas import Body, Label, Out

ContactChannel = Literal["email", "sms", "phone", "wechat", "push"]
State = Literal["added", "verified", "removed"]
ADDED, VERIFIED, REMOVED = "added", "verified", "removed"


class NewContact(Body):
    """Where a customer can be reached."""

    channel: ContactChannel = Field(examples=["email"], description="`sms`: a mobile number, which can be called too.")
    value: str = Field(min_length=1, max_length=255, examples=["ada@example.com"])
    label: Label | None = Field(default=None, examples=["work"])

    @model_validator(mode="after")
    def _is_of_its_channel(self) -> "NewContact":
        self.address()
        return self

    def address(self) -> str:
        """The value in its normal form; raises ValueError when it is no address of the channel."""
        return normalised(ADDRESS_KINDS[self.channel], self.value, deployment().default_region)

    def hash(self) -> bytes:
        """By what the same address is found, also as an identity."""
        return blind_index(ADDRESS_KINDS[self.channel], self.address())


@dataclass(frozen=True, slots=True)
class Given:
    """A contact point that another system knows of a customer."""

    customer_id: UUID
    body: NewContact

    @property
    def key(self) -> tuple[str, bytes]:
        """What makes two of them the same one."""
        return self.body.channel, self.body.hash()


class ContactPatch(Body):
    """JSON Merge Patch of a contact point; another address is another contact point."""

    label: Label | None = Field(default=None, examples=["home"])


class ContactOut(Out):
    """A contact point. Its value is masked without `profile:pii`."""

    id: UUID
    customer_id: UUID = Field(description="The linked id that it was given for.")
    channel: ContactChannel
    value: str = Field(examples=["a***@example.com"])
    label: str | None
    state: State
    verified_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: Contact, *, pii: bool) -> "ContactOut":
        """As this caller may see it."""
        value = row.value if pii else masked(ADDRESS_KINDS[row.channel], row.value)
        values: Mapping[str, object] = {name: getattr(row, name) for name in cls.model_fields if name != "id"}
        return cls.model_validate({**values, "id": row.contact_id, "value": value})
