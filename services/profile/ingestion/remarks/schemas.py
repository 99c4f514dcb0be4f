"""Tags, notes and contact points as another system kept them."""

from typing import Annotated

from pydantic import Field, model_validator

from services.profile.base import deployment
from services.profile.contacts.schemas import ContactChannel, NewContact
from services.profile.identities.schemas import ADDRESS_KINDS, IdentityBody
from services.profile.notes.schemas import NoteText
from services.profile.personal.rules import normalised
from shared.web.schemas import Body, Code, Instant, Label


class Remark(Body):
    """Something written about a customer, and when."""

    source: Code
    identities: Annotated[list[IdentityBody], Field(min_length=1, max_length=20)]
    written_at: Instant


class TagsReported(Remark):
    """Tags to be put on a customer, beside those that are there."""

    tags: list[Label] = Field(min_length=1, max_length=100)


class ContactReported(Remark):
    """Where a customer can be reached. One that the customer removed stays removed."""

    channel: ContactChannel
    value: str = Field(min_length=1, max_length=255)
    label: Label | None = None

    @model_validator(mode="after")
    def _is_of_its_channel(self) -> "ContactReported":
        normalised(ADDRESS_KINDS[self.channel], self.value, deployment().default_region)
        return self

    def contact(self) -> NewContact:
        """As the archive takes it."""
        return NewContact(channel=self.channel, value=self.value, label=self.label)


class NoteReported(Remark):
    """A note about a customer. The same text at the same instant is the same note."""

    text: NoteText
    author: Label = "import"
