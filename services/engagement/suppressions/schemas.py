"""Suppressions on the wire."""

import re
import unicodedata
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator

from services.engagement.channels.schemas import ADDRESS, Addressed
from shared.web.schemas import Body, Out

Reason = Literal["hard_bounce", "invalid", "complaint", "unsubscribe", "manual"]
PHONE = r"\+[1-9]\d{6,14}"


class NewSuppression(Body):
    """An address that must not be written to."""

    channel: Addressed
    address: str = Field(
        min_length=1, max_length=320, description="Only its keyed hash is kept. A phone number as +8613800138000."
    )
    reason: Reason = "manual"

    @field_validator("address")
    @classmethod
    def _as_contacts_are(cls, address: str, info: ValidationInfo) -> str:
        """Contacts keep numbers in full: one written otherwise would stop nothing."""
        channel, written = info.data.get("channel"), unicodedata.normalize("NFKC", address).strip()
        if channel in ("sms", "phone"):
            written = re.sub(r"[\s().-]", "", written)
            if not re.fullmatch(PHONE, written, re.ASCII):
                raise ValueError("write the number with its country, such as +8613800138000")
        if channel == "email" and not re.fullmatch(ADDRESS, written):
            raise ValueError("write an e-mail address")
        return written


class SuppressionOut(Out):
    """A suppressed address, without the address."""

    id: UUID = Field(validation_alias="suppression_id")
    channel: Addressed
    reason: Reason
    created_at: datetime
    version: int
