"""Commands of profile alone."""

import typer

from services.profile.privacy.restores import usecases as restores
from shared import crypto
from shared.runtime import Runtime

apply_erasures = typer.Typer(invoke_without_command=True, help="After a restored backup: erase again who was erased.")


@apply_erasures.callback()
def _apply() -> None:
    """Ask the ledger and the other services, which must run, who was erased, and erase them here again.

    Before the services of a restored database are opened to anybody, and before `republish`.
    """
    runtime = Runtime.of("profile")
    crypto.configure(runtime.settings)
    typer.echo(f"{restores.apply(runtime)} people erased again")
    runtime.database.close()
