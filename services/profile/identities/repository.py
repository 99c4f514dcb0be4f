"""Statements about identities, their owners and visitors."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, delete, literal, select, text, tuple_
from sqlalchemy.orm import Session

from services.profile.identities.schemas import AUTOMATIC, CHANNELS, CONTACT_CHANNELS, Claim, Key, Known, NewIdentity
from services.profile.identities.tables import Contact, IdentityPolicy, IdentityRow, Visitor
from shared.db import NOTHING, among, put
from shared.ids import new_id

OWNERS = text(
    "SELECT k.kind, k.scope, k.hash, gone.erased_at, i.customer_id, "
    "home.customer_id AS home, ref.canonical_id AS root, "
    "CASE WHEN home.field_times -> 'registered_at' IS NULL THEN home.registered_at END AS first_seen "
    "FROM unnest(CAST(:kinds AS text[]), CAST(:scopes AS text[]), CAST(:hashes AS bytea[])) AS k(kind, scope, hash) "
    "LEFT JOIN identity i ON i.kind = k.kind AND i.scope = k.scope AND i.hash = k.hash "
    "LEFT JOIN erased_identity gone ON gone.kind = k.kind AND gone.scope = k.scope AND gone.hash = k.hash "
    "LEFT JOIN merge_edge e ON e.absorbed_id = i.customer_id AND e.active "
    "AND EXISTS (SELECT FROM visitor v WHERE v.visitor_id = i.customer_id) "
    "LEFT JOIN customer home ON home.customer_id = COALESCE(e.survivor_id, i.customer_id) "
    "LEFT JOIN customer_ref ref ON ref.customer_id = home.customer_id "
    "WHERE i.kind IS NOT NULL OR gone.kind IS NOT NULL"
)

IDENTITY = IdentityRow.__table__
OF = (
    select(IDENTITY)
    .where(IDENTITY.c.customer_id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
    .order_by(IDENTITY.c.created_at, IDENTITY.c.identity_id)
)


def known(session: Session, keys: Collection[Key]) -> Known:
    """What is recorded about these identities and their owners; separations by staff are not looked up here."""
    found = Known()
    binds = {"kinds": [k.kind for k in keys], "scopes": [k.scope for k in keys], "hashes": [k.hash for k in keys]}
    for row in session.execute(OWNERS, binds):
        key = Key(row.kind, row.scope, bytes(row.hash))
        if row.erased_at:
            found.erased[key] = row.erased_at
        if row.customer_id:
            found.owner[key] = row.customer_id
        if row.home:
            found.home[row.customer_id] = found.home[row.home] = row.home
            found.root[row.home] = row.root
            if row.first_seen:
                found.first_seen[row.home] = row.first_seen
    return found


def automatic(session: Session) -> frozenset[str]:
    """The kinds that link two known customers without asking."""
    kinds = session.scalar(select(IdentityPolicy.automatic))
    return frozenset(AUTOMATIC if kinds is None else kinds)


def add_policy(session: Session, now: datetime) -> None:
    """Store the default policy unless there is one."""
    row = {"policy_id": "default", "automatic": list(AUTOMATIC), "version": 1, "updated_at": now}
    put(session, IdentityPolicy, [row], on_conflict=NOTHING)


def claim(session: Session, identities: Sequence[NewIdentity], now: datetime) -> bool:
    """Store new identities; False, and nothing stored, when another transaction has just given one of them away."""
    rows = [_row(one, now) for one in identities]
    stored = put(
        session, IdentityRow, rows, on_conflict=NOTHING, key=["kind", "scope", "hash"], returning=["identity_id"]
    )
    if len(stored) == len(rows):
        return True
    session.execute(delete(IdentityRow).where(among(IdentityRow.identity_id, [row.identity_id for row in stored])))
    return False


def _row(one: NewIdentity, now: datetime) -> dict[str, Any]:
    key = {"kind": one.key.kind, "scope": one.key.scope, "hash": one.key.hash}
    return {"identity_id": new_id(), "customer_id": one.customer_id, **key, "value": one.value, "created_at": now}


def add_visitors(session: Session, visitors: Mapping[UUID, Claim], now: datetime) -> None:
    """Store people without a name."""
    rows = [
        {"visitor_id": visitor_id, "source": one.source, "first_seen_at": one.occurred_at, "created_at": now}
        for visitor_id, one in visitors.items()
    ]
    put(session, Visitor, rows)


def channels(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """By which channels each customer can be reached, judged by identities and contact points of its own."""
    if not customer_ids:
        return {}
    kinds = select(IdentityRow.customer_id, IdentityRow.kind).where(among(IdentityRow.customer_id, customer_ids))
    points = select(Contact.customer_id, literal("contact/") + Contact.channel).where(
        among(Contact.customer_id, customer_ids), Contact.state != "removed"
    )
    found: dict[UUID, set[str]] = {one: set() for one in customer_ids}
    for customer_id, kind in session.execute(kinds.union(points)):
        found[customer_id].update(_opened(kind))
    return {one: sorted(some) for one, some in found.items()}


def _opened(kind: str) -> Collection[str]:
    point, _, channel = kind.rpartition("/")
    return CONTACT_CHANNELS.get(channel, (channel,)) if point else CHANNELS.get(kind, ())


def remove(session: Session, customer_ids: Collection[UUID], identity_id: UUID) -> UUID | None:
    """Forget an identity of one of these ids; which id it was of, None when there is no such."""
    statement = delete(IdentityRow).where(
        IdentityRow.identity_id == identity_id, among(IdentityRow.customer_id, customer_ids)
    )
    return session.scalar(statement.returning(IdentityRow.customer_id))


def release(session: Session, keys: Collection[Key]) -> list[UUID]:
    """Forget the identities of these keys; whose they were."""
    wanted = tuple_(IdentityRow.kind, IdentityRow.scope, IdentityRow.hash).in_(
        [(k.kind, k.scope, k.hash) for k in keys]
    )
    return list(session.scalars(delete(IdentityRow).where(wanted).returning(IdentityRow.customer_id)))


def of(session: Session, customer_ids: Collection[UUID]) -> list[dict[str, Any]]:
    """All identities of these ids, oldest first."""
    return [dict(row) for row in session.execute(OF, {"ids": list(customer_ids)}).mappings()]


def found(session: Session, key: Key) -> dict[str, Any]:
    """The identity of a key that is known."""
    statement = select(IdentityRow.__table__).where(
        IdentityRow.kind == key.kind, IdentityRow.scope == key.scope, IdentityRow.hash == key.hash
    )
    return dict(session.execute(statement).mappings().one())


def owners(session: Session, wanted: Collection[tuple[str, bytes]]) -> dict[tuple[str, bytes], list[tuple[str, UUID]]]:
    """By kind and hash: every scope in which an identity is known, and whose it is there."""
    statement = select(IdentityRow.kind, IdentityRow.hash, IdentityRow.scope, IdentityRow.customer_id)
    rows = session.execute(
        statement.where(tuple_(IdentityRow.kind, IdentityRow.hash).in_(wanted)).order_by(IdentityRow.created_at)
    )
    found: dict[tuple[str, bytes], list[tuple[str, UUID]]] = {}
    for kind, hash_, scope, customer_id in rows:
        found.setdefault((kind, bytes(hash_)), []).append((scope, customer_id))
    return found
