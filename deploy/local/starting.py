"""Bringing a stack up, step by step, each step ready before the next."""

import json
from pathlib import Path
from subprocess import Popen

from deploy.local import databases, folders, kafka, leftovers, ports, postgres, preparing, supervision, waiting
from deploy.local.home import Home, prepare
from deploy.local.jars import jars
from deploy.local.problems import StackError
from deploy.local.process import Program, start
from deploy.local.processes import PROCESSES, Addresses, port_names
from deploy.local.report import say, step
from deploy.local.secrets import write_private
from shared.settings import SERVICES

SERVER_SECONDS = 90
PROCESS_SECONDS = 180


def clear_the_way(home: Home, port: int) -> None:
    """End what a killed supervisor left. Raises StackError when something else listens where the gateway should."""
    if leftovers.end(home.root):
        say("Ended processes that an earlier supervisor, which was killed, had left.")
    if not ports.is_free(port):
        raise StackError(f"Port {port} is in use by another program: stop it, or choose another with GUANXI_PORT.")


def bring_up(home: Home, gateway_port: int, *, tethered: bool) -> Popen[bytes]:
    """Start everything, ready when this returns; the supervisor, which a tether ends together with this process."""
    prepare(home)
    chosen = ports.keep(home.root / "ports.json", port_names())
    with step("Kafka's jars"):
        library = jars(folders.cache())
    with step("data folders"):
        servers = _servers(home, library, chosen)
    urls = databases.urls(home.secrets, chosen["postgres"], SERVICES)
    addresses = Addresses(gateway_port, chosen, urls)
    supervision.write_config(home, servers, addresses)
    supervisor = start(_supervisor(home), supervision.log_file(home, "supervisor"), tethered=tethered)
    log = supervision.log_file(home, "supervisor")
    waiting.until(lambda: supervision.is_running(home), lambda: supervisor.poll() is not None, 30, "supervisor", log)
    try:
        _start_servers(home, addresses)
        _start_services(home, addresses)
        _describe(home, addresses)
    except BaseException:
        shut_down(home, supervisor)
        raise
    return supervisor


def shut_down(home: Home, supervisor: Popen[bytes] | None = None) -> None:
    """Stop everything of a stack; nothing of it runs when this returns."""
    home.run_json.unlink(missing_ok=True)
    supervision.shut_down(home)
    if supervisor:
        supervisor.wait()
    leftovers.end(home.root)


def _servers(home: Home, library: Path, chosen: dict[str, int]) -> list[Program]:
    database = postgres.program(home.root, chosen["postgres"])
    broker = kafka.program(home.root, library, chosen["kafka"], chosen["kafka_controller"])
    data = Path(database.command[2])
    if not data.is_relative_to(home.root):
        say(f"  PostgreSQL's account cannot enter {home.root}: its data is in {data}")
    return [database, broker]


def _supervisor(home: Home) -> Program:
    return Program("supervisor", supervision.command(home), {leftovers.MARK: str(home.root)})


def _start_servers(home: Home, addresses: Addresses) -> None:
    supervision.start(home, "postgres", "kafka")
    port = addresses.ports["postgres"]
    superuser = postgres.superuser_url(home.root, port)
    with step("PostgreSQL"):
        _ready(home, "postgres", lambda: postgres.is_ready(superuser), SERVER_SECONDS)
        databases.ensure(superuser, addresses.databases)
    fresh = not preparing.is_done(home)
    if fresh:
        with step("migrations and seeds"):
            preparing.migrate(home, addresses)
        with step("keys"):
            preparing.make_keys(home, addresses)
    with step("Kafka"):
        _ready(home, "kafka", lambda: kafka.is_ready(addresses.ports["kafka"]), SERVER_SECONDS)
    if fresh:
        with step("topics"):
            preparing.make_topics(home, addresses)
        preparing.note(home)


def _start_services(home: Home, addresses: Addresses) -> None:
    supervision.start(home, *(f"services:{process.name}" for process in PROCESSES))
    for process in PROCESSES:
        url = addresses.readiness(process)
        with step(process.name):
            _ready(home, process.name, lambda url=url: waiting.answers(url), PROCESS_SECONDS)  # type: ignore[misc]


def _ready(home: Home, name: str, is_ready: waiting.Question, seconds: float) -> None:
    waiting.until(is_ready, lambda: supervision.is_failing(home, name), seconds, name, supervision.log_file(home, name))


def _describe(home: Home, addresses: Addresses) -> None:
    document = {
        "gateway": addresses.gateway,
        "admin_key": preparing.key_file(home, "admin").read_text().strip(),
        "write_key": preparing.key_file(home, "write").read_text().strip(),
        "kafka": addresses.kafka,
        "databases": dict(addresses.databases),
        "services": addresses.services,
    }
    write_private(home.run_json, json.dumps(document, indent=2) + "\n")
