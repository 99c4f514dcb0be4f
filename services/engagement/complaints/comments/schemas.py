"""Comments on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.engagement.complaints.schemas import Text
from shared.contracts.base import Label
from shared.web.schemas import Body, Out

Visibility = Literal["public", "internal"]
Speaker = Literal["staff", "customer"]
SAID_BY = "Who said it; staff note so what a customer says on the telephone. Of a customer it is always the customer."


class NewComment(Body):
    """Something said. Staff's public words answer the customer; the customer's wait for an answer."""

    visibility: Visibility = Field(default="public", description="`internal`: for staff alone.")
    said_by: Speaker | None = Field(default=None, description=SAID_BY)
    text: Text = Field(examples=["A new tin left our warehouse today."])


class CommentPatch(Body):
    """JSON Merge Patch of a comment: its words; who said it to whom stays."""

    text: Text | None = Field(default=None, examples=["A new tin leaves our warehouse tomorrow."])


class CommentOut(Out):
    """Something said. Customers do not see which credential wrote it."""

    id: UUID = Field(validation_alias="comment_id")
    complaint_id: UUID
    visibility: Visibility
    said_by: Speaker
    text: str
    author: Label | None
    version: int
    created_at: datetime
    updated_at: datetime
