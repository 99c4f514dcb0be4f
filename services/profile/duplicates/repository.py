"""Statements about proposed duplicates."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import Session, aliased

from services.profile.customers.tables import Customer
from services.profile.duplicates.schemas import DuplicateFilter
from services.profile.duplicates.tables import Duplicate, DuplicateReason, MatchKey
from shared.db import NOTHING, among, put
from shared.ids import derived_id
from shared.linking import CustomerRef
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {
    "score": (Duplicate.score, Duplicate.duplicate_id),
    "created_at": (Duplicate.created_at, Duplicate.duplicate_id),
}
ALIKE = text("""
SELECT DISTINCT least(a.canonical_id, b.canonical_id) AS customer_id,
    greatest(a.canonical_id, b.canonical_id) AS other_id, own.kind
FROM match_key own
JOIN LATERAL (
    SELECT customer_id, count(*) OVER () AS sharing FROM (
        SELECT customer_id FROM match_key m WHERE m.kind = own.kind AND m.hash = own.hash LIMIT :most + 1
    ) AS few
) AS other ON other.sharing <= :most AND other.customer_id <> own.customer_id
JOIN customer_ref a ON a.customer_id = own.customer_id
JOIN customer_ref b ON b.customer_id = other.customer_id AND b.canonical_id <> a.canonical_id
WHERE own.customer_id = ANY(CAST(:ids AS uuid[]))
""")
RESCORE = text("""
UPDATE duplicate d SET score = found.score, version = d.version + 1
FROM (
    SELECT duplicate_id, 1 - exp(sum(ln(1 - score))) AS score FROM duplicate_reason
    WHERE duplicate_id = ANY(CAST(:ids AS uuid[])) GROUP BY duplicate_id
) AS found
WHERE d.duplicate_id = found.duplicate_id AND abs(d.score - found.score) > 1e-9
""")


def unmatched(session: Session, limit: int) -> Sequence[RowMapping]:
    """Archives that changed since they were compared, kept from everybody else until the transaction ends."""
    statement = select(Customer.__table__).where(Customer.unmatched, Customer.status == "active")
    return session.execute(statement.limit(limit).with_for_update(skip_locked=True)).mappings().all()


def matched(session: Session, customer_ids: Collection[UUID]) -> None:
    """Note that these were compared."""
    session.execute(update(Customer).where(among(Customer.customer_id, customer_ids)).values(unmatched=False))


def index(session: Session, keys: Mapping[UUID, Mapping[str, bytes]]) -> None:
    """Compare customers by these keys and by no others."""
    session.execute(delete(MatchKey).where(among(MatchKey.customer_id, keys)))
    rows = [
        {"customer_id": one, "kind": kind, "hash": hash_} for one, some in keys.items() for kind, hash_ in some.items()
    ]
    put(session, MatchKey, rows)


def alike(session: Session, customer_ids: Collection[UUID], most: int) -> list[tuple[UUID, UUID, str]]:
    """Pairs of people of whom one is among these ids, and the kind of key that they share."""
    return [tuple(row) for row in session.execute(ALIKE, {"ids": list(customer_ids), "most": most})]


def propose(session: Session, reasons: Mapping[tuple[UUID, UUID, str], float], now: datetime) -> None:
    """Store reasons for pairs, and the pairs; what staff judged stays judged."""
    ids = {(one, other): derived_id("duplicate", str(one), str(other)) for one, other, _ in reasons}
    fresh = {"score": 0.0, "status": "open", "version": 0, "created_at": now}
    pairs = [{"duplicate_id": id_, "customer_id": one, "other_id": other} | fresh for (one, other), id_ in ids.items()]
    put(session, Duplicate, pairs, on_conflict=NOTHING)
    rows = [
        {"duplicate_id": ids[one, other], "kind": kind, "score": score} for (one, other, kind), score in reasons.items()
    ]
    put(session, DuplicateReason, rows, on_conflict=NOTHING)
    session.execute(RESCORE, {"ids": sorted(ids.values())})


def withdraw(session: Session, customer_ids: Collection[UUID], kinds: Iterable[str]) -> None:
    """Forget reasons of some kinds for open pairs with these people, and the pairs that then have none."""
    theirs = select(Duplicate.duplicate_id).where(
        Duplicate.status == "open",
        among(Duplicate.customer_id, customer_ids) | among(Duplicate.other_id, customer_ids),
    )
    ids = session.scalars(theirs).all()
    gone = delete(DuplicateReason).where(among(DuplicateReason.duplicate_id, ids), DuplicateReason.kind.in_(kinds))
    session.execute(gone)
    left = select(DuplicateReason.duplicate_id).where(DuplicateReason.duplicate_id == Duplicate.duplicate_id)
    session.execute(delete(Duplicate).where(among(Duplicate.duplicate_id, ids), ~left.exists()))
    session.execute(RESCORE, {"ids": list(ids)})


def listed(session: Session, wanted: DuplicateFilter, page: PageRequest) -> Listing[Any]:
    """One page of proposals, the surest first; pairs that count as one person by now are left out."""
    one, other = aliased(CustomerRef), aliased(CustomerRef)
    statement = (
        _whole()
        .join(one, one.customer_id == Duplicate.customer_id)
        .join(other, (other.customer_id == Duplicate.other_id) & (other.canonical_id != one.canonical_id))
        .where(Duplicate.status == wanted.status, Duplicate.score >= wanted.score_from)
        .where(one.erased_at.is_(None), other.erased_at.is_(None))
    )
    return paginate(session, statement, page, SORTS, default="-score")


def get(session: Session, duplicate_id: UUID) -> Any:
    """One proposal with its reasons; None when there is none."""
    return session.execute(_whole().where(Duplicate.duplicate_id == duplicate_id)).one_or_none()


def dismiss(session: Session, duplicate_id: UUID) -> bool:
    """Mark an open proposal as judged; whether it was open."""
    open_ = update(Duplicate).where(Duplicate.duplicate_id == duplicate_id, Duplicate.status == "open")
    judged = open_.values(status="dismissed", version=Duplicate.version + 1)
    return session.scalar(judged.returning(Duplicate.duplicate_id)) is not None


def _whole() -> Select[Any]:
    said = func.jsonb_build_object("kind", DuplicateReason.kind, "score", DuplicateReason.score, type_=JSONB)
    strongest = aggregate_order_by(said, DuplicateReason.score.desc(), DuplicateReason.kind)
    reasons = select(func.coalesce(func.jsonb_agg(strongest, type_=JSONB), text("'[]'::jsonb")))
    reasons = reasons.where(DuplicateReason.duplicate_id == Duplicate.duplicate_id)
    return select(*Duplicate.__table__.c, reasons.scalar_subquery().label("reasons"))
