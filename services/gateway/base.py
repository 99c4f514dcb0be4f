"""The metadata of the gateway's own tables."""

from sqlalchemy import MetaData

from shared import db
from shared.db import NAMING


class Base(db.Base):
    """Base of the gateway's mapped classes."""

    __abstract__ = True
    metadata = MetaData(naming_convention=NAMING)
