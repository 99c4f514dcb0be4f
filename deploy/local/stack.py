"""What `make run`, `make stop`, `make reset` and `make status` do."""

import signal
from dataclasses import dataclass
from subprocess import Popen
from types import FrameType

from deploy.local import leftovers, loading, logs, report, supervision
from deploy.local.home import Home, erase, locked
from deploy.local.problems import StackError
from deploy.local.starting import bring_up, clear_the_way, shut_down

INTERRUPTED = 130
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Wish:
    """How a stack is to be run: left alone once it is up, with an order log (None = the default) or without any."""

    detach: bool = False
    data: bool = True
    log: str | None = None


def up(home: Home, port: int, wish: Wish) -> None:
    """Start a stack and stay with it until a signal ends both. One that is already up is only reported, and filled."""
    interrupt_on_signals()
    try:
        with locked(home):
            if supervision.is_running(home):
                _report_running(home, wish)
                return
            clear_the_way(home, port)
            report.say(f"Starting Guanxi in {home.root}")
            supervisor = bring_up(home, port, tethered=not wish.detach)
    except KeyboardInterrupt:
        report.say("Stopped before everything was up.")
        raise SystemExit(INTERRUPTED) from None
    _stay(home, supervisor, wish)


def _report_running(home: Home, wish: Wish) -> None:
    report.say(f"Guanxi is already running in {home.root}.")
    if wish.log and not _fill(home, wish):
        raise SystemExit(1)
    status(home)


def _stay(home: Home, supervisor: Popen[bytes], wish: Wish) -> None:
    try:
        filled = _fill(home, wish)
        report.welcome(home, loading.customers(home))
        if wish.detach:
            raise SystemExit(0 if filled else 1)
        report.say("\nCtrl-C stops everything; what follows is the log of all processes.\n")
        logs.follow(home, logs.ends(home), lambda: supervisor.poll() is None)
    except KeyboardInterrupt:
        report.say("\nStopping …")
        shut_down(home, supervisor)
        report.say("Everything has stopped; the data stays for the next start.")
        return
    shut_down(home, supervisor)
    if supervisor.returncode:
        log = supervision.log_file(home, "supervisor")
        raise StackError(f"The supervisor ended by itself; its words: {log}.")
    report.say("Stopped from elsewhere.")


def _fill(home: Home, wish: Wish) -> bool:
    """Load the order log that is wished for and not in yet; whether all is well."""
    log = loading.wanted(home, wish.log) if wish.data else None
    if log is None or loading.load(home, log):
        return True
    report.say(f"The stack is up without the order log {log}; the next start tries again.")
    return False


def stop(home: Home) -> None:
    """Stop a stack from elsewhere."""
    with locked(home):
        was_running = supervision.is_running(home) or bool(leftovers.find(home.root))
        shut_down(home)
    report.say("Everything has stopped." if was_running else f"Nothing was running in {home.root}.")


def reset(home: Home) -> None:
    """Stop a stack and delete its data, keys and logs."""
    stop(home)
    erase(home)
    report.say(f"{home.root} is deleted.")


def status(home: Home) -> bool:
    """Print every process; whether the stack is up and all of it runs."""
    states = supervision.states(home)
    if not states:
        report.say(f"Nothing is running in {home.root}.")
        return False
    report.table(states)
    if home.run_json.exists():
        report.welcome(home, loading.customers(home))
    return all(state.state in {"RUNNING", "STARTING"} for state in states)


def interrupt_on_signals() -> None:
    """Let every way of asking for an end raise KeyboardInterrupt, once."""
    for ending in ENDINGS:
        signal.signal(ending, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    for ending in ENDINGS:  # a second one must not disturb the clean end that the first began
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt
