"""Who is bound to a manager's customers reaches those and nothing else, over every route of every service."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
import pytest

from shared.runtime import Runtime
from shared.settings import Settings
from shared.testing.databases import Databases
from shared.web.access import AUTHENTICATED
from shared.web.routing import ALL, NOBODY, OWN
from tests.contracts.belongings import body_of, fills, is_known, is_owned, path_of, person, row_of
from tests.contracts.worlds import Operation, World, world

pytestmark = pytest.mark.capability("C-08")

LI, HAN, LEAD, EAST = (UUID(f"01997a00-0000-7000-8000-000000000d0{at}") for at in range(1, 5))
REFUSAL = "There is no such thing, or it is not yours."
OF_MANY = {"GET /v1/customers/count", "POST /v1/customers/lookup"}  # see tests/profile/assignments/test_access.py
NEEDS_MORE = {
    "GET /v1/customers/{customer_id}/explanation": "a trained model",
    "GET /v1/customers/{customer_id}/propensity": "a trained model",
    "GET /v1/customers/{customer_id}/credits": "profile, which says where somebody is reached",
    "POST /v1/messages/decision": "profile, which says who it is",
}

# So many routes at least answer a manager about things that belongings.py makes in full.
ANSWERED = {"profile": 35, "scoring": 14, "engagement": 10}

# Routes without a customer in their path that such a caller may use: those that show their own customers alone, and
# those that show nothing of customers. Whoever adds one has seen to that.
NARROWED = {
    *("GET /v1/customers", "GET /v1/customers/count", "POST /v1/customers/lookup", "GET /v1/orders"),
    *("GET /v1/orders/{order}", "GET /v1/segments/{segment_id}/members", "GET /v1/warnings"),
    *("GET /v1/warnings/{warning_id}", "POST /v1/warnings/{warning_id}/dismiss"),
    *("GET /v1/value-classes/{code}/customers", "GET /v1/targets/{kind}/customers", "GET /v1/messages"),
    *("POST /v1/messages", "POST /v1/messages/decision", "GET /v1/messages/{message_id}"),
    *("POST /v1/messages/{message_id}/cancel", "POST /v1/messages/{message_id}/settle"),
    *("GET /v1/care-rules/{rule_id}/occurrences", "GET /v1/campaigns/{campaign_id}/audience"),
    *("GET /v1/surveys/{survey_id}/answers", "GET /v1/surveys/{survey_id}/invitations"),
    *("GET /v1/winback-cases", "GET /v1/winback-cases/{case_id}"),
    *(f"POST /v1/winback-cases/{{case_id}}/{verb}" for verb in ("contact", "offer", "close")),
    "GET /v1/reports/data-quality/items",
    "POST /v1/reports/data-quality/items/{item_id}/dismiss",
    "POST /v1/reports/data-quality/items/{item_id}/reopen",
    "DELETE /v1/complaints/{complaint_id}",
    "DELETE /v1/complaints/{complaint_id}/comments/{comment_id}",
    "GET /v1/complaints",
    "GET /v1/complaints/count",
    "GET /v1/complaints/{complaint_id}",
    "GET /v1/complaints/{complaint_id}/comments",
    "GET /v1/complaints/{complaint_id}/comments/{comment_id}",
    "GET /v1/complaints/{complaint_id}/history",
    "GET /v1/complaints/{complaint_id}/sla",
    "PATCH /v1/complaints/{complaint_id}",
    "PATCH /v1/complaints/{complaint_id}/comments/{comment_id}",
    "POST /v1/complaints",
    "POST /v1/complaints/{complaint_id}/assign",
    "POST /v1/complaints/{complaint_id}/close",
    "POST /v1/complaints/{complaint_id}/comments",
    "POST /v1/complaints/{complaint_id}/merge",
    "POST /v1/complaints/{complaint_id}/reject",
    "POST /v1/complaints/{complaint_id}/reopen",
    "POST /v1/complaints/{complaint_id}/resolve",
    "POST /v1/complaints/{complaint_id}/start",
    "POST /v1/complaints/{complaint_id}/wait",
    "POST /v1/complaints/{complaint_id}/withdraw",
    "PUT /v1/complaints/{complaint_id}/dispute",
    *("GET /v1/tasks", "POST /v1/tasks", "GET /v1/tasks/today", "GET /v1/tasks/{task_id}/brief"),
    *(f"{method} /v1/tasks/{{task_id}}" for method in ("GET", "PATCH", "DELETE")),
    *(f"POST /v1/tasks/{{task_id}}/{verb}" for verb in ("complete", "reschedule", "reassign")),
    *(f"{method} /v1/tasks/{{task_id}}/comments" for method in ("GET", "POST")),
    *(f"{method} /v1/tasks/{{task_id}}/comments/{{comment_id}}" for method in ("GET", "PATCH", "DELETE")),
    *("GET /v1/appointments", "POST /v1/appointments"),
    *(f"{method} /v1/appointments/{{appointment_id}}" for method in ("GET", "PATCH", "DELETE")),
    *(f"POST /v1/appointments/{{appointment_id}}/{verb}" for verb in ("cancel", "reschedule", "check-in", "no-show")),
    *("POST /v1/complaints/{complaint_id}/compensations", "GET /v1/compensations"),
    "GET /v1/compensations/{compensation_id}",
    *(f"POST /v1/compensations/{{compensation_id}}/{verb}" for verb in ("approve", "reject", "reverse")),
}
WITHOUT_CUSTOMERS = {
    *("GET /v1/regions", "GET /v1/regions/{code}/children", "GET /v1/regions/{code}", "GET /v1/teams"),
    *("GET /v1/teams/{team_id}", "GET /v1/managers", "GET /v1/managers/{manager_id}", "GET /v1/territories"),
    *("GET /v1/territories/{territory_id}", "GET /v1/assignment-rules", "GET /v1/assignment-rules/{rule_id}"),
    *("GET /v1/attributes", "GET /v1/attributes/{attribute_id}", "GET /v1/products", "GET /v1/products/{sku}"),
    *("GET /v1/products/{sku}/versions", "GET /v1/product-categories", "GET /v1/product-categories/{category_id}"),
    *("GET /v1/segments", "GET /v1/segments/fields", "GET /v1/segments/{segment_id}"),
    *("GET /v1/segments/{segment_id}/versions", "GET /v1/tiers", "GET /v1/tiers/{code}", "GET /v1/strategies"),
    *("GET /v1/strategies/{strategy_id}", "GET /v1/products/{sku}/bought-together", "GET /v1/templates"),
    *("GET /v1/templates/{template_id}", "GET /v1/templates/{template_id}/versions", "GET /v1/surveys"),
    *("GET /v1/surveys/{survey_id}", "GET /v1/surveys/{survey_id}/versions", "GET /v1/surveys/{survey_id}/link"),
    *("GET /v1/winback-offers", "GET /v1/winback-offers/{offer_id}"),
    "GET /v1/complaint-categories",
    "GET /v1/complaint-categories/{term_id}",
    "GET /v1/root-causes",
    "GET /v1/root-causes/{term_id}",
    "GET /v1/surveys/{survey_id}/qr",
    *("GET /v1/task-policy", "GET /v1/task-outcomes", "GET /v1/task-outcomes/{outcome_id}"),
    *("GET /v1/appointment-services", "GET /v1/appointment-services/{service_id}", "GET /v1/appointments/slots"),
    *("GET /v1/appointment-hosts", "GET /v1/appointment-hosts/{manager_id}"),
}


@pytest.fixture(scope="module", params=("profile", "scoring", "engagement"))
def here(
    request: pytest.FixtureRequest, databases: Databases, settings_for: Callable[..., Settings]
) -> Iterator[World]:
    """A service on a database of its own; every test makes the customers it means."""
    service, clock = request.param, lambda: datetime(2026, 11, 25, 8, tzinfo=UTC)
    settings = settings_for(**{f"{service}_database_url": databases.clone(service)})
    runtime = Runtime(service, settings, Runtime.of(service, settings).database, clock)
    with world(runtime) as running:
        yield running
    runtime.database.close()


# Lists below one thing of a customer's: whoever may not see that gets no list.
BELOW = {"GET /v1/tasks/{task_id}/comments"}


def opened(here: World, to: str, fits: Callable[[Operation], bool] = lambda one: True) -> list[Operation]:
    return [one for one in here.operations if one.declared["x-managers"] == to and fits(one)]


def is_list(one: Operation) -> bool:
    return one.lists and not one.about_one and str(one) not in BELOW


def is_thing(one: Operation) -> bool:
    return not is_list(one) and str(one) not in OF_MANY


def ask(here: World, one: Operation, path: str, customer: UUID, who: UUID) -> httpx.Response:
    """The route at a path, with a good body, and the version that is there."""
    tag = here.call("GET", path).headers.get("etag", '"1"') if one.method == "PATCH" else '"1"'
    return here.call(one.method, path, body_of(here, one, customer), who=who, **{"If-Match": tag})


def bare(one: Operation, customer: UUID) -> str:
    """The path of a route with nothing but a customer's id."""
    return re.sub(r"{\w+}", str(customer), one.template)


