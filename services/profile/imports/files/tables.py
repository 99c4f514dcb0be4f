"""The content of uploaded files."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.crypto import Secret


class ImportPiece(Base):
    """A piece of a file as it came, packed. Deleted when all of the file was taken in, or nobody ran it in time."""

    __tablename__ = "import_piece"
    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[str] = mapped_column(Secret)
    stored_at: Mapped[datetime] = mapped_column(index=True)
