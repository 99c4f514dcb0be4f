"""Links of a mail: they lead where they led, and the first click is noted."""

from dataclasses import replace
from email import message_from_string, policy
from typing import Any

import pytest

from services.engagement.templates import usecases as templates
from services.engagement.templates.schemas import NewTemplate
from shared.contracts.engagement import MessageRecorded
from shared.runtime import Runtime
from tests.engagement.conftest import Api, Clock, Profile
from tests.engagement.posting import ask, mails, message, published, send

pytestmark = pytest.mark.capability("C-25")

SHOP = "https://shop.example/tea?a=1&b=2"
LETTER = {"zh": {"subject": "New tea", "html": '<p><a href="https://shop.example/tea?a=1&amp;b=2">Look</a></p>'}}


def links(runtime: Runtime) -> list[str]:
    """Where the links of the last mail lead: of its HTML, then of its plain text."""
    mail = message_from_string(mails(runtime)[-1], policy=policy.default)
    html, text = (mail.get_body((kind,)) for kind in ("html", "plain"))
    assert html is not None
    assert text is not None
    return [html.get_content().split('href="')[1].split('"')[0], text.get_content().split("(")[1].split(")")[0]]


def write_to(runtime: Runtime, customer: Any) -> Any:
    draft = {"code": "new-tea", "purpose": "marketing", "topic": "care", "channels": {"email": LETTER}}
    with runtime.database.transaction() as session:
        made = templates.create(session, NewTemplate.model_validate(draft), runtime.now())
        templates.publish(session, made.template_id, runtime.now())
    asked = ask(runtime, customer, template="new-tea").message_id
    send(runtime)
    return asked


def test_a_click_leads_on_and_is_told_once(api: Api, profile: Profile, clock: Clock) -> None:
    asked = write_to(api.runtime, profile.add())
    link, plain = links(api.runtime)
    assert plain == SHOP
    path = link.removeprefix(api.runtime.settings.public_url)
    for _ in range(2):
        led = api.http.get(path, follow_redirects=False)
        assert (led.status_code, led.headers["location"], led.headers["cache-control"]) == (302, SHOP, "no-store")
    assert message(api.runtime, asked).status == "clicked"
    told = [one.status for one in published(api.runtime) if isinstance(one, MessageRecorded)]
    assert told == ["sent", "clicked"]

    damaged = api.http.get(path[:-3] + "xyz")
    assert (damaged.status_code, damaged.json()["code"]) == (403, "link_invalid")
    clock.advance(days=181)
    assert api.http.get(path).json()["code"] == "link_expired"
    page = api.http.get(path, headers={"Accept": "text/html", "Accept-Language": "en"})
    assert (page.status_code, page.headers["content-type"].split(";")[0]) == (410, "text/html")


def test_clicks_are_not_counted_where_the_deployment_says_so(runtime: Runtime, profile: Profile) -> None:
    silent = runtime.settings.model_copy(update={"count_clicks": False})
    write_to(replace(runtime, settings=silent), profile.add())
    assert links(runtime)[0] == SHOP.replace("&", "&amp;")
