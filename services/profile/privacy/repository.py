"""Statements about erasures, and about the traces by which a person is found in unsorted texts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, Uuid, bindparam, cast, func, select, true, update
from sqlalchemy.orm import Session

from services.profile.identities.tables import Contact, IdentityRow
from services.profile.personal.rules import as_dialled
from services.profile.privacy.schemas import ErasureFilter
from services.profile.privacy.tables import Erasure
from shared.db import among, put
from shared.messaging.republish import Selection

COLUMNS = tuple(Erasure.__table__.c)
NUMBERS = ("phone", "sms")  # kinds of identities and channels of contacts


def add(session: Session, row: Mapping[str, Any]) -> None:
    """Store an erasure."""
    put(session, Erasure, [row])


def get(session: Session, erasure_id: UUID) -> Erasure | None:
    """One erasure."""
    return session.get(Erasure, erasure_id)


def locked(session: Session, erasure_ids: Collection[UUID]) -> Sequence[RowMapping]:
    """Erasures that nobody else moves until the transaction ends."""
    statement = select(*COLUMNS).where(among(Erasure.erasure_id, erasure_ids)).order_by(Erasure.erasure_id)
    return session.execute(statement.with_for_update()).mappings().all()


def move(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what became of locked erasures."""
    table: Any = Erasure.__table__
    fields = ("status", "counts", "proof", "completed_at", "erase_at")
    statement = update(table).where(table.c.erasure_id == bindparam("id"))
    values = {name: bindparam(f"new_{name}") for name in fields} | {"version": table.c.version + 1}
    binds = [{"id": row["erasure_id"]} | {f"new_{name}": row[name] for name in fields} for row in rows]
    if binds:
        session.connection().execute(statement.values(values), binds)


def listed(wanted: ErasureFilter) -> Select[Any]:
    """Erasures that fit."""
    statement = select(Erasure)
    if wanted.status is not None:
        statement = statement.where(Erasure.status.in_(wanted.status))
    if wanted.requested_from is not None:
        statement = statement.where(Erasure.requested_at >= wanted.requested_from)
    if wanted.requested_to is not None:
        statement = statement.where(Erasure.requested_at < wanted.requested_to)
    return statement


def overdue(session: Session, now: datetime) -> list[UUID]:
    """Erasures that should be complete by now, a hundred at most."""
    late = select(Erasure.erasure_id).where(Erasure.status != "completed", Erasure.due_at < now)
    return list(session.scalars(late.order_by(Erasure.due_at).limit(100)))


def traces(session: Session, customer_ids: Collection[UUID]) -> set[str]:
    """The ids of a person and all that they are recognised by: what a text about them mentions."""
    named = {
        (sort, value)
        for table, kind in ((IdentityRow, IdentityRow.kind), (Contact, Contact.channel))
        for sort, value in session.execute(select(kind, table.value).where(among(table.customer_id, customer_ids)))
    }
    national = {as_dialled(value) for sort, value in named if sort in NUMBERS}
    return {value for _, value in named} | national | {str(one) for one in customer_ids}


def page(session: Session, selection: Selection, *, completed: bool) -> Sequence[RowMapping]:
    """One row for each id of each erasure that was begun (or completed), by erasure and id."""
    member = func.jsonb_array_elements_text(Erasure.member_ids).table_valued("value").render_derived("member")
    whose = cast(member.c.value, Uuid)
    statement = select(*COLUMNS, member.c.value.label("member_id")).select_from(Erasure).join(member, true())
    statement = statement.where(Erasure.status == "completed" if completed else Erasure.status != "requested")
    page = selection.narrowed(statement, Erasure.erasure_id, whose, customer_id=whose, changed_at=Erasure.requested_at)
    return session.execute(page).mappings().all()
