"""A service's part in an erasure: erase what it holds, in the transaction of the event that asks for it, and answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared import holdings, linking, traces
from shared.contracts.base import Code
from shared.contracts.profile import ErasureCompleted, ErasureRequested
from shared.db import NOTHING, SharedBase, among, put
from shared.holdings import Holding
from shared.linking import CustomerRef
from shared.messaging.republish import Selection


class ErasureAnswer(SharedBase):
    """How many rows a service erased of one customer, by table. The first answer counts."""

    __tablename__ = "erasure_answer"
    erasure_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    service: Mapped[Code] = mapped_column(primary_key=True)
    counts: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


ANSWER = tuple(ErasureAnswer.__table__.c)


def carry_out(
    session: Session, service: str, held: Sequence[Holding], asked: Sequence[ErasureRequested], now: datetime
) -> Sequence[RowMapping]:
    """Erase these customers; the answers to give. Repeated, it erases what came meanwhile and answers the same."""
    customers = {one.customer_id for one in asked}
    for one in asked:
        linking.erase(session, [one.customer_id], one.occurred_at)
    counts = holdings.erase(session, held, customers)
    traces.sweep(session, (), {str(one) for one in customers})
    keep(
        session,
        [
            {"erasure_id": one.erasure_id, "customer_id": one.customer_id, "service": service}
            | {"counts": counts[one.customer_id], "occurred_at": one.occurred_at, "recorded_at": now}
            for one in asked
        ],
    )
    keys = tuple_(ErasureAnswer.erasure_id, ErasureAnswer.customer_id)
    given = select(*ANSWER).where(keys.in_([(one.erasure_id, one.customer_id) for one in asked]))
    return session.execute(given.where(ErasureAnswer.service == service)).mappings().all()


def finish(session: Session, held: Sequence[Holding], completed: Sequence[ErasureCompleted]) -> None:
    """Erase again: what was under way while the erasure ran may have written since."""
    customers = {one.customer_id for one in completed}
    for one in completed:
        linking.erase(session, [one.customer_id], one.occurred_at)
    holdings.erase(session, held, customers)
    traces.sweep(session, (), {str(one) for one in customers})


def erased_after(session: Session, after: UUID | None, limit: int) -> Sequence[CustomerRef]:
    """Erased ids in order, those after an id."""
    statement = select(CustomerRef).where(CustomerRef.erased_at.is_not(None)).order_by(CustomerRef.customer_id)
    if after is not None:
        statement = statement.where(CustomerRef.customer_id > after)
    return session.scalars(statement.limit(limit)).all()


def keep(session: Session, answers: Sequence[dict[str, Any]]) -> None:
    """Store answers; one that is there stays."""
    put(session, ErasureAnswer, answers, on_conflict=NOTHING)


def answered(session: Session, erasure_ids: Sequence[UUID]) -> Sequence[RowMapping]:
    """All answers to these erasures."""
    return session.execute(select(*ANSWER).where(among(ErasureAnswer.erasure_id, erasure_ids))).mappings().all()


def page(session: Session, service: str, selection: Selection) -> Sequence[RowMapping]:
    """A page of a service's own answers, to be told again."""
    key = tuple_(ErasureAnswer.erasure_id, ErasureAnswer.customer_id)
    statement = select(*ANSWER).where(ErasureAnswer.service == service)
    if selection.since is not None:
        statement = statement.where(ErasureAnswer.recorded_at >= selection.since)
    if selection.customer_id is not None:
        statement = statement.where(ErasureAnswer.customer_id == selection.customer_id)
    if selection.after is not None:
        statement = statement.where(key > tuple_(*selection.after))
    ordered = statement.order_by(ErasureAnswer.erasure_id, ErasureAnswer.customer_id).limit(selection.limit)
    return session.execute(ordered).mappings().all()
