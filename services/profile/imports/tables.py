"""Files that were uploaded, and what became of their rows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from services.profile.imports.files.schemas import Delimiter, Encoding, Format
from services.profile.imports.targets.schemas import ImportKind
from shared.contracts.base import Code, Label
from shared.crypto import Secret
from shared.db import EnumText


class Import(Base):
    """One uploaded file and how far it is taken in. A header may hold a person where somebody forgot it."""

    __tablename__ = "import"
    __table_args__ = (Index("ix_import_created_at_import_id", "created_at", "import_id"),)
    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[ImportKind] = mapped_column(EnumText(ImportKind))
    source: Mapped[Code | None]
    format: Mapped[Format] = mapped_column(Text)
    encoding: Mapped[Encoding] = mapped_column(Text)
    delimiter: Mapped[Delimiter | None] = mapped_column(Text)
    header: Mapped[str] = mapped_column(Secret)  # JSON
    mapping: Mapped[str | None] = mapped_column(Secret)  # JSON; none for JSON lines
    size: Mapped[int]
    rows: Mapped[int | None]  # of data, once they were counted
    position: Mapped[int]  # rows taken in
    outcomes: Mapped[dict[str, Any]]  # how many documents were created, updated, …
    job_id: Mapped[Code | None]
    created_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    version: Mapped[int]


class ImportRow(Base):
    """What became of one document of a file: of the row where it begins, and how many it has."""

    __tablename__ = "import_row"
    __table_args__ = (Index("ix_import_row_import_id_status_row", "import_id", "status", "row"),)
    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    rows: Mapped[int]
    status: Mapped[Code]
    id: Mapped[Label | None]  # of what it became: an order, a message, a customer
    code: Mapped[Code | None]
    errors: Mapped[list[Any]]
    rejection_id: Mapped[UUID | None]
