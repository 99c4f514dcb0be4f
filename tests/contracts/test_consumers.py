"""Every consumer takes every example; what is published is consumed; nothing goes round in circles."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from shared.contracts.base import Event, Topic
from shared.contracts.commerce import INBOUND
from shared.contracts.registry import event_types
from shared.contracts.topics import TOPICS
from shared.messaging.dispatch import run
from shared.testing.examples import example_items
from shared.testing.plugin import Published
from tests.contracts.services import CONSUMERS, handlers_of, republishers_of, sources_of

Edges = dict[str, set[str]]
# A reaction of engagement is a fact that scoring counts; it ends because a reaction is unique per cause.
ALLOWED_CYCLES = [
    {"engagement.message.recorded", "scoring.assessment.changed"},
    # One case for a warning, and one task for a case.
    {"engagement.winback.recorded", "engagement.task.recorded", "scoring.warning.raised", "scoring.warning.closed"},
]
# What scoring already takes while its publisher is still to come; whoever builds the publisher takes it off the list.
AWAITED = {
    *("engagement.interaction.recorded", "engagement.request.recorded", "engagement.review.recorded"),
    *("engagement.feedback.recorded", "engagement.points.changed"),
    *("engagement.referral.recorded", "engagement.participation.recorded", "engagement.opportunity.recorded"),
    *("engagement.need.recorded", "engagement.benefit.recorded", "engagement.unitcosts.published"),
}
SEGMENTS_ONLY = {"profile.segments.changed", "profile.assignment.changed"}


@pytest.mark.parametrize("service", CONSUMERS)
def test_every_consumer_takes_every_example_alone_and_together(
    session_of: Callable[[str], Session], service: str, now: datetime
) -> None:
    session, handlers = session_of(service), handlers_of(service)
    items = example_items(handlers)
    for batch in [*([item] for item in items), items]:
        run(session, handlers, batch, now)


@pytest.mark.parametrize("service", CONSUMERS)
def test_a_consumer_publishes_only_what_its_table_declares(
    session_of: Callable[[str], Session], published: Published, service: str, now: datetime
) -> None:
    session, handlers = session_of(service), handlers_of(service)
    for item in example_items(handlers):
        before = len(published(session))
        run(session, handlers, [item], now)
        told = {type(event) for event in published(session)[before:]}
        line = handlers.doors.get(item.message.topic) or handlers.routes[item.message.type]
        assert told <= set(line.emits), item.message.type


@pytest.mark.parametrize("service", CONSUMERS)
def test_a_service_reads_only_the_topics_it_may_read(service: str) -> None:
    assert all(service in TOPICS[topic].readers for topic in handlers_of(service).topics)


@pytest.mark.parametrize("event", [event for event in event_types() if event.type not in AWAITED])
def test_what_is_declared_is_published_by_its_owner(event: type[Event]) -> None:
    owner = TOPICS[event.topic].writer
    assert event.__name__ in sources_of(owner), f"nothing in {owner} makes it"
    assert event in republishers_of(owner), f"{owner} cannot publish it again"


@pytest.mark.parametrize("event", [event for event in event_types() if event.type in AWAITED])
def test_what_is_awaited_is_not_published_yet(event: type[Event]) -> None:
    owner = TOPICS[event.topic].writer
    assert event not in republishers_of(owner), "take it off the list of awaited types"
    assert event.__name__ not in sources_of(owner), "take it off the list of awaited types"


def test_every_awaited_type_is_declared() -> None:
    assert {event.type for event in event_types()} >= AWAITED


@pytest.mark.parametrize("event", event_types())
def test_what_is_declared_is_consumed_by_somebody(event: type[Event]) -> None:
    assert [service for service in CONSUMERS if event.type in handlers_of(service).routes]


def test_what_shops_may_send_has_a_door() -> None:
    assert INBOUND
    assert Topic.COMMERCE in handlers_of("profile").doors


def test_events_go_round_only_where_that_is_agreed() -> None:
    unexpected = [cycle for cycle in cycles(graph()) if cycle not in ALLOWED_CYCLES]
    assert unexpected == []


def test_profile_tells_of_segments_and_owners_alone_in_answer_to_scoring() -> None:
    routes = handlers_of("profile").routes.values()
    answers = [route for route in routes if route.event.topic is Topic.SCORING and ".erasure." not in route.event.type]
    assert {emitted.type for route in answers for emitted in route.emits} <= SEGMENTS_ONLY


def test_an_erasure_goes_from_profile_to_the_others_and_back_and_ends() -> None:
    edges = {name: {one for one in told if ".erasure." in one} for name, told in graph().items() if ".erasure." in name}
    assert edges == {
        "profile.erasure.requested": {"scoring.erasure.completed", "engagement.erasure.completed"},
        "scoring.erasure.completed": {"profile.erasure.completed"},
        "engagement.erasure.completed": {"profile.erasure.completed"},
        "profile.erasure.completed": set(),
    }


def graph() -> Edges:
    """Which type leads to which, as the tables of all services declare it."""
    edges: Edges = {}
    for service in CONSUMERS:
        table = handlers_of(service)
        lines = {name: route.emits for name, route in table.routes.items()}
        lines |= {name: door.emits for name, door in table.doors.items()}
        for name, emits in lines.items():
            edges.setdefault(name, set()).update(event.type for event in emits)
    return edges


def cycles(edges: Edges) -> Iterator[set[str]]:
    """The types of each group that can reach one another."""
    reach = {name: _reachable(edges, name) for name in edges}
    seen: set[str] = set()
    for name in sorted(edges):
        if name in reach[name] and name not in seen:
            cycle = {other for other in reach[name] if name in reach.get(other, set())}
            seen |= cycle
            yield cycle


def _reachable(edges: Edges, start: str) -> set[str]:
    found: set[str] = set()
    left = list(edges.get(start, ()))
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left.extend(edges.get(name, ()))
    return found


def test_a_circle_would_be_found() -> None:
    assert list(cycles({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()})) == [{"b", "c"}]
    assert list(cycles({"a": {"b", "c"}, "b": {"c"}, "c": set()})) == []
