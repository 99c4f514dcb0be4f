"""Statements about markets."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.profile.markets.schemas import NewFacts
from services.profile.markets.tables import RegionFacts, RegionStrategy
from shared.db import NOTHING, REPLACE, put

LOCKED = text("SELECT version FROM region_strategy WHERE code = :code FOR UPDATE")


def put_facts(session: Session, code: str, facts: NewFacts, now: datetime) -> RegionFacts:
    """Set the facts of a day."""
    row = {"code": code, **facts.model_dump(), "recorded_at": now}
    put(session, RegionFacts, [row], on_conflict=REPLACE)
    return session.get_one(RegionFacts, (code, facts.as_of), populate_existing=True)


def put_strategy(session: Session, code: str, values: dict[str, Any], now: datetime) -> RegionStrategy:
    """Set the strategy of a region and draw its next version."""
    first = {"code": code, **values, "version": 0, "updated_at": now}
    put(session, RegionStrategy, [first], on_conflict=NOTHING)
    version = session.scalars(LOCKED, {"code": code}).one()
    put(session, RegionStrategy, [first | {"version": version + 1}], on_conflict=REPLACE)
    return session.get_one(RegionStrategy, code, populate_existing=True)


def newest(session: Session, code: str) -> RegionFacts | None:
    """The newest facts of a region."""
    wanted = select(RegionFacts).where(RegionFacts.code == code)
    return session.scalars(wanted.order_by(RegionFacts.as_of.desc()).limit(1)).first()
