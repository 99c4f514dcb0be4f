"""The topics and their shape. `python -m shared.messaging.topics create` makes those that are missing."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any

import typer
from kafka import KafkaAdminClient
from kafka.errors import TopicAlreadyExistsError

from shared.contracts.base import Topic
from shared.contracts.topics import PARTITIONS, TOPICS
from shared.messaging.clients import LARGEST_EVENT, admin, topic_name
from shared.settings import Settings

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="The topics of the suite.")


def create(settings: Settings, chosen: Collection[Topic] = tuple(TOPICS)) -> list[str]:
    """Make the topics that are not there yet, ready to use; the names of the new ones."""
    client = admin(settings)
    try:
        present = set(client.list_topics())
        wanted = {topic_name(settings, topic): _shape(settings, topic) for topic in chosen}
        missing = {name: shape for name, shape in wanted.items() if name not in present}
        if missing:
            _create(client, missing)
        client.wait_for_topics(list(wanted), timeout_ms=30_000)
        return list(missing)
    finally:
        client.close()


def delete(settings: Settings, names: Sequence[str]) -> None:
    """Remove topics with all they hold: for tests."""
    client = admin(settings)
    try:
        client.delete_topics(list(names))
    finally:
        client.close()


def _create(client: KafkaAdminClient, missing: dict[str, Any]) -> None:
    with suppress(TopicAlreadyExistsError):  # somebody starting beside us was faster
        client.create_topics(missing)


def _shape(settings: Settings, topic: Topic) -> dict[str, Any]:
    replicas = settings.kafka_replication_factor
    configs = {
        "cleanup.policy": "delete",
        "retention.ms": str(int(TOPICS[topic].retention.total_seconds() * 1000)),
        "max.message.bytes": str(LARGEST_EVENT),
        "min.insync.replicas": str(max(1, replicas - 1)),
        "unclean.leader.election.enable": "false",
    }
    return {"num_partitions": PARTITIONS, "replication_factor": replicas, "configs": configs}


@cli.callback()
def _topics() -> None:
    """Keeps `create` a word of its own."""


@cli.command("create")
def create_command() -> None:
    """Make every topic that is missing."""
    made = create(Settings())
    typer.echo("created " + ", ".join(made) if made else "all topics are there")


if __name__ == "__main__":
    cli()
