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
from shared.holdings import Counts, Holding
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
    counts = _erase(session, held, asked)
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
    _erase(session, held, completed)


def _erase(
    session: Session, held: Sequence[Holding], asked: Sequence[ErasureRequested | ErasureCompleted]
) -> dict[UUID, Counts]:
    customers = {one.customer_id for one in asked}
    for one in asked:
        linking.erase(session, [one.customer_id], one.occurred_at)
    traces.sweep(session, (), {str(one) for one in customers})
    return holdings.erase(session, held, customers)


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
    own = select(*ANSWER).where(ErasureAnswer.service == service)
    key, at = (ErasureAnswer.erasure_id, ErasureAnswer.customer_id), ErasureAnswer.recorded_at
    narrowed = selection.narrowed(own, *key, customer_id=ErasureAnswer.customer_id, changed_at=at)
    return session.execute(narrowed).mappings().all()
