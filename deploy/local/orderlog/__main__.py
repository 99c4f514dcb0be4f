"""`python -m deploy.local.orderlog cdnow | completejourney`: fill a running stack with a real order log."""

import json
import sys
from datetime import UTC, datetime
from enum import StrEnum
from importlib import import_module

import httpx
import typer

from deploy.local import report
from deploy.local.home import Home, of_environment
from deploy.local.orderlog import shop
from deploy.local.orderlog.replay import replay
from deploy.local.orderlog.reports import OrderLog, Tally
from deploy.local.problems import StackError, sentence
from shared.settings import Settings

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Name(StrEnum):
    """The logs there are; one module each, for not every installation can read every log."""

    CDNOW = "cdnow"
    COMPLETEJOURNEY = "completejourney"


@app.command()
def load(name: Name) -> None:
    """Replay a log through Kafka, then sell once through the gateway."""
    home = of_environment()
    log: OrderLog = import_module(f"deploy.local.orderlog.{name}").LOG
    if not home.run_json.exists():
        raise StackError(f"No stack is running in {home.root}: make run starts one.")
    fill(home, log)


def fill(home: Home, log: OrderLog) -> None:
    """The whole story of a log; three of its customers are noted in the home for the next report."""
    run = json.loads(home.run_json.read_text())
    settings = Settings(kafka_bootstrap_servers=run["kafka"])
    currency = settings.base_currency
    with shop.connect(run) as gateway:
        shop.require_no_real_data(gateway)
        report.say(f"Loading {log.title}; its {log.currency} amounts count as {currency}, unconverted.")
        tally = Tally()
        reports = (tally.seen(one) for one in log.reports(currency, datetime.now(UTC).date()))
        replay(settings, f"guanxi-demo/{log.source}", reports, log.count)
        regular, *others = tally.worth_a_look()
        order = shop.sell(gateway, log.source, regular, currency)
        report.say(f"  one live order: {order['order_id']}, delivered")
        customers = shop.find(gateway, log.source, [regular, *others])
        if not shop.await_scores(gateway, customers):
            report.say("  scoring is still busy; the 360 views fill in a moment")
        if refused := shop.refused(gateway, log.source):
            report.say(f"  refused: {refused}; see {run['gateway']}/v1/rejections")
    home.loaded(log.source).write_text(json.dumps(customers))
    for customer in customers:
        report.say(f"  {run['gateway']}/v1/customers/{customer}/360")


def main() -> int:
    """Run; what went wrong is one sentence."""
    try:
        app()
    except StackError as error:
        sys.stderr.write(f"{error}\n")
    except OSError as error:
        sys.stderr.write(f"{sentence(error)}\n")
    except httpx.TransportError as error:
        sys.stderr.write(f"The gateway does not answer ({type(error).__name__}): is the stack still running?\n")
    except ModuleNotFoundError as error:
        sys.stderr.write(f"{error.name} is missing: make demo installs it.\n")
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