def hidden(answer: httpx.Response) -> bool:
    return answer.status_code == 404 and answer.json()["detail"] == REFUSAL


def refused(answer: httpx.Response) -> bool:
    return answer.status_code == 403 and answer.json()["code"] == "manager_bound"


def test_every_thing_answers_the_manager_of_its_customer_and_does_not_exist_for_another(here: World) -> None:
    unanswered, reached, answered = [], [], 0
    for one in opened(here, OWN, is_thing):
        if not is_owned(here, one) or here.unmade & set(one.parameters):
            continue
        mine = person(here, LI)
        answer = ask(here, one, path_of(here, one, mine), mine, LI)
        let_in = answer.is_success if is_known(here, one) and str(one) not in NEEDS_MORE else not hidden(answer)
        unanswered += [f"{one}: {answer.status_code} {answer.text[:200]}"] * (refused(answer) or not let_in)
        path = path_of(here, one, mine)
        if here.unmade & set(one.parameters):
            continue
        answered += answer.is_success
        strangers = [ask(here, one, path, mine, who) for who in (HAN, LEAD)]
        # Where nobody wrote a good body, one that is refused before it is looked at shows nothing either.
        spared = () if is_known(here, one) else (422,)
        reached += [f"{one}: {it.status_code}" for it in strangers if not hidden(it) and it.status_code not in spared]
    assert (unanswered, reached) == ([], [])
    assert answered >= ANSWERED[here.service]


