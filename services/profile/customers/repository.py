"""Statements about customer records."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from services.profile.customers.schemas import Record
from services.profile.customers.tables import Customer, CustomerChange, NameToken
from services.profile.personal.rules import name_tokens
from shared.db import REPLACE, among, put
from shared.ids import new_id

NUMBERS = text(
    "INSERT INTO customer_number AS n (year, value) VALUES (:year, :count) "
    "ON CONFLICT (year) DO UPDATE SET value = n.value + excluded.value RETURNING value"
)


def numbers(session: Session, year: int, count: int) -> list[str]:
    """The next human numbers of a year. Others wait for them until this transaction ends: draw late."""
    last = session.scalars(NUMBERS, {"year": year, "count": count}).one()
    return [f"C-{year}-{number:06}" for number in range(last - count + 1, last + 1)]


def add(session: Session, records: Sequence[Record]) -> None:
    """Store new records."""
    put(session, Customer, records)


def locked(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Records that nobody else can change until the transaction ends; unknown and erased ids are left out."""
    statement = select(Customer.__table__).where(among(Customer.customer_id, customer_ids), Customer.status == "active")
    rows = session.execute(statement.order_by(Customer.customer_id).with_for_update()).mappings()
    return {row["customer_id"]: dict(row) for row in rows}


def save(session: Session, records: Sequence[Record]) -> None:
    """Write locked records."""
    put(session, Customer, records, on_conflict=REPLACE)


def note(session: Session, steps: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Keep which fields moved, and by whom."""
    put(session, CustomerChange, [{**step, "change_id": new_id(), "recorded_at": now} for step in steps])


def index_names(session: Session, names: Mapping[UUID, str | None]) -> None:
    """Make customers findable by these names and by no others."""
    session.execute(delete(NameToken).where(NameToken.customer_id.in_(names)))
    pieces = [(customer_id, token) for customer_id, name in names.items() if name for token in name_tokens(name)]
    put(session, NameToken, [{"customer_id": customer_id, "token": token} for customer_id, token in pieces])


def statuses(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, str]:
    """Whether customers are active or erased; unknown ids and visitors are left out."""
    statement = select(Customer.customer_id, Customer.status).where(among(Customer.customer_id, customer_ids))
    return dict(session.execute(statement).all())


def close(session: Session, customer_ids: Collection[UUID], now: datetime) -> None:
    """Mark records as erased."""
    gone = update(Customer).where(among(Customer.customer_id, customer_ids), Customer.status == "active")
    session.execute(gone.values(status="erased", version=Customer.version + 1, recorded_at=now))


def growing_older(session: Session, now: datetime, limit: int = 500) -> list[UUID]:
    """Some customers whose age band has ended and whom nobody else is looking at."""
    statement = select(Customer.customer_id).where(Customer.age_band_until <= now).order_by(Customer.age_band_until)
    return list(session.scalars(statement.limit(limit).with_for_update(skip_locked=True)))
