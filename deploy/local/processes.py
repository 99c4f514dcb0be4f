"""The seven processes of the suite, and the environment each of them is given."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.local import secrets
from deploy.local.home import Home
from deploy.local.ports import HOST
from shared.settings import SERVICES

INFRASTRUCTURE_PORTS = ("postgres", "kafka", "kafka_controller")


@dataclass(frozen=True)
class Process:
    """One long-running Python process."""

    service: str
    role: str

    @property
    def name(self) -> str:
        """As logs and reports call it."""
        return f"{self.service}-{self.role}"

    @property
    def command(self) -> list[str]:
        """What runs it."""
        return [sys.executable, "-m", f"services.{self.service}", self.role]


PROCESSES = tuple(
    Process(service, role)
    for role in ("api", "worker")
    for service in SERVICES
    if (service, role) != ("gateway", "worker")
)


def port_names() -> list[str]:
    """Every port a stack chooses for itself; the gateway's is given."""
    http = [f"{service}_http" for service in SERVICES if service != "gateway"]
    return [*INFRASTRUCTURE_PORTS, *http, *(f"{process.name}_metrics" for process in PROCESSES)]


@dataclass(frozen=True)
class Addresses:
    """Where everything of a stack listens."""

    gateway_port: int
    ports: Mapping[str, int]
    databases: Mapping[str, str]

    @property
    def gateway(self) -> str:
        """Base address for users."""
        return f"http://{HOST}:{self.gateway_port}"

    @property
    def kafka(self) -> str:
        """Bootstrap address."""
        return f"{HOST}:{self.ports['kafka']}"

    @property
    def services(self) -> dict[str, str]:
        """Base address of each service."""
        return {service: f"http://{HOST}:{self.http_port(service)}" for service in SERVICES}

    def http_port(self, service: str) -> int:
        """Where the api of a service listens."""
        return self.gateway_port if service == "gateway" else self.ports[f"{service}_http"]

    def readiness(self, process: Process) -> str:
        """Where a process says whether it is ready."""
        port = self.http_port(process.service) if process.role == "api" else self.ports[f"{process.name}_metrics"]
        return f"http://{HOST}:{port}/readyz"


def shared_environment(home: Home, addresses: Addresses) -> dict[str, str]:
    """Settings that all processes have in common, beside the GUANXI_ variables of the caller, which they inherit."""
    defaults = {
        "GUANXI_ENV": "development",
        "GUANXI_PUBLIC_URL": addresses.gateway,
        "GUANXI_CHANNEL_SINK_DIR": str(home.sink),
    }
    wiring = {
        "GUANXI_KAFKA_BOOTSTRAP_SERVERS": addresses.kafka,
        "GUANXI_KEYRING_FILE": str(secrets.keyring_file(home.secrets / "keyring.json")),
        "GUANXI_LOOKUP_KEY_FILE": str(secrets.key_file(home.secrets / "lookup.key")),
        "PYTHONUNBUFFERED": "1",
    }
    for service, url in addresses.services.items():
        secret = secrets.key_file(home.secrets / f"{service}_internal.key")
        wiring |= {
            f"GUANXI_{service.upper()}_URL": url,
            f"GUANXI_{service.upper()}_INTERNAL_SECRET_FILE": str(secret),
        }
    return {name: value for name, value in defaults.items() if name not in os.environ} | wiring


def environment(home: Home, addresses: Addresses, service: str) -> dict[str, str]:
    """Settings of every command of one service; it sees its own database only."""
    prefix = f"GUANXI_{service.upper()}_DATABASE"
    url = addresses.databases[service]
    return {**shared_environment(home, addresses), f"{prefix}_URL": url, f"{prefix}_DIRECT_URL": url}


def process_environment(home: Home, addresses: Addresses, process: Process) -> dict[str, str]:
    """Settings of one long-running process."""
    return {
        **environment(home, addresses, process.service),
        "GUANXI_HTTP_PORT": str(addresses.http_port(process.service)),
        "GUANXI_METRICS_PORT": str(addresses.ports[f"{process.name}_metrics"]),
    }
