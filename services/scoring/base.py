"""The metadata of scoring's own tables."""

from sqlalchemy import MetaData

from shared import db
from shared.db import NAMING


class Base(db.Base):
    """Base of scoring's mapped classes."""

    __abstract__ = True
    metadata = MetaData(naming_convention=NAMING)
