"""Statements about audiences."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.audiences import rules
from services.engagement.audiences.rules import Audience
from shared.db import among as among_ids
from shared.linking import CustomerRef


def among(session: Session, audience: Audience, canonical_ids: Collection[UUID]) -> set[UUID]:
    """Which of these people an audience means."""
    wanted = select(CustomerRef.canonical_id).distinct().where(among_ids(CustomerRef.canonical_id, canonical_ids))
    return set(session.scalars(wanted.where(rules.meant(audience, CustomerRef.canonical_id))))
