"""How a consumer gathers a batch."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest
from kafka import KafkaConsumer
from kafka.structs import TopicPartition

from shared.messaging.consumer import Records, is_caught_up

ONE, TWO = TopicPartition("orders", 0), TopicPartition("orders", 1)


def broker(highwaters: Mapping[TopicPartition, int | None]) -> KafkaConsumer:
    """A client that knows only how far the log reached when the broker last answered."""
    return cast(KafkaConsumer, SimpleNamespace(highwater=highwaters.get))


def batch(**last: int) -> Records:
    """Records up to these offsets."""
    places = {"one": ONE, "two": TWO}
    return {places[name]: [cast(Any, SimpleNamespace(offset=offset))] for name, offset in last.items()}


@pytest.mark.parametrize(
    ("highwaters", "read", "expected"),
    [
        ({ONE: 8}, {"one": 7}, True),
        ({ONE: 9}, {"one": 7}, False),
        ({ONE: 8, TWO: 100}, {"one": 7, "two": 4}, False),
        ({ONE: 8, TWO: 5}, {"one": 7, "two": 4}, True),
        ({ONE: None}, {"one": 7}, True),
    ],
)
def test_a_batch_that_reaches_the_end_of_every_partition_has_caught_up(
    highwaters: Mapping[TopicPartition, int | None], read: Mapping[str, int], expected: bool
) -> None:
    assert is_caught_up(broker(highwaters), batch(**read)) is expected
