"""Putting a brief together."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.appointments.schemas import AppointmentOut
from services.engagement.briefs import repository
from services.engagement.briefs.schemas import Brief, Opinion, Portrait
from services.engagement.complaints import usecases as complaints
from services.engagement.messages import usecases as messages
from services.engagement.messages.schemas import MessageBrief
from services.engagement.tasks import repository as tasks
from services.engagement.tasks.schemas import TaskBrief, TaskOut
from services.engagement.winback import usecases as winback
from services.engagement.winback_offers import usecases as offers
from services.engagement.winback_offers.schemas import OfferOut
from shared import linking
from shared.auth.caller import Caller
from shared.settings import Settings

SHOWN = 5


def read(session: Session, settings: Settings, task_id: UUID, *, caller: Caller, now: datetime) -> Brief:
    """What to know before a task is done, if the caller may see it; raises NotFound."""
    held, pii = tasks.get(session, task_id, caller), caller.may("profile:pii")
    people = linking.person(session, held.task.customer_id)
    running = repository.cases(session, people, SHOWN)
    behind = next((case for case in running if case.case_id == held.task.case_id), None)
    fitting = offers.fitting(session, behind.value, behind.reason) if behind else []
    currency, unsettled = settings.base_currency, complaints.open_of(session, people, SHOWN, caller)
    others = [one for one in tasks.open_of(session, people, SHOWN + 1) if one.task.task_id != task_id]
    return Brief(
        task=TaskOut.shown(held, pii=pii),
        portrait=Portrait.model_validate(repository.portrait(session, held.task.customer_id)),
        messages=[MessageBrief.model_validate(one) for one in messages.latest(session, people, SHOWN)],
        contacts=[TaskBrief.of(one) for one in tasks.done_of(session, people, SHOWN)],
        tasks=[TaskBrief.of(one) for one in others[:SHOWN]],
        complaints=[complaints.out(one, currency, caller) for one in unsettled],
        cases=[winback.out(case, currency) for case in running],
        opinion=_opinion(session, people, pii=pii),
        appointments=[_plain(one) for one in repository.appointments(session, people, now, SHOWN)],
        offers=[OfferOut.model_validate(one) for one in fitting[:SHOWN]],
    )


def _opinion(session: Session, people: list[UUID], *, pii: bool) -> Opinion | None:
    found = repository.opinion(session, people)
    if found is None:
        return None
    said = Opinion.model_validate(found)
    return said if pii else said.model_copy(update={"texts": None})


def _plain(appointment: object) -> AppointmentOut:
    return AppointmentOut.model_validate(appointment).model_copy(update={"note": None})
