"""Statements about audiences."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from services.engagement.audiences import rules
from services.engagement.audiences.rules import Audience
from services.engagement.audiences.schemas import Working
from shared.db import among as among_ids
from shared.linking import CustomerRef


def among(session: Session, audience: Audience, canonical_ids: Collection[UUID]) -> set[UUID]:
    """Which of these people an audience means."""
    wanted = select(CustomerRef.canonical_id).distinct().where(among_ids(CustomerRef.canonical_id, canonical_ids))
    return set(session.scalars(wanted.where(rules.meant(audience, CustomerRef.canonical_id))))


def at_work(session: Session, working: Working) -> Sequence[Audience]:
    """The audiences of all that works."""
    return session.scalars(select(working.table.audience).where(working.at_work)).all()


def naming(session: Session, working: Working, segment_ids: Collection[UUID]) -> Sequence[Any]:
    """What works over an audience that names one of these segments, under lock."""
    wanted = select(working.table).where(working.at_work, rules.naming(working.table.audience, segment_ids))
    return session.scalars(wanted.order_by(*inspect(working.table).primary_key).with_for_update()).all()
