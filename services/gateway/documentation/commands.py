"""`python -m services.gateway openapi`: the merged document from which the gateway routes and its pages are made."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from services.gateway.documentation import store
from services.gateway.documentation.rules import Document, merged
from shared.settings import SERVICES

Output = Annotated[Path, typer.Option("-o", "--output", help="Where to write it.")]


def commands(own: Callable[[], Document]) -> typer.Typer:
    """The command group; `own` makes the document of the gateway's own paths."""
    group = typer.Typer(help="The merged OpenAPI document.")

    @group.callback(invoke_without_command=True)
    def write(context: typer.Context, output: Output = store.PATH) -> None:
        """Ask every service for its document, each in a process of its own, and write them as one."""
        if context.invoked_subcommand is None:
            others = {service: _asked(service) for service in SERVICES if service != "gateway"}
            store.write(merged(others | {"gateway": own()}), output)

    @group.command("merge")
    def merge(files: list[Path], output: Output = store.PATH) -> None:
        """Write documents that are already files as one; each says itself whose it is."""
        documents = [orjson.loads(path.read_bytes()) for path in files]
        others = {document["x-service"]: document for document in documents}
        store.write(merged(others | {"gateway": own()}), output)

    return group


def _asked(service: str) -> dict[str, Any]:
    command = [sys.executable, "-m", f"services.{service}", "openapi"]
    printed = subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603 - our own interpreter and names
    document: dict[str, Any] = orjson.loads(printed)
    return document
