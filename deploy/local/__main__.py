"""`python -m deploy.local …`: the stack without containers."""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import psycopg
import typer

from deploy.local import logs, report, stack, supervision
from deploy.local.home import of_environment
from deploy.local.infrastructure import infrastructure
from deploy.local.problems import StackError, sentence
from deploy.local.stack import Wish

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def infra(
    home: Annotated[Path, typer.Option(help="Folder for data and infra.json.")],
    durable: Annotated[bool, typer.Option(help="Keep every commit through a crash of the machine.")] = False,
) -> None:
    """PostgreSQL and Kafka only, in the foreground until Ctrl-C or SIGTERM."""
    stack.interrupt_on_signals()
    with suppress(KeyboardInterrupt), infrastructure(home, durable=durable) as servers:
        report.say(f"PostgreSQL and Kafka ({servers.kafka}) are up: {home / 'infra.json'}")
        signal.pause()


@app.command()
def up(
    detach: Annotated[bool, typer.Option(help="Return once the stack is up.", envvar="DETACH")] = False,
    data: Annotated[bool, typer.Option(help="Load an order log on the first start.")] = True,
    log: Annotated[str | None, typer.Option(help="Which order log, also into a stack that has another.")] = None,
) -> None:
    """Start everything; in the foreground until Ctrl-C or SIGTERM."""
    stack.up(of_environment(), _gateway_port(), Wish(detach, data, log))


@app.command()
def stop() -> None:
    """Stop everything of the stack in GUANXI_HOME."""
    stack.stop(of_environment())


@app.command()
def reset() -> None:
    """Stop everything and delete the data."""
    stack.reset(of_environment())


@app.command()
def status() -> None:
    """What runs, and where."""
    if not stack.status(of_environment()):
        raise typer.Exit(1)


@app.command("log")
def follow_log() -> None:
    """Follow the log of all processes of a running stack."""
    home = of_environment()
    with suppress(KeyboardInterrupt):
        logs.follow(home, logs.ends(home), lambda: supervision.is_running(home))


def _gateway_port() -> int:
    port = os.environ.get("GUANXI_PORT") or "8080"
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise StackError(f"GUANXI_PORT must be a port between 1 and 65535, not {port!r}.")
    return int(port)


def main() -> int:
    """Run a command; what went wrong is one sentence."""
    try:
        app()
    except StackError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except psycopg.Error as error:
        sys.stderr.write(f"PostgreSQL says: {error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{sentence(error)}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
