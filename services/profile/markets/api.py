"""Markets over HTTP."""

from services.profile.markets import usecases
from services.profile.markets.schemas import FactsOut, MarketOut, NewFacts, NewStrategy, StrategyOut
from services.profile.markets.tables import RegionFacts, RegionStrategy
from services.profile.regions.schemas import RegionPath
from shared.web.dependencies import Now, ReadSession, WriteSession
from shared.web.routing import ALL, Router

router = Router("/regions/{code}", tag="Markets")


@router.get("", scope="profile:read", managers=ALL)
def read_market(code: RegionPath, session: ReadSession) -> MarketOut:
    """One region, the newest facts about its market, and the strategy for it."""
    return usecases.read(session, code)


@router.put("/facts", scope="profile:admin", response_model=FactsOut)
def put_facts(code: RegionPath, body: NewFacts, session: WriteSession, now: Now) -> RegionFacts:
    """Set what is known of the market on a day: households, firms, size, competitors."""
    return usecases.put_facts(session, code, body, now)


@router.put("/strategy", scope="profile:write", response_model=StrategyOut)
def put_strategy(code: RegionPath, body: NewStrategy, session: WriteSession, now: Now) -> RegionStrategy:
    """Set what to do in the region, who sees to it, and when to look again."""
    return usecases.put_strategy(session, code, body, now)
