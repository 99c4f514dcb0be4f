"""`python -m services.<name> api | worker | migrate | job | republish | …`: the commands that every service has."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
import typer
import uvicorn
from sqlalchemy import MetaData
from sqlalchemy.orm import Session
from typer.core import TyperGroup
from typer.main import get_group

from shared import crypto, garbage, jobs, rotation, telemetry, worker
from shared.contracts.base import Event
from shared.db import SharedBase
from shared.errors import GuanxiError
from shared.jobs import JobUseCase
from shared.messaging import parking, republish
from shared.messaging.handlers import Handlers
from shared.messaging.republish import Republisher
from shared.runtime import Runtime
from shared.settings import Settings
from shared.ticks import Tick

Loop = Literal["consume", "relay", "tick"]
SCHEMA_COMMANDS = ("migrate", "revision")
GIL_SECONDS = 0.001  # or the thread that writes would wait 5 ms, at each statement, for the one that reads requests


@dataclass(frozen=True)
class Service:
    """A service as its `__main__` puts it together."""

    name: str
    metadata: MetaData
    app: Callable[[Runtime], Any]
    handlers: Handlers | None = None
    ticks: Mapping[str, Tick] = field(default_factory=dict)
    jobs: Mapping[str, JobUseCase] = field(default_factory=dict)
    republish: Mapping[type[Event], Republisher] = field(default_factory=dict)
    seed: Callable[[Session, datetime, Settings], None] | None = None
    commands: Mapping[str, typer.Typer] = field(default_factory=dict)
    niceness: int = 4  # of the worker: requests first, then what comes by Kafka, then what follows; more starves

    def runtime(self, process: str) -> Runtime:
        """This process's runtime, with keys and telemetry in place."""
        runtime = Runtime.of(self.name)
        crypto.configure(runtime.settings)
        telemetry.configure(runtime.settings, f"{self.name}.{process}")
        return runtime

    def document(self) -> dict[str, Any]:
        """The OpenAPI document; needs no database."""
        settings = Settings.model_validate({f"{self.name}_database_url": "postgresql://nobody@127.0.0.1/none"})
        described: dict[str, Any] = self.app(Runtime.of(self.name, settings)).openapi()
        return described


class _Commands(TyperGroup):
    """What changes the schema is imported when it is called: Alembic costs every other process a third of a second."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All names."""
        return [*super().list_commands(ctx), *SCHEMA_COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """One command."""
        if cmd_name not in SCHEMA_COMMANDS:
            return super().get_command(ctx, cmd_name)
        return get_group(import_module("shared.migrations.commands").cli).get_command(ctx, cmd_name)


def run(service: Service) -> None:
    """Run the command line of a service; a refusal is one sentence."""
    try:
        commands(service)()
    except GuanxiError as refusal:
        typer.echo(refusal.detail, err=True)
        sys.exit(1)


def commands(service: Service) -> typer.Typer:
    """The command line of a service."""
    cli = typer.Typer(
        cls=_Commands,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help=service.name,
        context_settings={"obj": service},
    )
    _processes(cli, service)
    _upkeep(cli, service)
    _job(cli, service)
    if service.handlers is not None:
        letters = parking.commands(lambda: service.runtime("dead-letters"), service.handlers)
        cli.add_typer(letters, name="dead-letters")
    # A service's own command goes before the general one of the same name.
    cli.registered_commands = [one for one in cli.registered_commands if one.name not in service.commands]
    for name, extra in service.commands.items():
        cli.add_typer(extra, name=name)
    return cli


def _processes(cli: typer.Typer, service: Service) -> None:
    @cli.command()
    def api() -> None:
        """Answer HTTP."""
        runtime = service.runtime("api")
        app = service.app(runtime)
        sys.setswitchinterval(GIL_SECONDS)
        garbage.collect_rarely()
        uvicorn.run(
            app,
            host=runtime.settings.http_host,
            port=runtime.settings.http_port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=20,
        )

    @cli.command("worker")
    def work(only: Annotated[Loop | None, typer.Option(help="Run one of the three loops alone.")] = None) -> None:
        """Consume events, relay the outbox, run what is due."""
        if service.handlers is None:
            raise typer.BadParameter(f"{service.name} has no worker")
        runtime = service.runtime("worker")
        os.nice(service.niceness)
        garbage.collect_rarely()
        sys.exit(worker.run(runtime, service.handlers, service.ticks, service.jobs, only))


def _upkeep(cli: typer.Typer, service: Service) -> None:
    @cli.command("republish")
    def republish_(
        only: Annotated[str | None, typer.Option("--type", help="One event type; all by default.")] = None,
        since: Annotated[datetime | None, typer.Option(help="Only what changed since then, UTC.")] = None,
        customer: Annotated[UUID | None, typer.Option(help="Only one customer.")] = None,
    ) -> None:
        """Send the current state again, for a new consumer, a lost log or a restored database."""
        runtime = service.runtime("republish")
        sent = republish.run(runtime, service.republish, only=only, since=since, customer_id=customer)
        typer.echo(f"{sent} events on their way")

    @cli.command()
    def rotate_keys() -> None:
        """Encrypt everything that is under an older key again."""
        runtime = service.runtime("rotate-keys")
        tables = (service.metadata, SharedBase.metadata)
        rotation.rotate(runtime.database, *tables, report=lambda column, count: typer.echo(f"{column}: {count}"))

    @cli.command("openapi")
    def openapi(
        output: Annotated[Path | None, typer.Option("-o", help="Write to a file.")] = None,
    ) -> None:
        """Print the OpenAPI document; needs no database."""
        document = orjson.dumps(service.document(), option=orjson.OPT_INDENT_2)
        if output:
            output.write_bytes(document)
        else:
            typer.echo(document.decode())


def _job(cli: typer.Typer, service: Service) -> None:
    job = typer.Typer(no_args_is_help=True, help="Long work in a process of its own.")

    @job.command("run")
    def run_job(job_id: str) -> None:
        """Do a job that a worker claimed."""
        jobs.run(service.runtime("job"), service.jobs, job_id)

    cli.add_typer(job, name="job")
