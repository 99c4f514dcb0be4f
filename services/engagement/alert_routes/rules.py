"""What a way must be told, and how it is shown. Pure."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from services.engagement.alert_routes.adapters import hook, mail, robots
from services.engagement.alert_routes.schemas import Hook, KeyedRobot, Mailbox, NewRoute, Notice, Robot, RouteOut
from services.engagement.alert_routes.tables import AlertRoute
from services.engagement.channels.schemas import Outcome
from shared.errors import FieldError
from shared.settings import Settings
from shared.web.schemas import Body
from shared.web.validation import field_errors

TARGETS: Mapping[str, type[Body]] = {
    "mail": Mailbox,
    "webhook": Hook,
    "wecom": KeyedRobot,
    "dingtalk": Robot,
    "feishu": Robot,
}
SENDERS: Mapping[str, Callable[[Settings, Any, Notice], Outcome]] = {
    "mail": mail.send,
    "webhook": hook.send,
    "wecom": robots.wecom,
    "dingtalk": robots.dingtalk,
    "feishu": robots.feishu,
}


def told(route: AlertRoute) -> Any:
    """Where a way leads. Raises pydantic.ValidationError for what is not complete."""
    return TARGETS[route.kind].model_validate(route.target)


def faults(draft: NewRoute, *, secure: bool) -> list[FieldError]:
    """What is wrong with where a way is to lead; `secure` refuses addresses without TLS."""
    found = []
    if secure and draft.target.get("url", "").startswith("http://"):
        found.append(FieldError("target.url", "not_allowed", "must begin with https://"))
    try:
        TARGETS[draft.kind].model_validate(draft.target)
    except ValidationError as error:
        found += [FieldError(f"target.{one.field}", one.code, one.message) for one in field_errors(error.errors())]
    return found


def hears(route: AlertRoute, cause: str, to: str) -> bool:
    """Whether a way is told of an escalation."""
    return cause in route.causes and to in route.to


def shown(route: AlertRoute) -> RouteOut:
    """A way without what opens it."""
    names = RouteOut.model_fields.keys() - {"id", "leads_to", "target_set"}
    leads_to = route.target.get("address") or urlsplit(route.target["url"]).netloc
    known = {name: getattr(route, name) for name in names}
    return RouteOut(id=route.route_id, leads_to=leads_to, target_set=sorted(route.target), **known)
