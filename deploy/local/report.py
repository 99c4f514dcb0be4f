"""What a person sees at the terminal."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table

from deploy.local.home import Home
from deploy.local.supervision import State

console = Console(highlight=False, soft_wrap=True)


@contextmanager
def step(label: str) -> Iterator[None]:
    """One line for one step of a start: a spinner while it lasts, then how long it took."""
    began = time.monotonic()
    if console.is_terminal:
        with console.status(label):
            yield
    else:
        yield
    console.print(f"  {label:<32} {time.monotonic() - began:5.1f} s")


def say(text: str) -> None:
    """A plain line."""
    console.print(text)


def table(states: Sequence[State]) -> None:
    """Every process with its state."""
    shown = Table("process", "state", "pid", "uptime", box=None, pad_edge=False)
    for state in states:
        colour = "green" if state.state == "RUNNING" else "red"
        shown.add_row(state.name, f"[{colour}]{state.state.lower()}[/]", str(state.pid or ""), state.uptime)
    console.print(shown)


def welcome(home: Home, customers: Sequence[str]) -> None:
    """Where everything is, and what to look at first."""
    run = json.loads(home.run_json.read_text())
    gateway = run["gateway"]
    say(f"\nGuanxi is up at {gateway}")
    say(f"  API and docs   {gateway}/docs")
    say(f"  admin key      {run['admin_key']}")
    say(f"  write key      {run['write_key']}")
    say(f"  mail sink      {home.sink / 'index.html'}")
    say(f"  all addresses  {home.run_json}")
    for number, customer in enumerate(customers):
        say(f"  {'customers' if number == 0 else '':<14} {gateway}/v1/customers/{customer}/360")
    if customers:
        say(f"\n  curl -H 'Authorization: Bearer {run['admin_key']}' {gateway}/v1/customers/{customers[0]}/360")
