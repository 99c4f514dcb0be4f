"""What escalates reaches staff, once for each escalation and each way, whoever sends and whoever dies."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from services.engagement.alert_routes import rules as ways
from services.engagement.alerts import rules, usecases
from services.engagement.channels.schemas import Outcome
from services.engagement.tasks import usecases as tasks
from tests.engagement.complaints.complaining import complain, look
from tests.engagement.conftest import Api, Clock, Profile
from tests.engagement.posting import mails
from tests.engagement.tasks.following import opened

pytestmark = pytest.mark.capability("C-23")


def way(api: Api, code: str = "leads", **fields: Any) -> dict[str, Any]:
    body = {"code": code, "name": code, "kind": "mail", "target": {"address": f"{code}@shop.example"}, "locale": "en"}
    answer = api.post("/v1/alert-routes", body | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


def told(api: Api, query: str = "") -> list[dict[str, Any]]:
    return api.get(f"/v1/staff-alerts{query}").json()["items"]  # type: ignore[no-any-return]


def outcomes(api: Api) -> list[tuple[str, str | None, int]]:
    return [(one["status"], one["reason"], one["tries"]) for one in told(api)]


def answering(monkeypatch: pytest.MonkeyPatch, *outcomes: Outcome) -> list[Any]:
    """Have mail answer these in turn; what was handed over."""
    handed, left = [], list(outcomes)

    def send(settings: Any, target: Any, notice: Any) -> Outcome:
        handed.append(notice)
        return left.pop(0) if len(left) > 1 else left[0]

    monkeypatch.setattr(ways, "SENDERS", {**ways.SENDERS, "mail": send})
    return handed


def test_an_escalated_complaint_is_mailed_to_staff_once(api: Api, profile: Profile, clock: Clock) -> None:
    way(api)
    way(api, "owners", to=["owner"])
    way(api, "follow-ups", causes=["task_escalated"])
    way(api, "off", enabled=False)
    made = complain(api, profile.add(), severity=1)
    clock.advance(minutes=31)
    look(api)
    assert [(one["status"], one["facts"]["number"]) for one in told(api)] == [("queued", made["number"])]
    assert (usecases.send_due(api.runtime), usecases.send_due(api.runtime)) == (1, 0)
    (mail,) = mails(api.runtime)
    assert "To: leads@shop.example" in mail
    assert f"Complaint {made['number']} escalated: 100% of first response is over" in mail
    assert "At: 2026-11-25 16:30" in mail
    (alert,) = told(api, f"?subject_id={made['id']}&status=sent&cause=complaint_escalated")
    assert (alert["status"], alert["facts"]["metric"], alert["sent_at"]) == (
        "sent",
        "first_response",
        "2026-11-25T08:31:00Z",
    )
    clock.advance(days=7)
    look(api)
    usecases.send_due(api.runtime)
    heard = [(one["facts"]["percent"], one["facts"]["to"]) for one in told(api)]
    assert sorted(heard) == [(75, "owner"), (75, "owner"), (100, "lead"), (100, "lead")]


def test_a_task_that_nobody_did_is_told_again_only_after_it_got_another_time(
    api: Api, profile: Profile, clock: Clock
) -> None:
    way(api)
    with api.runtime.database.transaction() as session:
        task_id = opened(session, profile.add(), clock(), due_at=clock() + timedelta(hours=1))
    clock.advance(days=2)
    assert (tasks.escalate_due(api.runtime), tasks.escalate_due(api.runtime)) == (1, 0)
    usecases.send_due(api.runtime)
    assert "Task not done in time: call" in mails(api.runtime)[0]
    later = (clock() + timedelta(hours=1)).isoformat()
    api.post(f"/v1/tasks/{task_id}/reschedule", {"due_at": later})
    clock.advance(days=2)
    tasks.escalate_due(api.runtime)
    usecases.send_due(api.runtime)
    assert [one["subject_id"] for one in told(api)] == [str(task_id)] * 2
    assert len(mails(api.runtime)) == 2


def test_several_workers_tell_each_escalation_once(api: Api, profile: Profile, clock: Clock) -> None:
    way(api)
    for _ in range(6):
        complain(api, profile.add(), severity=1)
    clock.advance(minutes=31)

    def work(turn: int) -> None:
        look(api)
        usecases.send_due(api.runtime)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(12)))
    usecases.send_due(api.runtime)
    assert ([one["status"] for one in told(api)], len(mails(api.runtime))) == (["sent"] * 6, 6)


def test_who_cannot_take_it_is_asked_again_later_and_not_for_ever(
    api: Api, profile: Profile, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    way(api)
    complain(api, profile.add(), severity=1)
    clock.advance(minutes=31)
    look(api)
    handed = answering(monkeypatch, Outcome("later", "busy"), Outcome("accepted"))
    usecases.send_due(api.runtime)
    assert (usecases.send_due(api.runtime), outcomes(api)) == (0, [("queued", "busy", 1)])
    clock.advance(minutes=1)
    usecases.send_due(api.runtime)
    assert (outcomes(api), len(handed)) == ([("sent", None, 2)], 2)
    tries = len(rules.BACK_OFF) + 1
    assert rules.settled(tries, Outcome("later", "busy"), clock())["status"] == "failed"
    assert rules.settled(1, Outcome("refused", "no"), clock())["status"] == "failed"


def test_what_somebody_died_over_is_unknown_and_not_sent_again(
    api: Api, profile: Profile, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    way(api)
    complain(api, profile.add(), severity=1)
    clock.advance(minutes=31)
    look(api)

    def die(*_: Any) -> Outcome:
        raise KeyboardInterrupt

    monkeypatch.setattr(ways, "SENDERS", {**ways.SENDERS, "mail": die})
    with pytest.raises(KeyboardInterrupt):
        usecases.send_due(api.runtime)
    handed = answering(monkeypatch, Outcome("accepted"))
    assert (usecases.send_due(api.runtime), outcomes(api)) == (0, [("sending", None, 1)])
    clock.advance(minutes=10)
    usecases.send_due(api.runtime)
    assert (outcomes(api), handed) == ([("unknown", "no_answer", 1)], [])


def test_what_waits_for_a_way_that_was_taken_away_is_dropped(api: Api, profile: Profile, clock: Clock) -> None:
    route = way(api)
    complain(api, profile.add(), severity=1)
    clock.advance(minutes=31)
    look(api)
    api.call("DELETE", f"/v1/alert-routes/{route['id']}")
    usecases.send_due(api.runtime)
    assert (outcomes(api), mails(api.runtime)) == ([("dropped", "route_off", 0)], [])
