"""Erasures over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from services.profile.holdings import HOLDINGS, UNSORTED
from services.profile.imports.mentions import usecases as mentions
from services.profile.privacy import repository, usecases
from services.profile.privacy.schemas import ErasureFilter, ErasureOut
from services.profile.privacy.tables import Erasure
from shared.web import exports
from shared.web.dependencies import CurrentCaller, Now, Page, ReadSession, WriteSession
from shared.web.pagination import paginate
from shared.web.routing import REQUIRED, Router
from shared.web.schemas import Listing

router = Router("", tag="Privacy")
export = exports.router(HOLDINGS, usecases.members, UNSORTED, repository.traces, mentions.told)
SORTS = {"requested_at": (Erasure.requested_at, Erasure.erasure_id)}


@router.post(
    "/customers/{customer_id}/erasure",
    scope="profile:admin",
    idempotency=REQUIRED,
    status_code=202,
    location="/erasures/{id}",
    response_model=ErasureOut,
)
def erase_customer(customer_id: UUID, session: WriteSession, caller: CurrentCaller, now: Now) -> Erasure:
    """Forget a person, with all linked ids, in all services. From now on they read as 410 `erased`."""
    return usecases.get(session, usecases.request(session, customer_id, caller.id, now))


@router.get("/erasures", scope="profile:admin", response_model=Listing[ErasureOut])
def list_erasures(session: ReadSession, page: Page, wanted: Annotated[ErasureFilter, Depends()]) -> Any:
    """Erasures, the newest first."""
    return paginate(session, repository.listed(wanted), page, SORTS, default="-requested_at")


@router.get("/erasures/{erasure_id}", scope="profile:admin", response_model=ErasureOut)
def read_erasure(erasure_id: UUID, session: ReadSession) -> Erasure:
    """How far an erasure is; once completed with its proof."""
    return usecases.get(session, erasure_id)
