"""Notes on the wire."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from services.profile.notes.tables import Note
from services.profile.personal.rules import HIDDEN
from shared.crypto import blind_index
from shared.ids import derived_id
from shared.web.schemas import Body, Out


def _readable(value: str) -> str:
    if "\0" in value:
        raise ValueError("no character 0")
    return value


NoteText = Annotated[str, StringConstraints(min_length=1, max_length=10_000), AfterValidator(_readable)]


@dataclass(frozen=True, slots=True)
class Written:
    """A note that was written elsewhere. The same text about a customer at the same instant is the same note.

    Where nobody says when it was written, the same text about a customer is.
    """

    customer_id: UUID
    text: str
    author: str
    written_at: datetime | None = None

    @property
    def note_id(self) -> UUID:
        """Derived from what is said, under the lookup key: nobody can try texts against it."""
        hidden = blind_index("note", self.text).hex()
        at = "" if self.written_at is None else self.written_at.isoformat()
        return derived_id("note", str(self.customer_id), at, hidden)


class NoteBody(Body):
    """What is noted about a customer."""

    text: NoteText = Field(examples=["Prefers a call in the evening."])


class NotePatch(Body):
    """JSON Merge Patch of a note."""

    text: NoteText | None = Field(default=None, examples=["Prefers a call at noon."])


class NoteOut(Out):
    """A note. Its text is masked without `profile:pii`."""

    id: UUID
    customer_id: UUID = Field(description="The linked id that it was written about.")
    text: str
    author: str = Field(description="Who wrote it: the caller of `POST`.")
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None

    @classmethod
    def of(cls, row: Note, *, pii: bool) -> "NoteOut":
        """As this caller may see it."""
        values = {name: getattr(row, name) for name in cls.model_fields if name not in ("id", "text")}
        return cls.model_validate({**values, "id": row.note_id, "text": row.text if pii else HIDDEN})
