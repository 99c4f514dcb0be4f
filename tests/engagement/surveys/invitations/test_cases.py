"""A complaint that was closed asks its customer how it went: once, and only while it stays closed."""

from typing import Any

import pytest

from services.engagement.surveys.invitations import usecases as invitations
from shared.contracts.engagement import SurveyAnswered
from tests.engagement.complaints.complaining import SETTLED, complain, do
from tests.engagement.conftest import Api, Clock, Profile
from tests.engagement.posting import mails, published
from tests.engagement.surveys.asking import answer, kept, links, live, states, work

pytestmark = pytest.mark.capability("C-31")
ABOUT_CASES: dict[str, Any] = {"code": "case", "trigger": {"kind": "case_closed", "after_days": 0}}


def look(api: Api) -> None:
    """Everything the clock would do now."""
    invitations.plan_cases(api.runtime)
    work(api.runtime)


def close(api: Api, complaint: dict[str, Any]) -> dict[str, Any]:
    do(api, complaint, "resolve", SETTLED)
    return do(api, complaint, "close", {})


def test_a_closed_complaint_is_asked_about_once(api: Api, profile: Profile) -> None:
    live(api.runtime, **ABOUT_CASES)
    ada, manager = profile.add(), profile.manager()
    made = complain(api, ada)
    do(api, made, "assign", {"owner_id": str(manager)})
    look(api)
    assert kept(api.runtime) == []
    close(api, made)
    look(api)
    look(api)
    assert len(mails(api.runtime)) == 1
    assert answer(api, links(api.runtime)[0], {"answers": {"csat": 5, "nps": 10}}).status_code == 201
    (told,) = [one for one in published(api.runtime) if isinstance(one, SurveyAnswered)]
    assert (told.trigger, str(told.complaint_id), told.agent_id, told.order_id) == (
        *("case_closed", made["id"]),
        *(manager, None),
    )


@pytest.mark.capability("C-24")
def test_the_invitation_may_speak_of_the_complaint(api: Api, profile: Profile) -> None:
    text = "{% if case %}{{ case.number }} {{ case.status }}{% endif %} {{ survey.url }}"
    template = {"code": "survey-case", "purpose": "service", "topic": "service", "context": ["survey", "case"]}
    words = {"channels": {"email": {"zh": {"subject": "回访", "html": f"<p>{text}</p>", "text": text}}}}
    path = api.post("/v1/templates", template | words).headers["Location"]
    assert api.post(f"{path}/publish").status_code == 200
    live(api.runtime, **ABOUT_CASES | {"template": "survey-case"})
    made = complain(api, profile.add())
    close(api, made)
    look(api)
    (mail,) = mails(api.runtime)
    assert f"{made['number']} closed" in mail


def test_a_complaint_that_is_taken_up_again_is_asked_about_when_it_ends(
    api: Api, profile: Profile, clock: Clock
) -> None:
    live(api.runtime, **ABOUT_CASES | {"trigger": {"kind": "case_closed", "after_days": 1}})
    made = complain(api, profile.add())
    close(api, made)
    look(api)
    do(api, made, "reopen", {"reason": "又碎了"})
    clock.advance(hours=25)
    look(api)
    assert states(api.runtime) == [("failed", "complaint_in_progress")]
    close(api, made)
    look(api)
    clock.advance(hours=24)
    look(api)
    assert [status for status, _ in states(api.runtime)] == ["failed", "sent"]


def test_what_was_closed_before_the_survey_or_too_long_ago_is_not_asked_about(
    api: Api, profile: Profile, clock: Clock
) -> None:
    close(api, complain(api, profile.add()))
    clock.advance(hours=2)
    live(api.runtime, **ABOUT_CASES)
    look(api)
    close(api, complain(api, profile.add()))
    clock.advance(hours=49)
    look(api)
    assert kept(api.runtime) == []


def test_of_a_sample_of_complaints_each_is_looked_at_once(api: Api, profile: Profile) -> None:
    live(api.runtime, **ABOUT_CASES | {"trigger": {"kind": "case_closed", "sample": 1e-9}})
    close(api, complain(api, profile.add()))
    assert invitations.plan_cases(api.runtime) == 1
    assert invitations.plan_cases(api.runtime) == 0
    assert states(api.runtime) == [("failed", "not_in_sample")]
