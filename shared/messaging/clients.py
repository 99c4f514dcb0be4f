"""Kafka clients, with the settings on which the promises rest in one place."""

from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer

from shared.contracts.base import Topic
from shared.settings import Settings

LARGEST_EVENT = 8 * 1024 * 1024
DELIVERY_TIMEOUT_MS = 30_000
POLL_RECORDS = 500
# A member that joins before its broker knows a fresh topic gets nothing until it asks again.
RECONNECT = {"reconnect_backoff_ms": 50, "reconnect_backoff_max_ms": 1_000, "metadata_max_age_ms": 5_000}


def topic_name(settings: Settings, topic: Topic) -> str:
    """The topic as this deployment's broker knows it."""
    return f"{settings.kafka_topic_prefix}{topic.value}"


def producer(settings: Settings) -> KafkaProducer:
    """A producer whose acknowledgement means: every in-sync replica has it, once."""
    return KafkaProducer(
        **_connection(settings),
        acks="all",
        enable_idempotence=True,
        linger_ms=20,
        batch_size=131_072,
        compression_type="zstd",
        delivery_timeout_ms=DELIVERY_TIMEOUT_MS,
        request_timeout_ms=10_000,
        max_block_ms=5_000,
        max_request_size=LARGEST_EVENT,
        allow_auto_create_topics=False,
    )


def consumer(settings: Settings, service: str) -> KafkaConsumer:
    """A member of the service's group. It commits only what it is told to, and a new group reads all history."""
    return KafkaConsumer(
        **_connection(settings),
        group_id=f"{settings.kafka_topic_prefix}{service}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_poll_records=POLL_RECORDS,
        session_timeout_ms=10_000,
        heartbeat_interval_ms=2_000,
        allow_auto_create_topics=False,
    )


def admin(settings: Settings) -> KafkaAdminClient:
    """For making topics."""
    return KafkaAdminClient(**_connection(settings))


def _connection(settings: Settings) -> dict[str, Any]:
    plain = {"bootstrap_servers": settings.kafka_bootstrap_servers.split(","), **RECONNECT}
    plain["security_protocol"] = settings.kafka_security_protocol
    if settings.kafka_username is None or settings.kafka_password_file is None:
        return plain
    return plain | {
        "sasl_mechanism": settings.kafka_sasl_mechanism,
        "sasl_plain_username": settings.kafka_username,
        "sasl_plain_password": settings.kafka_password_file.read_text().strip(),
    }
