"""`dead-letters list | replay | discard`: what an operator does about parked events."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

import typer

from shared.messaging import dead_letters
from shared.messaging.handlers import Handlers
from shared.runtime import Runtime

Type = Annotated[str | None, typer.Option("--type", help="Only events of this type.")]
Reason = Annotated[str | None, typer.Option(help="Only those parked for this reason: unreadable or failed.")]
Ids = Annotated[list[UUID] | None, typer.Argument(help="Only these; all by default.")]

PAGE = 200


def commands(runtime: Callable[[], Runtime], handlers: Handlers) -> typer.Typer:
    """The commands for a service with these handlers."""
    cli = typer.Typer(no_args_is_help=True, help="Events that could not be applied.")

    @cli.command("list")
    def list_(type: Type = None, reason: Reason = None) -> None:
        """The oldest parked events: id, type, reason, tries, error."""
        with runtime().database.reading() as session:
            for letter in dead_letters.parked(session, type=type, reason=reason, limit=PAGE):
                line = (letter.id, letter.type, letter.reason, letter.times, letter.error)
                typer.echo("\t".join(map(str, line)))
            typer.echo(f"{dead_letters.count(session)} parked in all")

    @cli.command()
    def replay(ids: Ids = None, type: Type = None, reason: Reason = None) -> None:
        """Apply parked events again by the present handlers; safe at any time."""
        process = runtime()
        done = 0
        chosen = ids or _all(process, type, reason)
        for start in range(0, len(chosen), PAGE):
            with process.database.transaction() as session:
                done += dead_letters.replay(session, handlers, chosen[start : start + PAGE], process.now())
        typer.echo(f"{done} of {len(chosen)} applied")

    @cli.command()
    def discard(ids: Annotated[list[UUID], typer.Argument(help="Which to give up.")]) -> None:
        """Give parked events up for good."""
        process = runtime()
        with process.database.transaction() as session:
            typer.echo(f"{dead_letters.discard(session, ids, process.now())} discarded")

    return cli


def _all(process: Runtime, type: str | None, reason: str | None) -> list[UUID]:
    with process.database.reading() as session:
        return dead_letters.ids(session, type=type, reason=reason)
