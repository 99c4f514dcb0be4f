"""Statements that find customers."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Uuid, bindparam, func, select, text, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, array
from sqlalchemy.orm import Session, aliased

from services.profile.customers.tables import Customer, NameToken
from services.profile.directory import rules
from services.profile.directory.schemas import CustomerFilter
from services.profile.orders.tables import CustomerOrder
from services.profile.personal.rules import query_tokens
from services.profile.regions.fields import in_region
from services.profile.segments.evaluations.tables import SegmentMember
from services.profile.timeline.parts import LATEST, money_binds
from shared import ownership
from shared.auth.caller import Caller
from shared.db import PLANNED_ONCE, among
from shared.linking import CustomerRef, counts_as, person_of
from shared.ownership import CustomerOwner
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

RECORD = Customer.__table__
SORTS = {
    "registered_at": (Customer.registered_at, Customer.customer_id),
    "created_at": (Customer.created_at, Customer.customer_id),
    "number": (Customer.number,),
}

LINKED = aliased(Customer)
ASKED: ColumnElement[UUID] = bindparam("id", type_=Uuid())
MEMBER = person_of(ASKED).subquery("member")
# It also has what follows planned once, as `plan_once` does: most of a 360 would go into planning the timeline.
STAR = select(
    func.set_config(*PLANNED_ONCE, True).label("planned"),
    counts_as(ASKED).label("canonical_id"),
    MEMBER.c.member_id,
    RECORD,
).select_from(MEMBER.outerjoin(RECORD, RECORD.c.customer_id == MEMBER.c.member_id))
BELONGINGS = text(f"""
SELECT
    (SELECT coalesce(jsonb_agg(jsonb_build_object('segment_id', s.segment_id, 'code', s.code, 'name', s.name,
        'kind', s.kind, 'segment_version', m.segment_version, 'entered_at', m.entered_at)
        ORDER BY m.entered_at DESC, s.code), '[]')
    FROM segment_member m JOIN segment s ON s.segment_id = m.segment_id WHERE m.customer_id = :id) AS segments,
    (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.role), '[]') FROM assignment_period p
    WHERE p.customer_id = :id AND p.valid_until IS NULL) AS assignments,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('purpose', c.purpose, 'channel', c.channel, 'state', c.state,
        'source', c.source, 'effective_at', c.effective_at, 'version', c.version)), '[]')
    FROM consent c WHERE c.customer_id = ANY(:ids)) AS consents,
    (SELECT max(l.recorded_at) FROM link_change l
    WHERE l.customer_id = ANY(:ids) AND l.customer_id <> :id) AS linked_at,
    (SELECT coalesce(jsonb_agg(to_jsonb(e)), '[]') FROM ({LATEST}) AS e) AS timeline
""").bindparams(bindparam("id", type_=Uuid()), bindparam("ids", type_=ARRAY(Uuid)))


def listed(session: Session, wanted: CustomerFilter, page: PageRequest, caller: Caller) -> Listing[Any]:
    """A page of customers as they count, each with what the records say that it absorbed."""
    found = paginate(session, _matching(select(Customer), wanted, caller), page, SORTS, default="-registered_at")
    absorbed = _absorbed(session, [one.customer_id for one in found.items])
    items = [rules.combined(_row(one), absorbed.get(one.customer_id, ())) for one in found.items]
    return Listing[Any].model_construct(items=items, next_cursor=found.next_cursor)


def count(session: Session, wanted: CustomerFilter, caller: Caller) -> int:
    """How many customers match."""
    return session.scalar(_matching(select(func.count(Customer.customer_id)), wanted, caller)) or 0


def records(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Records by id."""
    rows = session.execute(select(Customer.__table__).where(among(Customer.customer_id, customer_ids))).mappings()
    return {row["customer_id"]: dict(row) for row in rows}


def orders(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many orders each id has; without any it is absent."""
    statement = select(CustomerOrder.customer_id, func.count()).where(among(CustomerOrder.customer_id, customer_ids))
    found: Mapping[Any, int] = dict(session.execute(statement.group_by(CustomerOrder.customer_id)).all())
    return {**found}


def star(session: Session, customer_id: UUID) -> tuple[UUID, dict[UUID, dict[str, Any] | None]]:
    """Whom an id counts as, and the records of all ids that do; None for one that nobody recorded.

    What else the transaction asks is planned once for everybody.
    """
    rows = session.execute(STAR, {"id": customer_id}).mappings().all()
    found = {row["member_id"]: None if row["customer_id"] is None else dict(row) for row in rows}
    return rows[0]["canonical_id"], found


def belongings(session: Session, canonical_id: UUID, member_ids: Collection[UUID], shown: int) -> Row[Any]:
    """What stands beside the record of a person, as plain JSON and in one statement.

    Segments, the latest first; who looks after them now, by role; what each id agreed to, and when the last of them was
    linked; of the timeline as much as is `shown`.
    """
    binds = {"id": canonical_id, "ids": list(member_ids), "shown": shown}
    return session.execute(BELONGINGS, binds | money_binds()).one()


def _matching(statement: Select[Any], wanted: CustomerFilter, caller: Caller) -> Select[Any]:
    own = select(CustomerRef.customer_id).where(
        CustomerRef.customer_id == Customer.customer_id, CustomerRef.canonical_id != CustomerRef.customer_id
    )
    statement = statement.where(Customer.status == "active", ~own.exists())
    statement = ownership.narrowed(statement, Customer.customer_id, caller)
    if wanted.tag:
        tagged = select(CustomerRef.canonical_id).join(LINKED, LINKED.customer_id == CustomerRef.customer_id)
        tagged = tagged.where(type_coerce(LINKED.tags, JSONB).has_any(array(wanted.tag)))
        statement = statement.where(Customer.customer_id.in_(tagged))
    if wanted.region:
        statement = statement.where(in_region(Customer.region, wanted.region))
    if wanted.segment_id:
        within = select(SegmentMember.customer_id).where(among(SegmentMember.segment_id, wanted.segment_id))
        statement = statement.where(Customer.customer_id.in_(within))
    if wanted.source:
        statement = statement.where(Customer.source.in_(wanted.source))
    if wanted.manager_id:
        held = select(CustomerOwner.customer_id).where(among(CustomerOwner.manager_id, wanted.manager_id))
        statement = statement.where(Customer.customer_id.in_(held))
    if wanted.registered_from is not None:
        statement = statement.where(Customer.registered_at >= wanted.registered_from)
    if wanted.registered_to is not None:
        statement = statement.where(Customer.registered_at < wanted.registered_to)
    for token in query_tokens(wanted.q or ""):
        named = select(CustomerRef.canonical_id).join(NameToken, NameToken.customer_id == CustomerRef.customer_id)
        statement = statement.where(Customer.customer_id.in_(named.where(NameToken.token == token)))
    return statement


def _absorbed(session: Session, canonical_ids: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    statement = select(CustomerRef.canonical_id, Customer).join(
        Customer, Customer.customer_id == CustomerRef.customer_id
    )
    absorbed = among(CustomerRef.canonical_id, canonical_ids), CustomerRef.canonical_id != CustomerRef.customer_id
    found: dict[UUID, list[dict[str, Any]]] = {}
    for canonical_id, record in session.execute(statement.where(*absorbed).order_by(Customer.customer_id)):
        found.setdefault(canonical_id, []).append(_row(record))
    return found


def _row(customer: Customer) -> dict[str, Any]:
    return {column.name: getattr(customer, column.name) for column in Customer.__table__.columns}
