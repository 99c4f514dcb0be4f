"""Customers in each service with whatever a path can name of them, and bodies that its routes take."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from services.engagement.appointments.tables import Appointment
from services.engagement.broadcasts.tables import CampaignMember
from services.engagement.campaigns.tables import Campaign
from services.engagement.care.tables import CareOccurrence
from services.engagement.messages.tables import Message
from services.engagement.surveys.answers.tables import SurveyResponse
from services.engagement.surveys.invitations.tables import SurveyInvitation
from services.engagement.tasks.tables import Task
from services.engagement.winback.tables import WinbackCase
from services.profile.segments.evaluations.tables import SegmentMember
from services.scoring.assessments import usecases as assessments
from services.scoring.challengers.rankings.tables import RankedCustomer
from services.scoring.models import usecases as models
from services.scoring.targets.usecases import stored_as
from services.scoring.warnings.tables import ChurnWarning
from shared.ids import new_id
from tests.contracts.worlds import Operation, World
from tests.scoring.events import order

Maker = Callable[[World, UUID], str]
LEVEL = "dimension.power=high"
BEGAN = count(1)


def person(here: World, manager_id: UUID | None, team_id: UUID | None = None) -> UUID:
    """A customer whom a manager looks after, and of whom the service knows what its routes tell."""
    return here.give(BORN[here.service](here), manager_id, team_id)


def path_of(here: World, operation: Operation, customer_id: UUID) -> str:
    """The path of an operation that names fresh things of a customer's."""
    made = {name: (_maker(here, operation, name) or _nothing)(here, customer_id) for name in operation.parameters}
    return operation.template.format_map(made | {"customer_id": customer_id})


def is_known(here: World, operation: Operation) -> bool:
    """Whether all that it takes is made here as it has to be, so that it answers the owner."""
    asked = operation.declared.get("requestBody", {}).get("required", False)
    named = all(_told(here, operation, name) for name in operation.parameters)
    return named and (not asked or str(operation) in BODIES)


def fills(here: World, operation: Operation) -> bool:
    """Whether a row of a customer's in a list can be made."""
    return str(operation) in LISTED or (operation.parameters != [] and is_known(here, operation))


def is_owned(here: World, operation: Operation) -> bool:
    """Whether it is about something of a customer's that can be made, be it only a row with the least there may be."""
    about = operation.about_one or str(operation) in ABOUT_BODY
    return about or any(_maker(here, operation, name) for name in operation.parameters)


def _told(here: World, operation: Operation, name: str) -> Maker | None:
    makers = MAKERS[here.service]
    return makers.get(f"{operation} {name}") or makers.get(name)


def _maker(here: World, operation: Operation, name: str) -> Maker | None:
    table = here.table_by_key(name)
    plain: Maker = lambda here, customer: here.least(table, name, customer)  # noqa: E731
    return _told(here, operation, name) or (None if table is None else plain)


def row_of(here: World, operation: Operation, customer_id: UUID) -> str:
    """The path of a list, in which there is a row of a customer's from now on."""
    LISTED.get(str(operation), _nothing)(here, customer_id)
    return path_of(here, operation, customer_id)


def body_of(here: World, operation: Operation, customer_id: UUID) -> Any:
    """What an operation is sent, to say something about a customer where it is about one."""
    return BODIES[str(operation)](here, customer_id) if str(operation) in BODIES else None


def _nothing(here: World, customer: UUID) -> str:
    return str(customer)


def _external() -> dict[str, str]:
    return {"kind": "external", "value": uuid4().hex, "source": "shop"}


def _met(here: World) -> UUID:
    who = {"kind": "external", "value": uuid4().hex}
    return UUID(here.post("/v1/customers", {"source": "shop", "identities": [who]})["id"])


def _assessed(here: World) -> UUID:
    customer, first = new_id(), uuid4().int % 10**9
    here.hear(*(order(customer, first + at, day=30 * at) for at in range(3)))
    assessments.assess_due(here.runtime)
    return customer


def _under(path: str, body: Callable[[], Any]) -> Maker:
    """Something that is posted below a customer."""
    return lambda here, customer: str(here.post(f"/v1/customers/{customer}/{path}", body())["id"])


def _once(path: str, body: Callable[[], Any]) -> Maker:
    """Something of the merchant's, the same for all."""

    def made(here: World, customer: UUID) -> str:
        if path not in here.known:
            here.known[path] = str(here.post(path, body())["id"])
        return here.known[path]

    return made


def _contact() -> dict[str, str]:
    return {"channel": "email", "value": f"{uuid4().hex[:12]}@example.com"}


def _order(here: World, customer: UUID) -> str:
    own = _external()
    here.post(f"/v1/customers/{customer}/identities", own)
    body = {"source": "shop", "order_id": uuid4().hex, "status": "paid", "placed_at": "2026-11-22T03:00:00Z"}
    who = {"kind": "external", "value": own["value"]}
    said = {"currency": "CNY", "totals": {"total": "95.00"}, "identities": [who]}
    return str(here.post("/v1/orders", body | said)["id"])


