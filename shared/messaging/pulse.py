"""Whether a member of a consumer group still lives.

A client whose heartbeats end without an error (seen with kafka-python 3.0.12 where a process started on a busy machine)
was expelled by the broker and never learns of it: it polls for ever, gets nothing, and takes all of a processor.
"""

import time

from kafka import KafkaConsumer

SILENCE = 30.0  # seconds; a broker expels a member after ten


class Silent(Exception):
    """The member sends no heartbeats; only a new one can join."""


class Pulse:
    """Feels a consumer that gets nothing, from time to time."""

    def __init__(self) -> None:
        self._heard = time.monotonic()

    def feel(self, kafka: KafkaConsumer, *, got: bool) -> None:
        """Raise Silent when for so long neither messages came (`got`) nor a heartbeat was sent."""
        now = time.monotonic()
        if not got and now - self._heard < SILENCE:
            return
        if not got and seconds_since_heartbeat(kafka) >= SILENCE:
            raise Silent(f"There was no heartbeat for {SILENCE:.0f} seconds.")
        self._heard = now


def seconds_since_heartbeat(kafka: KafkaConsumer) -> float:
    """How long ago the client sent its last one; infinite before the first."""
    ago: float = kafka.metrics()["consumer-coordinator-metrics"]["last-heartbeat-seconds-ago"]
    return ago
