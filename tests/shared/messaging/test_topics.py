"""Topics have the agreed shape, and making them twice changes nothing."""

from collections.abc import Iterator

import pytest
from kafka.admin import ConfigResource, ConfigResourceType

from shared.contracts.base import Topic
from shared.contracts.topics import TOPICS
from shared.messaging import clients, topics
from shared.settings import Settings


@pytest.fixture
def made(settings: Settings) -> Iterator[list[str]]:
    names = topics.create(settings)
    yield names
    topics.delete(settings, names)


def test_all_four_are_made_with_their_partitions_and_retention(settings: Settings, made: list[str]) -> None:
    assert sorted(made) == sorted(clients.topic_name(settings, topic) for topic in Topic)
    client = clients.admin(settings)
    described = {topic["name"]: len(topic["partitions"]) for topic in client.describe_topics(made)}
    assert described == dict.fromkeys(made, 12)
    for topic, shape in TOPICS.items():
        name = clients.topic_name(settings, topic)
        configs = client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])["topic"][name]
        assert configs["retention.ms"]["value"] == str(int(shape.retention.total_seconds() * 1000))
        assert configs["cleanup.policy"]["value"] == "delete"
    client.close()


def test_making_them_again_changes_nothing(settings: Settings, made: list[str]) -> None:
    assert topics.create(settings) == []
