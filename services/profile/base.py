"""What every noun of profile stands on: the base of its tables, and what operations decided for this deployment."""

from functools import cache

from sqlalchemy import MetaData

import shared.db
from shared.db import NAMING
from shared.settings import Settings


class Base(shared.db.Base):
    """Base of profile's tables."""

    __abstract__ = True
    metadata = MetaData(naming_convention=NAMING)


@cache
def deployment() -> Settings:
    """Default region, locale, zone and base currency of this process: event handlers are given no runtime."""
    return Settings()
