"""Waiting for a broker that does not answer yet."""

import random
import threading
from collections.abc import Callable
from typing import TypeVar

from kafka.errors import KafkaError

from shared.telemetry import log

FIRST, LONGEST = 0.2, 5.0

C = TypeVar("C")


def patiently(make: Callable[[], C], stop: threading.Event) -> C | None:
    """What `make` returns once the broker answers; None when told to stop before."""
    pause = FIRST
    while not stop.is_set():
        try:
            return make()
        except KafkaError as error:
            log.warning("the broker does not answer", error=str(error))
            stop.wait(pause * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
            pause = min(pause * 2, LONGEST)
    return None