def test_a_thing_of_somebody_else_is_not_found_under_an_own_customer(here: World) -> None:
    reached = []
    for one in opened(here, OWN, lambda one: {"contact_id", "note_id", "identity_id"} & set(one.parameters) != set()):
        mine, other = person(here, LI), person(here, HAN)
        path = path_of(here, one, other).replace(str(other), str(mine))
        answer = ask(here, one, path, mine, LI)
        reached += [f"{one}: {answer.status_code}"] * (answer.status_code != 404)
        assert here.call("GET", path.replace(str(mine), str(other)).removesuffix("/verify")).status_code != 404, one
    assert reached == []


def test_nobody_and_nothing_unassigned_or_unknown_exists(here: World) -> None:
    for one in opened(here, OWN, lambda one: one.about_one):
        for customer in (here.give(uuid4(), None), uuid4()):
            assert hidden(here.call(one.method, bare(one, customer), who=LI)), one


def test_a_lead_sees_the_customers_of_the_teams_below(here: World) -> None:
    seen = {customer: who for who in ((LI, EAST), (HAN, EAST), (HAN, LEAD)) for customer in [person(here, *who)]}
    for one in opened(here, OWN, lambda one: one.about_one and one.method == "GET" and len(one.parameters) == 1):
        for customer, (_, team) in seen.items():
            answer = here.call("GET", path_of(here, one, customer), who=LEAD, teams=(EAST,))
            assert hidden(answer) is (team != EAST), one


def test_every_list_holds_a_managers_customers_alone_also_as_csv(here: World) -> None:
    for one in opened(here, OWN, lambda one: is_list(one) and fills(here, one)):
        mine, other = person(here, LI), person(here, HAN)
        _, path = row_of(here, one, mine), row_of(here, one, other)
        for media in ("application/json", "text/csv"):
            whole, held, lone = (
                here.call("GET", f"{path}?limit=200", who=who, Accept=media) for who in (None, LI, LEAD)
            )
            assert (whole.status_code, held.status_code, lone.status_code) == (200, 200, 200), f"{one} {held.text}"
            told = [[str(each) in answer.text for each in (mine, other)] for answer in (whole, held, lone)]
            assert told == [[True, True], [True, False], [False, False]], f"{one} as {media}"


def test_what_shows_nothing_of_customers_says_so(here: World) -> None:
    mine = person(here, HAN)
    for one in opened(here, ALL, lambda one: not one.parameters):
        answer = here.call(one.method, one.template, who=LI)
        assert answer.is_success, f"{one}: {answer.text}"
        assert str(mine) not in answer.text, one


def test_everything_else_is_refused_by_a_code_of_its_own(here: World) -> None:
    answered = [
        f"{one}: {answer.status_code} {answer.text[:200]}"
        for one in opened(here, NOBODY, lambda one: one.declared["x-scope"] != AUTHENTICATED)
        if not refused(answer := here.call(one.method, bare(one, uuid4()), {}, who=LI))
    ]
    assert answered == []


def test_what_is_open_to_managers_was_looked_at(here: World) -> None:
    there = {str(one) for one in here.operations}
    narrowed = {str(one) for one in opened(here, OWN, lambda one: not one.about_one)}
    assert narrowed == NARROWED & there
    assert {str(one) for one in opened(here, ALL)} == WITHOUT_CUSTOMERS & there
