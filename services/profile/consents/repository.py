"""Statements about the consent ledger and its states."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, func, select, text
from sqlalchemy.orm import Session, aliased

from services.profile.consents.schemas import Entry, Purpose, State
from services.profile.consents.tables import Consent, ConsentEntry, ConsentPurpose
from services.profile.links.tables import LinkChange
from shared.db import NOTHING, REPLACE, among, put
from shared.linking import CustomerRef

SETTLE = text(
    "INSERT INTO consent AS c "
    "(customer_id, purpose, channel, state, source, entry_id, effective_at, version, recorded_at) "
    "SELECT DISTINCT ON (customer_id, purpose, channel) "
    "customer_id, purpose, channel, state, source, entry_id, effective_at, 1, recorded_at "
    "FROM consent_entry WHERE entry_id = ANY(:entry_ids) "
    "ORDER BY customer_id, purpose, channel, effective_at DESC, state = 'withdrawn' DESC, entry_id DESC "
    "ON CONFLICT (customer_id, purpose, channel) DO UPDATE SET state = excluded.state, source = excluded.source, "
    "entry_id = excluded.entry_id, effective_at = excluded.effective_at, recorded_at = excluded.recorded_at, "
    "version = c.version + 1 "
    "WHERE (excluded.effective_at, excluded.state = 'withdrawn', excluded.entry_id) "
    "> (c.effective_at, c.state = 'withdrawn', c.entry_id) "
    "RETURNING c.customer_id, c.purpose, c.channel, c.state, c.source, c.entry_id, c.effective_at, c.version, "
    "c.recorded_at"
)
OTHER = aliased(CustomerRef)
LAST_LINKED = (
    select(func.max(LinkChange.recorded_at))
    .join(OTHER, OTHER.customer_id == LinkChange.customer_id)
    .where(OTHER.canonical_id == CustomerRef.canonical_id, OTHER.customer_id != OTHER.canonical_id)
    .correlate(CustomerRef)
    .scalar_subquery()
)


def append(session: Session, entries: Sequence[Entry], now: datetime) -> list[UUID]:
    """Store entries; the ids of those not stored before."""
    rows = [
        {"entry_id": one.entry_id, "customer_id": one.customer_id, "purpose": one.purpose, "channel": one.channel}
        | {"state": one.state, "source": one.source, "evidence": one.evidence}
        | {"effective_at": one.effective_at, "recorded_at": now}
        for one in entries
    ]
    stored = put(session, ConsentEntry, rows, on_conflict=NOTHING, returning=["entry_id"])
    return [row.entry_id for row in stored]


def settle(session: Session, entry_ids: Sequence[UUID]) -> Sequence[RowMapping]:
    """Move each touched state to the entry that now decides; the states that moved, with their new version."""
    return session.execute(SETTLE, {"entry_ids": list(entry_ids)}).mappings().all() if entry_ids else []


def add_purposes(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store purposes that are not there yet."""
    put(session, ConsentPurpose, rows, on_conflict=NOTHING)


def save_purpose(session: Session, one: Purpose) -> None:
    """Store a purpose under its names of today."""
    row = {"purpose": one.purpose, "purpose_class": one.purpose_class, "titles": one.titles}
    put(session, ConsentPurpose, [row], on_conflict=REPLACE)


def purposes(session: Session) -> list[Purpose]:
    """Everything one can agree to, the topics of a class together."""
    order = (ConsentPurpose.purpose_class, ConsentPurpose.purpose)
    statement = select(ConsentPurpose.purpose, ConsentPurpose.purpose_class, ConsentPurpose.titles).order_by(*order)
    return [Purpose(*row) for row in session.execute(statement)]


def states(session: Session, canonical_ids: Collection[UUID]) -> dict[UUID, tuple[list[State], datetime | None]]:
    """What all ids linked to each canonical id say; and when we last learned that another one is the same person."""
    statement = (
        select(CustomerRef.canonical_id, LAST_LINKED, Consent.purpose, Consent.channel, Consent.state, Consent.source)
        .add_columns(Consent.effective_at, Consent.version)
        .join(Consent, Consent.customer_id == CustomerRef.customer_id)
        .where(among(CustomerRef.canonical_id, canonical_ids))
    )
    found: dict[UUID, tuple[list[State], datetime | None]] = {one: ([], None) for one in canonical_ids}
    for canonical_id, linked_at, *said in session.execute(statement):
        states = found[canonical_id][0]
        states.append(State(*said))
        found[canonical_id] = states, linked_at
    return found


def history(customer_ids: Collection[UUID]) -> Select[Any]:
    """All entries of these ids."""
    return select(ConsentEntry).where(among(ConsentEntry.customer_id, customer_ids))
