"""Somebody who kills the processes of a deployment, one after the other, in an order that a seed decides."""

import contextlib
import os
import signal
import threading
from collections import Counter
from random import Random

import psycopg

from shared.testing.waiting import wait_until
from tests.stack import Stack

# What is hit, how its process is known, and the signal: PostgreSQL stops at once without a checkpoint, others die.
TARGETS = {
    "profile api": (("services.profile", "api"), signal.SIGKILL),
    "profile worker": (("services.profile", "worker"), signal.SIGKILL),
    "scoring worker": (("services.scoring", "worker"), signal.SIGKILL),
    "postgres": (("postgres", "-D"), signal.SIGQUIT),
    "kafka": (("kafka.Kafka",), signal.SIGKILL),
}
# Heavier blows are rarer: the others must get somewhere between them.
ROUND = ["profile api", "profile worker", "scoring worker", "postgres", "profile worker", "kafka", "paused worker"]
BACK = 180.0  # seconds: whom the last blows hit must be up again, on however busy a machine
# Only the relay waits for who holds the outbox; others may wait for rows of their own.
WAITING_TO_DELETE = "SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


class Killer:
    """Kills in rounds, so that everybody is hit; the order within a round is random but seeded."""

    def __init__(self, stack: Stack, seed: int) -> None:
        self._stack = stack
        self._random = Random(seed)
        self.kills: Counter[str] = Counter()

    def rage(self, seconds: float) -> None:
        """Kill something every one to three seconds for that long."""
        pause, over = threading.Event(), threading.Event()
        timer = threading.Timer(seconds, over.set)
        timer.start()
        while not over.is_set():
            for target in self._random.sample(ROUND, len(ROUND)):
                if not over.is_set():
                    self._hit(target)
                    pause.wait(self._random.uniform(1, 3))

    def _hit(self, target: str) -> None:
        if target == "paused worker":
            self._pause_worker()
            return
        words, number = TARGETS[target]
        self._signal(target, words, number)

    def _signal(self, target: str, words: tuple[str, ...], number: int) -> bool:
        """Whether there was somebody to hit."""
        for pid in self._stack.pids(*words)[:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
                self.kills[target] += 1
                return True
        return False

    def _pause_worker(self) -> None:
        """A worker that stands still for two seconds and then goes on as if nothing had happened."""
        for pid in self._stack.pids(*TARGETS["profile worker"][0])[:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
                threading.Event().wait(2)
                os.kill(pid, signal.SIGCONT)
                self.kills["paused worker"] += 1

    def kill_relay(self) -> None:
        """The worker dies after the broker has acknowledged events and before they are deleted: they are sent twice."""
        wait_until(self._relay_dies_before_it_deletes, BACK)

    def _relay_dies_before_it_deletes(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError):
            with psycopg.connect(self._stack.databases["profile"]) as held, held.cursor() as rows:
                wait_until(lambda: rows.execute("SELECT FROM outbox FOR UPDATE").rowcount, BACK)
                deleting = wait_until(lambda: rows.execute(WAITING_TO_DELETE).fetchall())
                killed = self._signal("relay", *TARGETS["profile worker"])
                rows.execute("SELECT pg_terminate_backend(%s, 10000)", deleting[0])
            return killed
        return False
