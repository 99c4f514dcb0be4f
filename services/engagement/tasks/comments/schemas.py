"""Comments on tasks on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.engagement.tasks.schemas import Note
from shared.contracts.base import Label
from shared.web.schemas import Body, Out


class NewTaskComment(Body):
    """Something for whoever works on the task."""

    text: Note = Field(examples=["The workshop has the part on Thursday."])


class TaskCommentPatch(Body):
    """JSON Merge Patch of a comment: its words."""

    text: Note | None = Field(default=None, examples=["The workshop has the part on Friday."])


class TaskCommentOut(Out):
    """Something said; `text` is null unless the caller has `profile:pii`."""

    id: UUID = Field(validation_alias="comment_id")
    task_id: UUID
    text: str | None
    author: Label = Field(description="The credential that wrote it.")
    version: int
    created_at: datetime
    updated_at: datetime
