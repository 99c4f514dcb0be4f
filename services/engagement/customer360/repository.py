"""The statement that reads what engagement knows of one person: one, for a 360 is asked for with every page."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, Uuid, any_, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.engagement.complaints.schemas import OPEN
from services.engagement.complaints.tables import Complaint
from services.engagement.customer360.schemas import CaseBrief
from services.engagement.messages.schemas import MessageBrief
from services.engagement.messages.tables import Message
from services.engagement.tasks.parts import IS_OPEN, OWNER, TEAM, having
from services.engagement.tasks.schemas import TaskBrief
from services.engagement.tasks.tables import Task
from shared.linking import person_of
from shared.web.schemas import Out

SHOWN = 10
ASKED: ColumnElement[UUID] = bindparam("id", type_=Uuid())
MEMBERS = func.array(person_of(ASKED).scalar_subquery())


def parts(session: Session, customer_id: UUID) -> Row[Any]:
    """The latest messages, unsettled complaints and open tasks of the person behind an id, as plain JSON."""
    return session.execute(PARTS, {"id": customer_id}).one()


def _first(wanted: Select[Any], order: Sequence[Any]) -> ScalarSelect[Any]:
    rows = wanted.order_by(*order).limit(SHOWN).subquery()
    return select(
        func.coalesce(func.jsonb_agg(func.to_jsonb(rows.table_valued())), func.jsonb_build_array())
    ).scalar_subquery()


def _columns(table: type[Any], brief: type[Out], *apart: str) -> list[InstrumentedAttribute[Any]]:
    """The columns that a brief is made of, by what it reads them as."""
    names = [str(field.validation_alias or name) for name, field in brief.model_fields.items() if name not in apart]
    return [getattr(table, name) for name in names]


def _theirs(column: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    return column == any_(MEMBERS)


PARTS: Select[Any] = select(
    _first(
        select(*_columns(Message, MessageBrief)).where(_theirs(Message.customer_id)),
        (Message.created_at.desc(), Message.message_id.desc()),
    ).label("messages"),
    _first(
        select(*_columns(Complaint, CaseBrief, "kind")).where(
            _theirs(Complaint.customer_id), Complaint.status.in_(OPEN)
        ),
        (Complaint.opened_at.desc(), Complaint.complaint_id),
    ).label("cases"),
    _first(
        having(*_columns(Task, TaskBrief, "owner_id", "team_id"), OWNER.label("owner_id"), TEAM.label("team_id")).where(
            _theirs(Task.customer_id), IS_OPEN
        ),
        (Task.due_at, Task.task_id),
    ).label("tasks"),
)
