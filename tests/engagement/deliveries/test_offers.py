"""Recommended products in a message: asked of scoring when it is written, and no hole where it does not answer."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.engagement.messages.tables import Message
from services.engagement.templates import usecases as templates
from services.engagement.templates.schemas import NewTemplate
from shared.contracts.engagement import MessageRecorded
from shared.runtime import Runtime
from shared.testing.plugin import Published
from tests.engagement.channels.doors import Door, door
from tests.engagement.conftest import Profile
from tests.engagement.posting import ask, mails, send

pytestmark = pytest.mark.capability("C-24")

HTML = "<p>你好</p>{% for one in products %}<p>{{ one.title }}·{{ one.sku }}</p>{% endfor %}"
ITEMS = [
    {"sku": "TEA-1", "titles": {"zh": "龙井", "en": "Longjing"}, "kind": "repeat", "score": 0.3},
    {"sku": "TEA-2", "titles": {"en": "Pu'er"}, "kind": "repeat", "score": 0.2},
    {"sku": "TEA-3", "titles": None, "kind": "repeat", "score": 0.1},
]


@pytest.fixture
def scoring() -> Iterator[Door]:
    with door((200, [])) as answering:
        yield answering


def offers(scoring: Door, *people: UUID) -> None:
    scoring.answers = [(200, [{"customer_id": str(one), "items": ITEMS} for one in people])]


@pytest.fixture
def settings_for(settings_for: Any, scoring: Door) -> Any:
    return lambda **values: settings_for(**{"scoring_url": scoring.url} | values)


def write(runtime: Runtime) -> None:
    texts = {"email": {"zh": {"subject": "为你推荐", "html": HTML}}}
    draft = {"code": "offers", "purpose": "service", "topic": "service", "context": ["products"], "channels": texts}
    with runtime.database.transaction() as session:
        made = templates.create(session, NewTemplate.model_validate(draft), runtime.now())
        templates.publish(session, made.template_id, runtime.now())


def test_what_scoring_recommends_stands_in_the_message_by_name(
    runtime: Runtime, profile: Profile, scoring: Door
) -> None:
    write(runtime)
    ada = profile.add()
    offers(scoring, ada)
    ask(runtime, ada, template="offers", purpose="service", topic="service")
    ask(runtime, profile.add())
    send(runtime)
    (mail,) = [one for one in mails(runtime) if "TEA" in one]
    assert ("TEA-1" in mail, "TEA-2" in mail, "TEA-3" in mail) == (True, True, False)
    (asked,) = scoring.asked
    assert (asked.path, asked.json) == ("/internal/recommendations", {"customer_ids": [str(ada)], "limit": 4})


def test_scoring_is_asked_once_for_a_whole_batch(runtime: Runtime, profile: Profile, scoring: Door) -> None:
    write(runtime)
    people = [profile.add() for _ in range(45)]  # three times as many as are written at once
    offers(scoring, *people[:44])
    for one in people:
        ask(runtime, one, template="offers", purpose="service", topic="service")
    send(runtime)
    (asked,) = scoring.asked
    assert sorted(asked.json["customer_ids"]) == sorted(map(str, people))
    assert sum("TEA-1" in one for one in mails(runtime)) == 44
    assert len(mails(runtime)) == 45


def test_the_list_stays_with_the_message_that_carried_it_and_is_told(
    runtime: Runtime, profile: Profile, scoring: Door, published: Published
) -> None:
    write(runtime)
    ada = profile.add()
    offers(scoring, ada)
    ask(runtime, ada, template="offers", purpose="service", topic="service")
    ask(runtime, profile.add())
    send(runtime)
    with runtime.database.reading() as session:
        kept = {one.template: one.attempts[-1].get("skus") for one in session.scalars(select(Message))}
        told = {one.template: one.skus for one in published(session, MessageRecorded)}
    assert kept.pop("offers") == told.pop("offers") == ["TEA-1", "TEA-2"]
    assert [*kept.values(), *told.values()] == [None, []]


def test_a_message_goes_out_without_what_scoring_does_not_say(
    runtime: Runtime, profile: Profile, scoring: Door
) -> None:
    scoring.answers = [(503, {})]
    write(runtime)
    ask(runtime, profile.add(), template="offers", purpose="service", topic="service")
    send(runtime)
    (mail,) = mails(runtime)
    assert "TEA" not in mail
