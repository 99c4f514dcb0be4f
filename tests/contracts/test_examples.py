"""Every type has examples from which a consumer that does not converge can be told."""

from itertools import combinations

import pytest

from shared.contracts.base import Event, Kind, Origin
from shared.contracts.commerce import INBOUND
from shared.contracts.examples import HERE, documents, examples
from shared.contracts.profile import CustomerLinked
from shared.contracts.registry import event_types

STATES = [event for event in event_types() if event.kind is Kind.STATE]


def test_there_is_one_file_per_type_and_no_other() -> None:
    assert {path.stem for path in HERE.glob("*.json")} == {event.type for event in event_types()} | set(INBOUND)


@pytest.mark.parametrize("event", event_types())
def test_an_example_survives_the_wire(event: type[Event]) -> None:
    for example in examples(event):
        assert event.model_validate_json(example.model_dump_json()) == example


@pytest.mark.parametrize("event", event_types())
def test_an_example_shows_no_field_that_is_not_declared(event: type[Event]) -> None:
    names = set(event.model_json_schema(mode="validation")["properties"])
    for document in documents(event.type):
        assert set(document) <= names


@pytest.mark.parametrize("event", STATES)
def test_a_state_shows_two_versions_another_subject_and_a_tie(event: type[Event]) -> None:
    found = examples(event)
    assert len({one.subject for one in found}) > 1
    pairs = [(a, b) for a, b in combinations(found, 2) if a.subject == b.subject]
    assert any(a.version != b.version for a, b in pairs)
    ties = [(a, b) for a, b in pairs if a.version == b.version]
    assert ties
    for a, b in ties:
        assert a.model_copy(update={"origin": b.origin}) == b, "one version of a subject has one content"


def test_customers_of_the_examples_are_merged_and_unmerged() -> None:
    links = examples(CustomerLinked)
    assert any(link.canonical_id != link.customer_id for link in links)
    assert any(link.canonical_id == link.customer_id and link.cause == "undo" for link in links)
    seen = {one.customer_id for event in event_types() for one in examples(event) if hasattr(one, "customer_id")}
    assert {link.customer_id for link in links} & seen


def test_some_examples_may_trigger_and_some_may_not() -> None:
    origins = {one.origin for event in event_types() for one in examples(event)}
    assert origins == set(Origin)


@pytest.mark.parametrize("name", INBOUND)
def test_inbound_examples_are_whole_cloudevents(name: str) -> None:
    found = documents(name)
    assert {document["type"] for document in found} == {name}
    assert len({document["id"] for document in found}) == len(found) > 1
    keys = [tuple(str(document["data"][part]) for part in INBOUND[name].natural_key) for document in found]
    assert len(set(keys)) < len(keys), "one of them is told twice"
