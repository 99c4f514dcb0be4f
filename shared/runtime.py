"""What a process of a service is made of, built once in `__main__` and passed on."""

from dataclasses import dataclass
from datetime import datetime

from shared.clock import Clock, system_clock
from shared.db import Database
from shared.settings import Settings


@dataclass(frozen=True)
class Runtime:
    """One process: its service's name, settings, database and clock."""

    service: str
    settings: Settings
    database: Database
    clock: Clock

    @classmethod
    def of(cls, service: str, settings: Settings | None = None) -> "Runtime":
        """The runtime that the environment describes."""
        chosen = settings or Settings()
        database = Database(chosen.database_url(service), pool_size=chosen.database_pool_size)
        return cls(service, chosen, database, system_clock(chosen.clock_offset))

    def now(self) -> datetime:
        """The present instant, UTC."""
        return self.clock()
