"""The sending policy on the wire and as the send decision reads it."""

from datetime import time
from typing import Annotated, Literal

from pydantic import Field, HttpUrl, PlainSerializer, StringConstraints

from shared.web.schemas import Body, Out

ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Address = Annotated[HttpUrl, PlainSerializer(str)]


class Cap(Body):
    """At most `limit` messages of a purpose to one person in any `days` days; `any` counts all channels together."""

    purpose: Literal["marketing"] = "marketing"
    channel: Literal["any", "email", "sms", "wechat", "push", "webhook"] = "any"
    limit: int = Field(ge=1, le=100, examples=[3])
    days: int = Field(ge=1, le=90, examples=[7])


class QuietHours(Body):
    """When nobody is disturbed, wall time of the customer; `to` is excluded and may lie on the next day."""

    start: ClockTime = Field(alias="from", examples=["21:00"])
    end: ClockTime = Field(alias="to", examples=["09:00"])

    @property
    def window(self) -> tuple[time, time]:
        """Both ends as times of day."""
        return time.fromisoformat(self.start), time.fromisoformat(self.end)


class Merchant(Body):
    """Who speaks in a message."""

    name: str = Field(min_length=1, max_length=100, examples=["West Lake Tea"])
    url: Address | None = Field(default=None, examples=["https://shop.example.com"])


class Policy(Out):
    """The policy that counts now."""

    caps: list[Cap]
    quiet_hours: QuietHours | None
    fallback_hours: int
    merchant: Merchant
    version: int


class PolicyPatch(Body):
    """What to change; absent stays, `quiet_hours: null` means none."""

    caps: list[Cap] | None = Field(default=None, max_length=20)
    quiet_hours: QuietHours | None = None
    fallback_hours: int | None = Field(default=None, ge=0, le=720)
    merchant: Merchant | None = None
