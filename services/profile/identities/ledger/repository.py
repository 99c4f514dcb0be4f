"""Statements about the ledger."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.profile.identities.ledger.tables import ErasedIdentity
from services.profile.identities.schemas import Key
from services.profile.identities.tables import IdentityRow

ENTER = text(
    "INSERT INTO erased_identity AS e (kind, scope, hash, erased_at) "
    "SELECT kind, scope, hash, :at FROM identity WHERE customer_id = ANY(CAST(:ids AS uuid[])) "
    "ORDER BY kind, scope, hash "
    "ON CONFLICT (kind, scope, hash) DO UPDATE SET erased_at = greatest(e.erased_at, excluded.erased_at)"
)
ERASED = text(
    "SELECT e.kind, e.scope, e.hash, e.erased_at "
    "FROM unnest(CAST(:kinds AS text[]), CAST(:scopes AS text[]), CAST(:hashes AS bytea[])) AS k(kind, scope, hash) "
    "JOIN erased_identity e ON e.kind = k.kind AND e.scope = k.scope AND e.hash = k.hash"
)


def enter(session: Session, customer_ids: Collection[UUID], at: datetime) -> None:
    """Copy the keys of these ids' identities."""
    session.execute(ENTER, {"ids": list(customer_ids), "at": at})


def erased(session: Session, keys: Collection[Key]) -> dict[Key, datetime]:
    """Which of these identities were erased, and when."""
    if not keys:
        return {}
    binds = {"kinds": [k.kind for k in keys], "scopes": [k.scope for k in keys], "hashes": [k.hash for k in keys]}
    return {Key(row.kind, row.scope, bytes(row.hash)): row.erased_at for row in session.execute(ERASED, binds)}


def returned(session: Session) -> list[UUID]:
    """Owners of identities that were stored before they were erased."""
    same = (
        (IdentityRow.kind == ErasedIdentity.kind)
        & (IdentityRow.scope == ErasedIdentity.scope)
        & (IdentityRow.hash == ErasedIdentity.hash)
        & (IdentityRow.created_at <= ErasedIdentity.erased_at)
    )
    return list(session.scalars(select(IdentityRow.customer_id).join(ErasedIdentity, same).distinct()))
