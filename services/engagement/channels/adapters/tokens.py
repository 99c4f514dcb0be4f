"""Access tokens of providers, kept until shortly before they end."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from services.engagement.channels.schemas import Outcome

EARLY = timedelta(minutes=2)
Given = tuple[str, timedelta]  # a token and how long it is good


class Tokens:
    """The tokens of one provider in this process, by a hash of what they were given for."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, datetime]] = {}
        self._lock = Lock()

    def get(self, told: str, at: datetime, ask: Callable[[], Given | Outcome]) -> str | Outcome:
        """A token that is good now, asked for when there is none; or why there is none. Nobody asks twice at once."""
        key = hashlib.sha256(told.encode()).hexdigest()
        with self._lock:
            token, until = self._known.get(key, ("", at))
            if token and until > at:
                return token
            given = ask()
            if isinstance(given, Outcome):
                return given
            self._known[key] = (given[0], at + given[1] - EARLY)
            return given[0]

    def drop(self, told: str, token: str) -> None:
        """Forget a token that was refused, unless another one has come since."""
        key = hashlib.sha256(told.encode()).hexdigest()
        with self._lock:
            if self._known.get(key, ("", None))[0] == token:
                del self._known[key]


def unavailable(why: str) -> Outcome:
    """No token, so the message was certainly not taken."""
    return Outcome("later", f"token_{why}"[:100])
