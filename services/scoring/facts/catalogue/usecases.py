"""Storing facts about products and costs. Whoever's numbers rest on a cost that moved becomes due."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from services.scoring.facts import repository as facts
from services.scoring.facts.catalogue import repository
from services.scoring.facts.catalogue.tables import ProductFact, UnitCostsFact
from shared.contracts.engagement import UnitCostsPublished
from shared.contracts.profile import ProductRecorded


def record_products(session: Session, events: Sequence[ProductRecorded], now: datetime) -> None:
    """Keep the newest standing of each product."""
    skus = {event.sku for event in events}
    before = repository.costs_of(session, skus)
    facts.keep(session, ProductFact, events)
    after = repository.costs_of(session, skus)
    moved = [sku for sku in skus if after[sku] != before.get(sku)]
    if moved:
        repository.mark_buyers(session, moved, now)


def record_unit_costs(session: Session, events: Sequence[UnitCostsPublished], now: datetime) -> None:
    """Keep the newest form of each list."""
    if facts.keep(session, UnitCostsFact, events):
        repository.mark_contacted(session, now)
