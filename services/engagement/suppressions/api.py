"""HTTP: `/suppressions`."""

from uuid import UUID

from sqlalchemy import select

from services.engagement.channels.schemas import Addressed
from services.engagement.suppressions import usecases
from services.engagement.suppressions.schemas import NewSuppression, Reason, SuppressionOut
from services.engagement.suppressions.tables import Suppression
from shared.web.dependencies import Now, Page, ReadSession, WriteSession
from shared.web.pagination import paginate
from shared.web.routing import Router
from shared.web.schemas import Listing, Many

router = Router("/suppressions", tag="Suppressions")
SORTS = {"created_at": (Suppression.created_at, Suppression.suppression_id)}


@router.get("", scope="engagement:read")
def list_suppressions(
    session: ReadSession, page: Page, channel: Many[Addressed] | None = None, reason: Many[Reason] | None = None
) -> Listing[SuppressionOut]:
    """Addresses that are not written to, newest first; the addresses themselves are not kept."""
    wanted = select(Suppression)
    if channel:
        wanted = wanted.where(Suppression.channel.in_(channel))
    if reason:
        wanted = wanted.where(Suppression.reason.in_(reason))
    return paginate(session, wanted, page, SORTS)


@router.post("", scope="engagement:write", status_code=201, response_model=SuppressionOut)
def suppress_address(body: NewSuppression, session: WriteSession, now: Now) -> Suppression:
    """Never write to an address again. Repeating it answers the first one."""
    hashed = usecases.hash_of(body.channel, body.address)
    (suppression_id,) = usecases.suppress(session, [(body.channel, hashed, body.reason)], now)
    return session.get_one(Suppression, suppression_id)


@router.delete("/{suppression_id}", scope="engagement:admin")
def lift_suppression(suppression_id: UUID, session: WriteSession) -> None:
    """Allow an address again."""
    usecases.lift(session, suppression_id)