STATIC = _once("/v1/segments", lambda: {"code": "vip", "name": "VIP", "kind": "static"})
SURVEY = {
    **{"code": "how", "titles": {"en": "How was it?"}, "trigger": {"kind": "manual"}, "template": "survey"},
    **{"questions": [{"code": "csat", "kind": "csat", "required": True}], "channels": ["email"]},
}


def _member(here: World, customer: UUID) -> str:
    segment = STATIC(here, customer)
    here.store(SegmentMember, segment_id=UUID(segment), customer_id=customer)
    return segment


def _ruled(here: World, customer: UUID) -> str:
    rule = {"field": "orders.count", "op": "at_least", "value": 1, "window": {"days": 30}}
    return str(here.post("/v1/segments", {"code": f"s-{uuid4().hex[:8]}", "name": "Buyers", "rule": rule})["id"])


def _manager(here: World, customer: UUID) -> str:
    team = _once("/v1/teams", lambda: {"code": "east", "name": "East"})(here, customer)
    return _once("/v1/managers", lambda: {"code": "E-1", "name": "Li", "team_id": team})(here, customer)


def _warning(here: World, customer: UUID) -> str:
    """The one that scoring raised, or else one like it: nobody has two."""
    with here.runtime.database.reading() as session:
        raised = session.scalar(select(ChurnWarning.warning_id).where(ChurnWarning.customer_id == customer))
    return str(raised or here.store(ChurnWarning, customer_id=customer)["warning_id"])


def _class(here: World, customer: UUID) -> str:
    return str(here.call("GET", f"/v1/customers/{customer}/criteria").json()["value_class"])


def _ranked(here: World, customer: UUID) -> str:
    if LEVEL not in here.known:
        with here.runtime.database.transaction() as session:
            models.offer(session, stored_as(LEVEL), {}, {"base_rate": 0.5}, here.runtime.now())
        here.known[LEVEL] = LEVEL
    here.store(RankedCustomer, target=LEVEL, customer_id=customer, probability=0.5)
    return LEVEL


def _message(status: str) -> Maker:
    said = {"purpose": "marketing", "channels": ["email"], "channel": "email", "context": {}}
    tried = {"channel": "email", "provider": "sink", "at": "2026-11-25T07:00:00Z", "result": None, "reason": None}

    def made(here: World, customer: UUID) -> str:
        ends = here.runtime.now() + timedelta(days=1)
        row = here.store(Message, customer_id=customer, status=status, expires_at=ends, attempts=[tried], **said)
        return str(row["message_id"])

    return made


def _case(here: World, customer: UUID) -> str:
    return str(here.store(WinbackCase, customer_id=customer, status="open")["case_id"])


def _task(here: World, customer: UUID) -> str:
    said = {"kind": "call", "status": "open", "cause": "manual", "role": "account_manager", "priority": 2}
    due_at = here.runtime.now() + timedelta(hours=1)
    return str(here.store(Task, customer_id=customer, facts={}, due_at=due_at, **said)["task_id"])


def _appointment(here: World, customer: UUID) -> str:
    """One that has begun, so that all may become of it; none at the time of another."""
    service = here.call("GET", "/v1/appointment-services").json()["items"][0]["id"]
    said = {"service_id": UUID(service), "status": "booked", "source": "staff"}
    starts_at = here.runtime.now() - next(BEGAN) * timedelta(minutes=30)
    ends_at = starts_at + timedelta(minutes=30)
    row = here.store(Appointment, customer_id=customer, starts_at=starts_at, ends_at=ends_at, **said)
    return str(row["appointment_id"])


def _survey(here: World, customer: UUID) -> str:
    """A live one that the customer was invited to and that somebody like them answered."""
    survey = _once("/v1/surveys", lambda: SURVEY)(here, customer)
    if "published" not in here.known:
        here.post(f"/v1/surveys/{survey}/publish")
        here.known["published"] = survey
    here.store(SurveyInvitation, survey_id=UUID(survey), customer_id=customer, status="declined")
    said = {"source": "staff", "ratings": {}, "choices": {}}
    here.store(SurveyResponse, survey_id=UUID(survey), customer_id=customer, **said)
    return survey


def _unasked(here: World, customer: UUID) -> str:
    made = here.post("/v1/surveys", SURVEY | {"code": f"s-{uuid4().hex[:8]}"})["id"]
    here.post(f"/v1/surveys/{made}/publish")
    return str(made)


def _campaign(here: World, customer: UUID) -> str:
    if "campaign" not in here.known:
        said: dict[str, Any] = {"audience": {}, "window": {}, "attribution": {}}
        here.known["campaign"] = str(here.store(Campaign, status="running", **said)["campaign_id"])
    here.store(CampaignMember, campaign_id=UUID(here.known["campaign"]), customer_id=customer)
    return here.known["campaign"]


