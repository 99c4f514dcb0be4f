"""Keeping what is known of markets, and what to do there."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.profile.managers import usecases as managers
from services.profile.markets import repository
from services.profile.markets.schemas import FactsOut, MarketOut, NewFacts, NewStrategy, StrategyOut
from services.profile.markets.tables import RegionFacts, RegionStrategy
from services.profile.regions import usecases as regions
from services.profile.regions.schemas import RegionOut


def put_facts(session: Session, code: str, facts: NewFacts, now: datetime) -> RegionFacts:
    """Set the facts of a day. Raises NotFound for an unknown region."""
    regions.get(session, code)
    return repository.put_facts(session, code, facts, now)


def put_strategy(session: Session, code: str, strategy: NewStrategy, now: datetime) -> RegionStrategy:
    """Set what to do in a region. Raises NotFound for an unknown region, Invalid for an owner who is not in use."""
    regions.get(session, code)
    managers.require(session, strategy.owner_id, "owner_id")
    return repository.put_strategy(session, code, strategy.model_dump(), now)


def read(session: Session, code: str) -> MarketOut:
    """A region with its market; raises NotFound."""
    region = RegionOut.model_validate(regions.get(session, code))
    facts, strategy = repository.newest(session, code), session.get(RegionStrategy, code)
    return MarketOut(
        **region.model_dump(),
        facts=None if facts is None else FactsOut.model_validate(facts),
        strategy=None if strategy is None else StrategyOut.model_validate(strategy),
    )
