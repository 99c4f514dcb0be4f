"""Statements about merges, their edges, and where each id points."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Uuid, bindparam, func, select, text, update
from sqlalchemy.orm import Session, aliased

from services.profile.customers.tables import Customer
from services.profile.links.schemas import Decision, Edge
from services.profile.links.tables import LinkChange, Merge, MergeEdge
from shared import linking
from shared.db import REPLACE, among, put
from shared.linking import CustomerRef

REPOINT = text(
    "UPDATE customer_ref AS r SET canonical_id = v.canonical_id, version = r.version + 1 "
    "FROM unnest(CAST(:ids AS uuid[]), CAST(:roots AS uuid[])) AS v(customer_id, canonical_id) "
    "WHERE r.customer_id = v.customer_id RETURNING r.customer_id, r.canonical_id, r.version"
)

OTHER = aliased(CustomerRef)
PERSON = (
    select(
        Customer.customer_id, Customer.status, func.array_agg(func.coalesce(OTHER.customer_id, Customer.customer_id))
    )
    .select_from(Customer)
    .outerjoin(OTHER, OTHER.canonical_id == Customer.customer_id)
    .where(
        Customer.customer_id
        == func.coalesce(
            select(CustomerRef.canonical_id).where(CustomerRef.customer_id == bindparam("id")).scalar_subquery(),
            bindparam("id", type_=Uuid),
        )
    )
    .group_by(Customer.customer_id)
)


def person(session: Session, customer_id: UUID) -> tuple[UUID, str, Sequence[UUID]] | None:
    """Whom an id counts as: the canonical id, its status, and all ids that count as it; None for nobody known."""
    row = session.execute(PERSON, {"id": customer_id}).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def lock(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Lock the whole of what these ids count as: their canonical ids stay until the transaction ends."""
    linking.ensure(session, customer_ids)
    found = linking.canonical(session, customer_ids)
    while True:
        wanted = {*customer_ids, *found.values()}
        locking = select(CustomerRef.customer_id).where(CustomerRef.customer_id.in_(wanted))
        session.execute(locking.order_by(CustomerRef.customer_id).with_for_update())
        settled = linking.canonical(session, customer_ids)
        if settled == found:
            return found
        found = settled


def add(session: Session, decisions: Sequence[Decision], now: datetime) -> None:
    """Store decisions as merges with their edges, whose absorbed ids were locked and standing alone."""
    put(session, Merge, [_merge(decision, now) for decision in decisions])
    edges = [(decision.merge_id, edge) for decision in decisions for edge in decision.edges]
    put(session, MergeEdge, [_edge(merge_id, edge) for merge_id, edge in edges])


def _merge(decision: Decision, now: datetime) -> dict[str, Any]:
    state = {"status": "merged", "version": 1, "created_at": now, "undone_at": None}
    survivor = decision.edges[0].survivor_id
    return {"merge_id": decision.merge_id, "survivor_id": survivor, "cause": decision.cause} | state


def _edge(merge_id: UUID, edge: Edge) -> dict[str, Any]:
    ids = {"absorbed_id": edge.absorbed_id, "survivor_id": edge.survivor_id}
    return {"merge_id": merge_id, **ids, "active": True}


def undo(session: Session, merge_id: UUID, now: datetime) -> list[Edge]:
    """Mark a merge undone and cut its edges; the edges, none when it was undone before."""
    undone = update(Merge).where(Merge.merge_id == merge_id, Merge.status == "merged")
    if not session.scalar(
        undone.values(status="undone", undone_at=now, version=Merge.version + 1).returning(Merge.merge_id)
    ):
        return []
    cut = update(MergeEdge).where(MergeEdge.merge_id == merge_id).values(active=False)
    return [Edge(*row) for row in session.execute(cut.returning(MergeEdge.absorbed_id, MergeEdge.survivor_id))]


def edges_of(session: Session, merge_id: UUID) -> list[Edge]:
    """Who was absorbed by whom in a merge, undone or not."""
    statement = select(MergeEdge.absorbed_id, MergeEdge.survivor_id).where(MergeEdge.merge_id == merge_id)
    return [Edge(*row) for row in session.execute(statement.order_by(MergeEdge.absorbed_id))]


def active_edges(session: Session, customer_ids: Collection[UUID]) -> list[Edge]:
    """The edges that absorb any of these ids now."""
    statement = select(MergeEdge.absorbed_id, MergeEdge.survivor_id).where(
        among(MergeEdge.absorbed_id, customer_ids), MergeEdge.active
    )
    return [Edge(*row) for row in session.execute(statement)]


def undone_pairs(session: Session, customer_ids: Collection[UUID]) -> frozenset[frozenset[UUID]]:
    """Pairs among which a merge was undone."""
    touched = among(MergeEdge.absorbed_id, customer_ids) | among(MergeEdge.survivor_id, customer_ids)
    statement = select(MergeEdge.absorbed_id, MergeEdge.survivor_id).where(~MergeEdge.active, touched)
    return frozenset(frozenset(row) for row in session.execute(statement))


def repoint(session: Session, canonical: Mapping[UUID, UUID]) -> dict[UUID, tuple[UUID, int]]:
    """Point ids, whose canonical id changed, to the new one; canonical id and link version of each."""
    rows = session.execute(REPOINT, {"ids": list(canonical), "roots": list(canonical.values())})
    return {row.customer_id: (row.canonical_id, row.version) for row in rows}


def note_changes(session: Session, decisions: Mapping[UUID, Decision], now: datetime) -> None:
    """Keep which decision moved each id last."""
    rows = [
        {"customer_id": customer_id, "merge_id": one.merge_id, "cause": one.cause}
        | {"occurred_at": one.occurred_at, "recorded_at": now}
        for customer_id, one in decisions.items()
    ]
    put(session, LinkChange, rows, on_conflict=REPLACE)


def get(session: Session, merge_id: UUID) -> RowMapping | None:
    """One merge with the ids it absorbed."""
    absorbed = select(func.array_agg(MergeEdge.absorbed_id)).where(MergeEdge.merge_id == Merge.merge_id)
    statement = select(Merge.__table__, absorbed.scalar_subquery().label("absorbed_ids"))
    return session.execute(statement.where(Merge.merge_id == merge_id)).mappings().one_or_none()
