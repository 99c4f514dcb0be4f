"""The lifecycle over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from services.scoring.customers import usecases as customers
from services.scoring.evidence import usecases as evidences
from services.scoring.lifecycle import usecases
from services.scoring.lifecycle.schemas import DurationsOut, LifecycleOut, TransitionsOut
from shared.web.dependencies import CurrentRuntime, Now, ReadSession
from shared.web.routing import Router
from shared.web.schemas import Instant

router = Router("", tag="Lifecycle")
From = Annotated[Instant, Query(alias="from", description="The earlier instant.")]
To = Annotated[Instant, Query(description="The later one.")]


@router.get("/customers/{customer_id}/lifecycle", scope="scoring:read")
def read_lifecycle(
    customer_id: UUID, session: ReadSession, runtime: CurrentRuntime, now: Now, as_of: Instant | None = None
) -> LifecycleOut:
    """The stage of a customer now, or at an instant."""
    person = customers.person(session, customer_id, runtime.settings)
    evidence, _ = evidences.one(session, person, runtime.settings, as_of or now)
    return usecases.of(session, evidence)


@router.get("/lifecycle/matrix", scope="scoring:read", response_model=TransitionsOut)
def read_transitions(session: ReadSession, from_: From, to: To) -> Any:
    """How many customers went from one stage to another between two instants, or stayed."""
    return usecases.transitions(session, from_, to)


@router.get("/lifecycle/durations", scope="scoring:read", response_model=DurationsOut)
def read_durations(session: ReadSession, from_: From, to: To) -> Any:
    """How long customers stayed in the stages that they left between two instants."""
    return usecases.durations(session, from_, to)
