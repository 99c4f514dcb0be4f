"""PostgreSQL and Kafka in containers, where a container engine exists."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from shared.testing.stack import Infrastructure

KAFKA = {
    "KAFKA_NODE_ID": "1",
    "KAFKA_PROCESS_ROLES": "broker,controller",
    "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
    "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
    "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
    "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
    "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
    "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
}


@contextmanager
def infrastructure(home: Path) -> Iterator[Infrastructure]:
    """The images of the compose file, started and removed again; nothing is written to `home`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kafka = DockerContainer("apache/kafka:4.3.1", env=KAFKA).with_bind_ports(9092, port)
    host = kafka.get_container_host_ip()
    kafka = kafka.with_env("KAFKA_ADVERTISED_LISTENERS", f"PLAINTEXT://{host}:{port}")
    kafka = kafka.waiting_for(LogMessageWaitStrategy("Kafka Server started"))
    with PostgresContainer("postgres:18", driver=None) as postgres, kafka:
        yield Infrastructure(postgres.get_connection_url(), f"{host}:{port}")
