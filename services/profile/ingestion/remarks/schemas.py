"""Tags and notes as another system kept them."""

from typing import Annotated

from pydantic import Field

from services.profile.identities.schemas import IdentityBody
from services.profile.notes.schemas import NoteText
from shared.web.schemas import Body, Code, Instant, Label


class Remark(Body):
    """Something written about a customer, and when."""

    source: Code
    identities: Annotated[list[IdentityBody], Field(min_length=1, max_length=20)]
    written_at: Instant


class TagsReported(Remark):
    """Tags to be put on a customer, beside those that are there."""

    tags: list[Label] = Field(min_length=1, max_length=100)


class NoteReported(Remark):
    """A note about a customer. The same text at the same instant is the same note."""

    text: NoteText
    author: Label = "import"
