"""A relay process that is killed after the broker has everything and before anything is deleted."""

import os
import signal
import threading
from collections.abc import Sequence
from typing import Any

from kafka import KafkaProducer

from shared.messaging.relay import Relay
from shared.runtime import Runtime


class Dying(Relay):
    """Relay until the first acknowledgement."""

    def _send(self, producer: KafkaProducer, rows: Sequence[Any]) -> None:
        super()._send(producer, rows)
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    Dying(Runtime.of("profile")).run(threading.Event())
