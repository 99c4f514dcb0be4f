"""HTTP: `/staff-alerts`, and the trial of a way."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from services.engagement.alert_routes.schemas import Trial, TrialOut
from services.engagement.alerts import repository, usecases
from services.engagement.alerts.schemas import AlertFilter, AlertOut
from services.engagement.alerts.tables import StaffAlert
from shared.web.dependencies import CurrentRuntime, Page, ReadSession
from shared.web.routing import IGNORED, Router
from shared.web.schemas import Listing

router = Router("/staff-alerts", tag="Staff alerts")
trials = Router("/alert-routes/{route_id}/test", tag="Staff alerts")
Wanted = Annotated[AlertFilter, Depends()]


@router.get("", scope="engagement:read")
def list_alerts(session: ReadSession, page: Page, wanted: Wanted) -> Listing[AlertOut]:
    """What staff were told of, newest first, on which way and with what success."""
    return repository.listed(session, page, wanted)  # type: ignore[return-value]


@router.get("/{alert_id}", scope="engagement:read", response_model=AlertOut)
def read_alert(alert_id: UUID, session: ReadSession) -> StaffAlert:
    """One alert and what became of it."""
    return repository.get(session, alert_id)


@trials.post("", scope="engagement:admin", idempotency=IGNORED)
def try_route(route_id: UUID, body: Trial, runtime: CurrentRuntime) -> TrialOut:
    """Show an alert as it would be sent that way; with `dry: false` send it, and see what comes of it.

    Asked again, it is sent again.
    """
    return usecases.rehearse(runtime, route_id, body)
