"""`python -m services.<name> migrate | revision`: apart, because only they need Alembic and it takes long to import."""

import typer

from shared import migrations
from shared.cli import Service
from shared.runtime import Runtime
from shared.settings import Settings

cli = typer.Typer()


def migrate(service: Service, runtime: Runtime) -> None:
    """Bring the schema up to date and load the seeds; safe to repeat."""
    migrations.upgrade(service.name, runtime.settings.database_url(service.name, direct=True), service.metadata)
    if service.seed is not None:
        with runtime.database.transaction() as session:
            service.seed(session, runtime.now(), runtime.settings)


@cli.command("migrate")
def _migrate(context: typer.Context) -> None:
    """Bring the schema up to date and load the seeds."""
    service: Service = context.obj
    migrate(service, service.runtime("migrate"))


@cli.command("revision")
def _revision(context: typer.Context, message: str) -> None:
    """Write a migration for what the mapped classes say and the migrated database does not."""
    service: Service = context.obj
    url = Settings().database_url(service.name, direct=True)
    migrations.revise(service.name, url, service.metadata, message)
