"""Levels over time over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from services.scoring.customers import usecases as customers
from services.scoring.levels import repository
from services.scoring.levels.schemas import HeldOut, LevelChangeOut
from shared.web.dependencies import CurrentRuntime, Now, Page, ReadSession
from shared.web.routing import Router
from shared.web.schemas import Code, Instant, Listing, Many

router = Router("/customers/{customer_id}/levels", tag="Levels")
Names = Annotated[Many[Code] | None, Query(description="Of these only.", examples=["value_class,lifecycle"])]


@router.get("", scope="scoring:read", response_model=HeldOut)
def read_levels(
    customer_id: UUID, session: ReadSession, runtime: CurrentRuntime, now: Now, as_of: Instant | None = None
) -> Any:
    """Every level that a customer holds, or held at an instant, and since when."""
    person, instant = customers.person(session, customer_id, runtime.settings), as_of or now
    held = repository.at(session, person, instant)
    return {"customer_id": person, "as_of": instant, "levels": list(held.values())}


@router.get("/history", scope="scoring:read", response_model=Listing[LevelChangeOut])
def list_level_history(
    customer_id: UUID, session: ReadSession, runtime: CurrentRuntime, page: Page, name: Names = None
) -> Any:
    """The levels that a customer held, the latest first."""
    return repository.of(session, customers.person(session, customer_id, runtime.settings), name, page)
