"""Tiers over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path

from services.scoring.customers import usecases as customers
from services.scoring.levels import usecases as levels
from services.scoring.levels.schemas import LevelChangeOut
from services.scoring.tiers import usecases
from services.scoring.tiers.rules import Programme
from services.scoring.tiers.schemas import HeldTierOut, NewTier, TierOut, TierRule, TiersOut
from shared.errors import NotFound
from shared.web.dependencies import CurrentCaller, CurrentRuntime, Now, Page, ReadSession, WriteSession
from shared.web.routing import ALL, OWN, Router
from shared.web.schemas import Code, Listing

router = Router("", tag="Tiers")
TierCode = Annotated[Code, Path(examples=["gold"])]


@router.get("/tiers", scope="scoring:read", managers=ALL, response_model=TiersOut)
def list_tiers(session: ReadSession) -> Any:
    """All tiers of the scheme in force, with what they ask for and give."""
    programme: Programme = usecases.in_force(session)
    terms = {name: getattr(programme.scheme, name) for name in ("grace_days", "review_days")}
    return {"scheme_version": programme.version, "items": programme.ladder, **terms}


@router.get("/tiers/{code}", scope="scoring:read", managers=ALL, response_model=TierOut)
def read_tier(code: TierCode, session: ReadSession) -> TierRule:
    """One tier."""
    found = usecases.in_force(session).rule(code)
    if found is None:
        raise NotFound(f"There is no tier {code}.")
    return found


@router.get("/customers/{customer_id}/tier", scope="scoring:read", member=OWN, response_model=HeldTierOut)
def read_customers_tier(customer_id: UUID, session: ReadSession, runtime: CurrentRuntime, caller: CurrentCaller) -> Any:
    """The tier that a customer holds, until when, and what it gives."""
    person = customers.person(session, customer_id, runtime.settings)
    return usecases.get(session, person, with_reason=caller.kind != "member")


@router.get("/customers/{customer_id}/tier/history", scope="scoring:read", response_model=Listing[LevelChangeOut])
def list_customers_tiers(customer_id: UUID, session: ReadSession, runtime: CurrentRuntime, page: Page) -> Any:
    """The tiers that a customer held, the latest first."""
    person = customers.person(session, customer_id, runtime.settings)
    return levels.of(session, person, [usecases.TIER], page)


@router.put("/customers/{customer_id}/tier", scope="scoring:write", response_model=HeldTierOut)
def give_tier(customer_id: UUID, body: NewTier, session: WriteSession, runtime: CurrentRuntime, now: Now) -> Any:
    """Give a tier for some time, whatever the rules say. Afterwards the rules decide at once, without grace."""
    person = customers.person(session, customer_id, runtime.settings)
    usecases.pin(session, person, body, now)
    return usecases.get(session, person, with_reason=True)
