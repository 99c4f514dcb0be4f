"""`python -m services.gateway keys …`: the first keys of a deployment, made where nobody could ask for them yet."""

import os
from pathlib import Path
from typing import Annotated

import typer

from services.gateway.access import usecases
from services.gateway.access.schemas import GRANTED
from shared import crypto
from shared.runtime import Runtime

keys = typer.Typer(no_args_is_help=True, help="API keys and write keys.")


@keys.callback()
def _group() -> None:
    """API keys and write keys."""


@keys.command()
def ensure(
    name: Annotated[str, typer.Option(help="What the key is called.")],
    scopes: Annotated[str, typer.Option(help="Its scopes, separated by commas.")],
    key_file: Annotated[Path, typer.Option(help="Where its text is kept, readable by its owner only.")],
) -> None:
    """See to it that the file holds a key of this name and these scopes that opens; safe to repeat."""
    wanted = scopes.split(",")
    if unknown := set(wanted) - set(GRANTED):
        raise typer.BadParameter(f"there is no scope {', '.join(sorted(unknown))}")
    runtime = Runtime.of("gateway")
    crypto.configure(runtime.settings)
    known = key_file.read_text().strip() if key_file.exists() else None
    with runtime.database.transaction() as session:
        text = usecases.ensure(session, name, wanted, known, runtime.now())
    runtime.database.close()
    if text != known:
        _write(key_file, text)


def _write(path: Path, text: str) -> None:
    """In one step, so that a file is never half a key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text + "\n")
    fresh.replace(path)