def _rule(here: World, customer: UUID) -> str:
    rule: str = here.call("GET", "/v1/care-rules").json()["items"][0]["id"]
    here.store(CareOccurrence, rule_id=UUID(rule), customer_id=customer, status="skipped")
    return rule


def _asked(here: World, customer: UUID) -> dict[str, Any]:
    said = {"template": "birthday", "purpose": "marketing", "topic": "care", "channels": ["email"]}
    return said | {"customer_id": str(customer)}


def _said(body: Any) -> Callable[[World, UUID], Any]:
    return lambda here, customer: body


BORN: dict[str, Callable[[World], UUID]] = {
    "profile": _met,
    "scoring": _assessed,
    "engagement": lambda here: new_id(),
}
MAKERS: dict[str, dict[str, Maker]] = {
    "profile": {
        "contact_id": _under("contacts", _contact),
        "note_id": _under("notes", lambda: {"text": "Prefers a call."}),
        "identity_id": _under("identities", _external),
        "customer_id": _nothing,
        "tag": _said("vip"),
        "role": _said("account_manager"),
        "household_id": _once("/v1/households", dict),
        "organisation_id": _once("/v1/organisations", lambda: {"name": "West Lake Hotels"}),
        "segment_id": _member,
        "GET /v1/segments/{segment_id}/members/{customer_id}/explanation segment_id": _ruled,
        "order": _order,
    },
    "scoring": {
        "customer_id": _nothing,
        "warning_id": _warning,
        "code": _class,
        "kind": _ranked,
    },
    "engagement": {
        "customer_id": _nothing,
        "message_id": _message("queued"),
        "POST /v1/messages/{message_id}/settle message_id": _message("unknown"),
        "case_id": _case,
        "task_id": _task,
        "appointment_id": _appointment,
        "survey_id": _survey,
        "POST /v1/customers/{customer_id}/surveys/{survey_id}/answers survey_id": _unasked,
        "campaign_id": _campaign,
        "rule_id": _rule,
    },
}
LISTED: dict[str, Maker] = {
    "GET /v1/customers": _nothing,
    "GET /v1/orders": _order,
    "GET /v1/warnings": _warning,
    "GET /v1/messages": _message("queued"),
    "GET /v1/winback-cases": _case,
    "GET /v1/tasks": _task,
    "GET /v1/tasks/today": _task,
    "GET /v1/appointments": _appointment,
}
ABOUT_BODY = ("POST /v1/messages", "POST /v1/messages/decision")
BODIES: dict[str, Callable[[World, UUID], Any]] = {
    "PATCH /v1/customers/{customer_id}": _said({"city": "Hangzhou"}),
    "PATCH /v1/customers/{customer_id}/contacts/{contact_id}": _said({"label": "work"}),
    "PATCH /v1/customers/{customer_id}/notes/{note_id}": _said({"text": "Prefers a message."}),
    "POST /v1/customers/{customer_id}/consents": _said(
        {"purpose": "newsletter", "state": "granted", "source": "desk"},
    ),
    "POST /v1/customers/{customer_id}/contacts": lambda here, customer: _contact(),
    "POST /v1/customers/{customer_id}/identities": lambda here, customer: _external(),
    "POST /v1/customers/{customer_id}/notes": _said({"text": "Prefers a call."}),
    "PUT /v1/customers/{customer_id}/preferences": _said({"preferred_channel": "email"}),
    "PUT /v1/customers/{customer_id}/assignments/{role}": lambda here, customer: {
        "manager_id": _manager(here, customer),
    },
    "PUT /v1/customers/{customer_id}/tier": _said(
        {"tier": "gold", "reason": "after a complaint", "until": "2027-06-01T00:00:00Z"},
    ),
    "POST /v1/warnings/{warning_id}/dismiss": _said({"reason": "called"}),
    "POST /v1/customers/{customer_id}/surveys/{survey_id}/answers": _said({"answers": {"csat": 4}}),
    "PATCH /v1/tasks/{task_id}": _said({"priority": 1}),
    "POST /v1/tasks/{task_id}/complete": _said({"outcome": "satisfied"}),
    "POST /v1/tasks/{task_id}/reschedule": _said({"due_at": "2026-12-01T02:00:00Z"}),
    "POST /v1/tasks/{task_id}/reassign": _said({}),
    "PATCH /v1/appointments/{appointment_id}": _said({"note": "Brings the old one."}),
    "POST /v1/winback-cases/{case_id}/contact": _said({"channel": "phone"}),
    "POST /v1/winback-cases/{case_id}/close": _said({"outcome": "closed"}),
    "POST /v1/winback-cases/{case_id}/offer": _said({}),
    "POST /v1/messages/{message_id}/settle": _said({"outcome": "sent"}),
    "POST /v1/messages": _asked,
    "POST /v1/messages/decision": _asked,
    "POST /v1/customers/lookup": _said({"identities": []}),
}
