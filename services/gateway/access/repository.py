"""Statements about keys and their secrets."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from services.gateway.access.tables import ApiKey, ApiKeySecret
from shared.db import among, put


def get(session: Session, key_id: UUID) -> ApiKey | None:
    """One key, also a revoked one."""
    return session.get(ApiKey, key_id)


def named(session: Session, name: str) -> ApiKey | None:
    """The newest key of a name that is not revoked."""
    statement = select(ApiKey).where(ApiKey.name == name, ApiKey.revoked_at.is_(None))
    return session.scalars(statement.order_by(ApiKey.created_at.desc()).limit(1)).first()


def add(session: Session, key: Mapping[str, Any]) -> None:
    """Store a new key."""
    put(session, ApiKey, [key])


def change(session: Session, key_id: UUID, values: Mapping[str, Any]) -> None:
    """Set fields of a key and draw its next version."""
    session.execute(update(ApiKey).where(ApiKey.id == key_id).values(version=ApiKey.version + 1, **values))


def add_secret(session: Session, secret: Mapping[str, Any]) -> None:
    """Store the hash of a new secret."""
    put(session, ApiKeySecret, [secret])


def live_secrets(session: Session, key_id: UUID, now: datetime) -> Sequence[ApiKeySecret]:
    """The secrets that still open, newest first."""
    live = or_(ApiKeySecret.expires_at.is_(None), ApiKeySecret.expires_at > now)
    statement = select(ApiKeySecret).where(ApiKeySecret.key_id == key_id, live)
    return session.scalars(statement.order_by(ApiKeySecret.created_at.desc(), ApiKeySecret.id.desc())).all()


def secrets_of(session: Session, key_ids: Sequence[UUID]) -> Sequence[ApiKeySecret]:
    """All secrets of some keys, newest first."""
    statement = select(ApiKeySecret).where(ApiKeySecret.key_id.in_(key_ids))
    return session.scalars(statement.order_by(ApiKeySecret.created_at.desc(), ApiKeySecret.id.desc())).all()


def end_secrets(session: Session, secret_ids: Sequence[UUID], at: datetime) -> None:
    """Let secrets open until `at`, or as long as they do if that is shorter."""
    longer = or_(ApiKeySecret.expires_at.is_(None), ApiKeySecret.expires_at > at)
    session.execute(update(ApiKeySecret).where(among(ApiKeySecret.id, secret_ids), longer).values(expires_at=at))
