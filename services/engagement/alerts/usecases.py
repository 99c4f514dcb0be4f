"""Raising alerts, and handing over those that are due.

`sending` is committed before anybody hears; what nobody settled after that is `unknown` and not sent again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.alert_routes import usecases as routes
from services.engagement.alert_routes.rules import hears
from services.engagement.alert_routes.schemas import Notice, Trial, TrialOut
from services.engagement.alert_routes.tables import AlertRoute
from services.engagement.alerts import repository, rules
from services.engagement.alerts.schemas import Escalation
from services.engagement.alerts.tables import StaffAlert
from services.engagement.channels import usecases as channels
from services.engagement.channels.schemas import Outcome
from shared import due
from shared.ids import derived_id, new_id
from shared.runtime import Runtime
from shared.settings import Settings

BATCH = 20


def raise_all(session: Session, escalations: Sequence[Escalation], now: datetime) -> None:
    """Have staff told of escalations on every way that is for them, each once for ever."""
    ways = routes.in_use(session) if escalations else []
    rows = [_row(one, way, now) for one in escalations for way in ways if hears(way, one.cause, one.to)]
    repository.add(session, rows)


def send_due(runtime: Runtime) -> int:
    """Hand over what is due, at most a batch; how many alerts were looked at."""
    with runtime.database.transaction() as session:
        claimed, stamp = due.claim(session, StaffAlert.due_at, runtime.now(), limit=BATCH)
    if not claimed:
        return 0
    with runtime.database.transaction() as session:
        begun = _begin(session, runtime.settings, repository.claimed(session, claimed, stamp), runtime.now())
    said = {notice.alert_id: routes.hand_over(runtime.settings, way, notice) for way, notice in begun}
    with runtime.database.transaction() as session:
        _settle(session, said, runtime.now())
    return len(claimed)


def rehearse(runtime: Runtime, route_id: UUID, body: Trial) -> TrialOut:
    """Show an alert as it would be sent, and unless `dry` send it, outside of any transaction."""
    now = runtime.now()
    facts = {**rules.EXAMPLES[body.cause], "at": now.isoformat()}
    example = StaffAlert(alert_id=new_id(), cause=body.cause, subject_id=new_id(), facts=facts)
    with runtime.database.reading() as session:
        way = routes.get(session, route_id)
        notice = _notice(session, runtime.settings, way, example, now)
    outcome = None if body.dry else routes.hand_over(runtime.settings, way, notice)
    said = {"result": outcome and outcome.result, "reason": outcome and outcome.reason}
    return TrialOut.model_validate({"subject": notice.subject, "text": notice.text, **said})


def _begin(
    session: Session, settings: Settings, found: Sequence[tuple[StaffAlert, AlertRoute]], now: datetime
) -> list[tuple[AlertRoute, Notice]]:
    """Mark what goes out now; what was marked before by somebody who died is `unknown`."""
    begun = []
    for alert, way in found:
        if alert.status == "sending":
            alert.status, alert.reason, alert.due_at = "unknown", "no_answer", None
        elif not way.enabled:
            alert.status, alert.reason, alert.due_at = "dropped", "route_off", None
        else:
            alert.status, alert.tries, alert.due_at = "sending", alert.tries + 1, now + rules.GIVEN_UP_AFTER
            begun.append((way, _notice(session, settings, way, alert, now)))
    session.flush()
    return begun


def _settle(session: Session, said: Mapping[UUID, Outcome], now: datetime) -> None:
    for alert in repository.sending(session, said):
        for name, value in rules.settled(alert.tries, said[alert.alert_id], now).items():
            setattr(alert, name, value)
    session.flush()


def _notice(session: Session, settings: Settings, way: AlertRoute, alert: StaffAlert, now: datetime) -> Notice:
    subject, text = rules.words(alert.cause, alert.facts, alert.subject_id, way.locale, settings.zone)
    return Notice(
        alert_id=alert.alert_id,
        cause=alert.cause,
        subject=subject,
        text=text,
        facts={**alert.facts, "subject_id": str(alert.subject_id)},
        locale=way.locale,
        sender=channels.get(session, "email").sender,
        at=now,
    )


def _row(one: Escalation, way: AlertRoute, now: datetime) -> dict[str, Any]:
    return {
        "alert_id": derived_id("alert", str(way.route_id), one.key),
        "route_id": way.route_id,
        "cause": one.cause,
        "subject_id": one.subject_id,
        "facts": {**one.facts, "to": one.to, "at": one.at.isoformat()},
        "status": "queued",
        "reason": None,
        "tries": 0,
        "due_at": now,
        "created_at": now,
        "sent_at": None,
    }
