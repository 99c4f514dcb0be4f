"""HTTP: `/alert-routes`."""

from uuid import UUID

from services.engagement.alert_routes import rules, usecases
from services.engagement.alert_routes.schemas import NewRoute, RouteOut, RoutePatch
from shared.web.dependencies import CurrentRuntime, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/alert-routes", tag="Staff alerts")
READ, ADMIN = "engagement:read", "engagement:admin"


@router.get("", scope=READ)
def list_routes(session: ReadSession, page: Page) -> Listing[RouteOut]:
    """Where staff are told of escalations, by code."""
    found = usecases.listed(session, page)
    return Listing(items=[rules.shown(one) for one in found.items], next_cursor=found.next_cursor)


@router.post("", scope=ADMIN, status_code=201, location="/alert-routes/{id}")
def create_route(body: NewRoute, session: WriteSession, runtime: CurrentRuntime, now: Now) -> RouteOut:
    """Have staff told of escalations by mail, by a signed webhook, or in a group of WeCom, DingTalk or Feishu."""
    return rules.shown(usecases.create(session, runtime.settings, body, now))


@router.get("/{route_id}", scope=READ)
def read_route(route_id: UUID, session: ReadSession) -> RouteOut:
    """One way. What opens it is written and never read."""
    return rules.shown(usecases.get(session, route_id))


@router.patch("/{route_id}", scope=ADMIN)
def edit_route(
    route_id: UUID, body: RoutePatch, *, session: WriteSession, runtime: CurrentRuntime, if_match: IfMatch, now: Now
) -> RouteOut:
    """Change a way (JSON Merge Patch), also for what waits to be told."""
    return rules.shown(usecases.edit(session, runtime.settings, route_id, body, if_match=if_match, now=now))


@router.delete("/{route_id}", scope=ADMIN)
def archive_route(route_id: UUID, session: WriteSession, now: Now) -> None:
    """Tell nothing more that way; what was told stays readable."""
    usecases.archive(session, route_id, now)
