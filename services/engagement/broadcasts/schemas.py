"""Audiences on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.engagement.messages.schemas import Status
from shared.web.schemas import Out


class AudiencePreview(Out):
    """How many a campaign would mean now, and why some of a sample would not be written to."""

    size: int = Field(
        description="Persons in the included segments or named, before exclusions, as far as engagement was told: a "
        "new customer or a membership counts after a second or two, those of a segment just published as they come in.",
        examples=[1200],
    )
    excluded: dict[str, int] = Field(
        description="Persons left out of the campaign altogether, by reason.", examples=[{"excluded_segment": 40}]
    )
    assigned: int = Field(description="Persons who would fall into a group, the hold-out among them.", examples=[1160])
    sampled: int = Field(description="How many of them the gates were asked about.", examples=[200])
    refusals: dict[str, int] = Field(
        description="Of the sample: who would not be written to, by `<gate>.<reason>`.",
        examples=[{"consent.missing": 31, "address.none": 12}],
    )


class MemberOut(Out):
    """One person of the audience and what became of it."""

    customer_id: UUID
    group: str | None = Field(description="`holdout` or a variant; none for who was left out.", examples=["a"])
    reason: str | None = Field(description="Why nothing went out.", examples=["excluded_segment"])
    message_id: UUID | None
    message_status: Status | None
    released_at: datetime | None
