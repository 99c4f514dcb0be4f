"""Opening cases from warnings, asking why, making an offer, and ending them by what scoring or staff say."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.messages import usecases as messages
from services.engagement.messages.tables import Message
from services.engagement.reach.schemas import Answer
from services.engagement.sending import usecases as sending
from services.engagement.task_policies import usecases as task_policies
from services.engagement.tasks import usecases as tasks
from services.engagement.winback import repository, rules
from services.engagement.winback.schemas import RUNNING, CaseDetail, CaseOut, Closing, Contact, OfferMade, WinbackReport
from services.engagement.winback.tables import WinbackCase
from services.engagement.winback_offers import usecases as offers
from services.engagement.winback_offers.schemas import Why
from services.engagement.winback_offers.tables import WinbackOffer
from shared import linking
from shared.auth.caller import Caller
from shared.contracts.base import Origin
from shared.contracts.engagement import WinbackRecorded
from shared.contracts.scoring import WarningClosed, WarningRaised
from shared.errors import Conflict, FieldError, Invalid
from shared.messaging import outbox
from shared.messaging.republish import Selection
from shared.money import rounded
from shared.runtime import Runtime
from shared.settings import Settings
from shared.web.schemas import MoneyOut

FRESH = timedelta(hours=48)
IN_PERSON = ("phone", "visit", "video", "store")
BY_TASK: Mapping[str, str] = {"call": "phone", "visit": "visit", "video": "video"}
WHY = get_args(Why)


@dataclass(frozen=True, slots=True)
class Heard:
    """The offer that was found to fit before the transaction, and what profile said then of whom it is made to."""

    offer_id: UUID | None
    answer: Answer


def open_cases(session: Session, events: Sequence[WarningRaised], now: datetime) -> None:
    """Open a case for every warning that is live and fresh; one that ended already is ended at once.

    Where enough is at stake, somebody is to ask in person why the customer stays away.
    """
    linking.ensure(session, {event.customer_id for event in events})
    fresh = [event for event in events if event.origin is Origin.LIVE and event.occurred_at > now - FRESH]
    added = repository.add(session, [rules.case(event) for event in fresh])
    _ask_in_person(session, [event for event in fresh if event.warning_id in added], now)
    _let_go(session, repository.end(session, added), now)
    _tell(session, repository.of_warnings(session, added), now, "opened")


def end_cases(session: Session, events: Sequence[WarningClosed], now: datetime) -> None:
    """End the case of every warning that came to something: ordered again, lost, or none any more."""
    linking.ensure(session, {event.customer_id for event in events})
    repository.add_endings(
        session,
        [
            {
                "warning_id": event.warning_id,
                "customer_id": event.customer_id,
                "outcome": event.outcome,
                "at": event.occurred_at,
            }
            for event in events
        ],
    )
    ended = repository.end(session, {event.warning_id for event in events})
    _let_go(session, ended, now)
    _tell(session, repository.of_warnings(session, ended), now, "ended")


def read(session: Session, settings: Settings, case_id: UUID, caller: Caller) -> CaseDetail:
    """One case, and which offers fit it."""
    return detail(session, settings, repository.get(session, case_id, caller))


def hear_contact(runtime: Runtime, case_id: UUID, body: Contact) -> Answer:
    """What profile says of whom a message is to ask. Asked before a transaction begins, so that none waits."""
    with runtime.database.reading() as session:
        case = session.get(WinbackCase, case_id)
        question = rules.question(case, body.message) if case and body.message else None
    return sending.hear(runtime.settings, question) if question else Answer(None)


def hear_offer(runtime: Runtime, case_id: UUID, body: OfferMade) -> Heard:
    """Which offer fits, and what profile says of whom a message makes it to; asked before as well."""
    with runtime.database.reading() as session:
        case = session.get(WinbackCase, case_id)
        fitting = offers.fitting(session, case.value, case.reason) if case else []
        offer = next((one for one in fitting if body.offer_id in (None, one.offer_id)), None)
        if case is None or offer is None or offer.kind != "message":
            return Heard(offer.offer_id if offer else body.offer_id, Answer(None))
        offer_id, message = offer.offer_id, rules.message(case, offer)
    return Heard(offer_id, sending.hear(runtime.settings, message))


def contact(
    session: Session, settings: Settings, case_id: UUID, body: Contact, heard: Answer, *, caller: Caller, now: datetime
) -> CaseDetail:
    """Note that the customer was asked why, and what they said; a message that asks is sent once for a case.

    In person it is what the task of asking was for; an offer is still to be made. Raises `not_eligible` where the
    message would not be sent.
    """
    case = _running(session, case_id, caller)
    if body.message is not None:
        question = rules.question(case, body.message)
        case.message_id = _written(sending.ask(session, settings, question, heard, now)[0])
    case.status, case.channel, case.contacted_at = "contacted", body.channel, now
    case.reason = body.reason or case.reason
    if body.channel in IN_PERSON:
        tasks.end_of_cases(session, {case_id: now}, now, result="done", outcome=body.reason, about=rules.ASKING)
    return detail(session, settings, _changed(session, case, now, "contacted"))


def heed_task(session: Session, case_id: UUID, kind: str, outcome: str | None, now: datetime) -> None:
    """A task of a case was done: the customer was spoken to, and the outcome may say why they leave."""
    case = repository.running(session, case_id)
    if case is not None:
        case.status, case.channel, case.contacted_at = "contacted", BY_TASK.get(kind), now
        case.reason = outcome if outcome in WHY else case.reason
        _changed(session, case, now, "contacted")


def make_offer(
    session: Session, settings: Settings, case_id: UUID, heard: Heard, *, caller: Caller, now: datetime
) -> CaseDetail:
    """Make the offer that fits the value and the reason, once for a case; a personal one opens a task.

    Raises `invalid_transition` for a second one, and `not_eligible` where none fits or its message would not be sent.
    """
    case = _running(session, case_id, caller)
    if case.offer_id is not None:
        raise Conflict("An offer was made already.", code="invalid_transition")
    offer = _chosen(session, case, heard.offer_id)
    if offer.kind == "message":
        message = rules.message(case, offer)
        case.message_id = _written(sending.ask(session, settings, message, heard.answer, now, case_id=case.case_id)[0])
    elif offer.kind == "personal":
        pace = task_policies.current(session).by_hand
        tasks.open_all(session, [rules.offering(case, offer, pace, now)], now)
    case.offer_id, case.offered_at = offer.offer_id, now
    return detail(session, settings, _changed(session, case, now, "offered"))


def close(
    session: Session, settings: Settings, case_id: UUID, body: Closing, *, caller: Caller, now: datetime
) -> CaseDetail:
    """Follow a case no more."""
    case = _running(session, case_id, caller)
    case.status, case.ended_at, case.ended_by = body.outcome, now, "staff"
    case.reason = body.reason or case.reason
    session.flush()
    _let_go(session, [case.warning_id], now)
    return detail(session, settings, _changed(session, case, now, "ended"))


def report(session: Session, opened_from: datetime | None, opened_to: datetime | None) -> WinbackReport:
    """Success by offer and reason of the cases opened in a span."""
    cells = repository.cells(session, opened_from, opened_to)
    return WinbackReport(
        by_offer=rules.rows(cells, offers=True, reasons=False),
        by_reason=rules.rows(cells, offers=False, reasons=True),
        by_both=rules.rows(cells, offers=True, reasons=True),
    )


def out(case: WinbackCase, currency: str) -> CaseOut:
    """A case as it is answered."""
    names = CaseOut.model_fields.keys() - {"id", "value"}
    known = {name: getattr(case, name) for name in names}
    return CaseOut(id=case.case_id, value=MoneyOut.of(rounded(case.value, currency), currency), **known)


def detail(session: Session, settings: Settings, case: WinbackCase) -> CaseDetail:
    """A case with the offers that fit it while it runs."""
    fitting = offers.fitting(session, case.value, case.reason) if case.status in RUNNING else []
    shown = out(case, settings.base_currency)
    return CaseDetail(**dict(shown), fitting=[one.offer_id for one in fitting])


def republished(session: Session, selection: Selection) -> Sequence[WinbackRecorded]:
    """A page of what was told."""
    return [rules.event(case, [], case.changed_at) for case in repository.told(session, selection)]


def _ask_in_person(session: Session, events: Sequence[WarningRaised], now: datetime) -> None:
    pace = task_policies.current(session).winback
    if pace is not None:
        late = timedelta(hours=pace.due_hours)
        wanted = [event for event in events if event.value >= pace.value_from]
        tasks.open_all(session, [rules.asking(event, pace, event.occurred_at + late) for event in wanted], now)


def _let_go(session: Session, warning_ids: Collection[UUID], now: datetime) -> None:
    """Nobody has to ask or be asked any more about cases that ended."""
    ended = {one.case_id: one.ended_at for one in repository.of_warnings(session, warning_ids) if one.ended_at}
    tasks.end_of_cases(session, ended, now)
    messages.cancel_asked(session, [key for one in ended for key in rules.keys(one)], "case_ended", now)


def _running(session: Session, case_id: UUID, caller: Caller) -> WinbackCase:
    case = repository.get(session, case_id, caller, locked=True)
    if case.status not in RUNNING:
        raise Conflict(f"A case that is {case.status} is followed no more.", code="invalid_transition")
    return case


def _chosen(session: Session, case: WinbackCase, offer_id: UUID | None) -> WinbackOffer:
    fitting = {one.offer_id: one for one in offers.fitting(session, case.value, case.reason)}
    if offer_id is not None and offer_id not in fitting:
        offers.get(session, offer_id)
        fault = FieldError("offer_id", "not_allowed", "it is for other reasons or a higher value")
        raise Invalid("The offer does not fit the case.", code="not_eligible", errors=[fault])
    if not fitting:
        raise Invalid("No offer fits the case.", code="not_eligible")
    return fitting[offer_id] if offer_id else next(iter(fitting.values()))


def _written(message: Message) -> UUID:
    """Nobody was asked and nothing was offered by a message that is skipped: it must not count."""
    if message.status == "skipped":
        fault = FieldError("message", "not_allowed", f"it would be skipped: {message.reason}")
        raise Invalid(
            "Nobody writes to this customer now: call, or offer it in person.", code="not_eligible", errors=[fault]
        )
    return message.message_id


def _changed(session: Session, case: WinbackCase, now: datetime, change: str) -> WinbackCase:
    case.version += 1
    case.changed_at = now
    session.flush()
    _tell(session, [case], now, change)
    return case


def _tell(session: Session, cases: Sequence[WinbackCase], now: datetime, change: str) -> None:
    outbox.add(session, [rules.event(case, [change], now) for case in cases])
