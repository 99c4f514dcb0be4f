"""The card at the top of each service tells what it publishes and reads."""

import re
from importlib import import_module

import pytest

from tests.contracts.services import CONSUMERS, handlers_of, republishers_of


@pytest.mark.parametrize("service", CONSUMERS)
def test_the_card_of_a_service_names_every_type_it_publishes_and_every_topic_it_reads(service: str) -> None:
    card = import_module(f"services.{service}").__doc__ or ""
    publishes, _, consumes = card.partition("\nPublishes ")[2].partition("\nConsumes ")
    topic, _, types = publishes.partition(":")
    assert topic == f"`{service}.events`"
    assert {f"{service}.{name}" for name in re.findall(r"\w+\.\w+", types)} == {
        event.type for event in republishers_of(service)
    }
    assert set(re.findall(r"`(\w+\.events)`", consumes)) == {topic.value for topic in handlers_of(service).topics}
