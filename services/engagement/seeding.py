"""What a new deployment begins with; what the merchant changed since stays."""

from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy.orm import Session

from services.engagement.appointment_services import usecases as appointment_services
from services.engagement.appointment_services.schemas import NewService
from services.engagement.business_hours import usecases as business_hours
from services.engagement.business_hours.schemas import NewBusinessHours
from services.engagement.calendars import usecases as calendars
from services.engagement.calendars.schemas import NewCalendar, NewDay
from services.engagement.care import usecases as care
from services.engagement.care.schemas import NewCareRule
from services.engagement.channels import usecases as channels
from services.engagement.complaints.policy import usecases as complaint_policy
from services.engagement.complaints.terms import usecases as terms
from services.engagement.complaints.terms.schemas import NewTerm
from services.engagement.holdings import TERMS
from services.engagement.policies import usecases as policies
from services.engagement.slas.policies import usecases as sla_policies
from services.engagement.slas.policies.schemas import NewSlaPolicy
from services.engagement.surveys import usecases as surveys
from services.engagement.surveys.schemas import NewSurvey
from services.engagement.task_outcomes import usecases as task_outcomes
from services.engagement.task_outcomes.schemas import NewOutcome
from services.engagement.task_policies import usecases as task_policies
from services.engagement.templates import usecases as templates
from services.engagement.templates.schemas import NewTemplate
from services.engagement.winback_offers import usecases as winback_offers
from services.engagement.winback_offers.schemas import NewOffer
from shared import retention
from shared.settings import Settings

FOLDER = Path(__file__).with_name("seeds")


def seed(session: Session, now: datetime, settings: Settings) -> None:
    """Load what there is in `seeds`; safe to repeat. Care rules and surveys work in development only."""
    retention.ensure(session, TERMS, now)
    policies.ensure(session, _read("sending_policy"), now)
    channels.ensure(session, _read("channels"), now)
    templates.ensure(session, [NewTemplate.model_validate(_joined(one)) for one in _read("templates")], now)
    calendars.ensure(session, [_calendar(one) for one in _read("calendars")], now)
    zone = {"time_zone": settings.business_time_zone}
    worked = [NewBusinessHours.model_validate(one | zone) for one in _read("business_hours")]
    business_hours.ensure(session, worked, now)
    sla_policies.ensure(session, [NewSlaPolicy.model_validate(one) for one in _read("sla_policies")], now)
    complaint_policy.ensure(session, _read("complaint_policy"), now)
    terms.ensure(session, "category", [NewTerm.model_validate(one) for one in _read("complaint_categories")], now)
    terms.ensure(session, "cause", [NewTerm.model_validate(one) for one in _read("root_causes")], now)
    booked = [NewService.model_validate(one) for one in _read("appointment_services")]
    appointment_services.ensure(session, booked, now)
    task_policies.ensure(session, _read("task_policy"), now)
    task_outcomes.ensure(session, [NewOutcome.model_validate(one) for one in _read("task_outcomes")], now)
    offered = [NewOffer.model_validate(one) for one in _read("winback_offers")]
    winback_offers.ensure(session, offered, now)
    rules = [NewCareRule.model_validate(one) for one in _read("care_rules")]
    care.ensure(session, rules, now, active=settings.env == "development")
    asked = [NewSurvey.model_validate(one) for one in _read("surveys")]
    surveys.ensure(session, asked, now, live=settings.env == "development")


def _read(name: str) -> Any:
    return orjson.loads((FOLDER / f"{name}.json").read_bytes())


def _calendar(one: dict[str, Any]) -> tuple[NewCalendar, list[NewDay]]:
    """A calendar and its days, which stand in the file by what they are."""
    days = [{**group, "day": day} for group in one.pop("days") for day in group.pop("days")]
    return NewCalendar.model_validate(one), [NewDay.model_validate(day) for day in days]


def _joined(value: Any) -> Any:
    """Long texts stand in the files as one string a line."""
    if isinstance(value, dict):
        lines = {"html", "text"}
        return {
            key: "\n".join(item) if key in lines and isinstance(item, list) else _joined(item)
            for key, item in value.items()
        }
    return value
