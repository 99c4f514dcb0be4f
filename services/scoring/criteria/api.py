"""Criteria and value classes over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query

from services.scoring.criteria import usecases
from services.scoring.criteria.schemas import By, ClassesOut, ClassMemberOut, CriteriaOut
from services.scoring.customers import usecases as customers
from services.scoring.evidence import usecases as evidences
from shared.web.dependencies import CurrentCaller, CurrentRuntime, Now, Page, ReadSession
from shared.web.routing import OWN, Router
from shared.web.schemas import Code, Listing

router = Router("", tag="Criteria")


@router.get("/customers/{customer_id}/criteria", scope="scoring:read")
def read_criteria(customer_id: UUID, session: ReadSession, runtime: CurrentRuntime, now: Now) -> CriteriaOut:
    """What a customer is worth by revenue, loyalty, influence and growth, and the class that gives."""
    person = customers.person(session, customer_id, runtime.settings)
    found = evidences.one(session, person, runtime.settings, now)
    return usecases.of(session, *found, runtime.settings.base_currency)


@router.get("/value-classes", scope="scoring:read")
def read_classes(session: ReadSession, runtime: CurrentRuntime) -> ClassesOut:
    """How many customers are in each value class and what they bring; the same by ABC and as a pyramid."""
    return usecases.classes(session, runtime.settings.base_currency)


@router.get(
    "/value-classes/{code}/customers", scope="scoring:read", managers=OWN, response_model=Listing[ClassMemberOut]
)
def list_class(
    code: Annotated[Code, Path(examples=["key"])],
    *,
    session: ReadSession,
    runtime: CurrentRuntime,
    page: Page,
    caller: CurrentCaller,
    by: Annotated[By, Query(description="What the code is of: classes, ABC or the pyramid.")] = "class",
) -> Any:
    """The customers of a class or group, the most valuable first: by composite, of ABC and the pyramid by spend."""
    return usecases.members(session, by, code, page, caller, currency=runtime.settings.base_currency)
