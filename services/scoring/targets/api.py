"""Targets over HTTP."""

from typing import Any

from services.scoring.targets import usecases
from services.scoring.targets.schemas import DriversOut, LikelyOut, TargetKind
from shared.jobs import Job
from shared.web.dependencies import CurrentCaller, CurrentRuntime, Now, Page, ReadSession, WriteSession
from shared.web.jobs import JobOut
from shared.web.routing import OWN, REQUIRED, Router
from shared.web.schemas import Listing

router = Router("/targets/{kind}", tag="Targets")


@router.post(
    "/tree",
    scope="scoring:write",
    idempotency=REQUIRED,
    status_code=202,
    location="/jobs/{id}",
    response_model=JobOut,
)
def grow_tree(kind: TargetKind, session: WriteSession, runtime: CurrentRuntime, now: Now) -> Job:
    """Tell who has a target by a readable tree, as a job whose result has the leaves in words and as segment rules."""
    return usecases.start(session, runtime.service, kind, now)


@router.get("/drivers", scope="scoring:read")
def read_drivers(kind: TargetKind, session: ReadSession) -> DriversOut:
    """What drives a target, with intervals, as of its last tree."""
    return usecases.drivers(session, kind)


@router.get("/customers", scope="scoring:read", managers=OWN, response_model=Listing[LikelyOut])
def list_likely(kind: TargetKind, session: ReadSession, page: Page, caller: CurrentCaller) -> Any:
    """Customers by how likely the target is: everybody for `churned`, those who are not there yet for the others."""
    return usecases.likely(session, kind, page, caller)
