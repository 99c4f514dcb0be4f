"""Identities that were erased."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code, Label


class ErasedIdentity(Base):
    """Who this was is not known any more. What is told about the time before `erased_at` is refused."""

    __tablename__ = "erased_identity"
    kind: Mapped[Code] = mapped_column(primary_key=True)
    scope: Mapped[Label] = mapped_column(primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    erased_at: Mapped[datetime]
