"""Strategies and plans over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from services.scoring.customers import usecases as customers
from services.scoring.schemes.schemas import Locale
from services.scoring.segments import usecases as segments
from services.scoring.strategies import repository, usecases
from services.scoring.strategies.schemas import AppliesKind, NewStrategy, PlanOut, StrategyOut, StrategyPatch
from services.scoring.strategies.tables import Strategy
from shared.web.dependencies import CurrentRuntime, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import ALL, Router
from shared.web.schemas import Code, Listing, Many

router = Router("", tag="Strategies")
Segments = Annotated[
    Many[Code] | None, Query(description="Ids of segments to suppose; by default those the customer is in.")
]


@router.get("/strategies", scope="scoring:read", managers=ALL, response_model=Listing[StrategyOut])
def list_strategies(session: ReadSession, page: Page, kind: Many[AppliesKind] | None = None) -> Any:
    """Strategies in use, the most important first."""
    return repository.listed(session, page, kind)


@router.post(
    "/strategies", scope="scoring:write", status_code=201, location="/strategies/{id}", response_model=StrategyOut
)
def create_strategy(body: NewStrategy, session: WriteSession, now: Now) -> Strategy:
    """Add a strategy."""
    return usecases.create(session, body, now)


@router.get("/strategies/{strategy_id}", scope="scoring:read", managers=ALL, response_model=StrategyOut)
def read_strategy(strategy_id: UUID, session: ReadSession) -> Strategy:
    """One strategy."""
    return usecases.get(session, strategy_id)


@router.patch("/strategies/{strategy_id}", scope="scoring:write", response_model=StrategyOut)
def edit_strategy(
    strategy_id: UUID, body: StrategyPatch, session: WriteSession, if_match: IfMatch, now: Now
) -> Strategy:
    """Change a strategy (JSON Merge Patch)."""
    return usecases.edit(session, strategy_id, body, if_match, now)


@router.delete("/strategies/{strategy_id}", scope="scoring:write")
def archive_strategy(strategy_id: UUID, session: WriteSession, now: Now) -> None:
    """Take a strategy out of use."""
    usecases.archive(session, strategy_id, now)


@router.get("/customers/{customer_id}/strategy", scope="scoring:read", response_model=PlanOut)
def read_plan(
    customer_id: UUID,
    *,
    session: ReadSession,
    runtime: CurrentRuntime,
    now: Now,
    locale: Locale = "zh",
    segment: Segments = None,
) -> Any:
    """How a customer is served: all strategies that apply, merged by priority, each part with where it comes from."""
    person = customers.person(session, customer_id, runtime.settings)
    known = segments.of(session, person) if segment is None else segment
    return usecases.plan(session, person, known, locale, now)
