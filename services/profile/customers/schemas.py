"""What can be said about a customer."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from services.profile.attributes.schemas import Given
from services.profile.instants.schemas import ZoneCode
from shared.contracts.base import Code, Instant, Label, Origin
from shared.web.schemas import Body, Day

FIELDS = {
    *("name", "birthday", "birth_year", "gender", "address", "region", "city", "locale", "time_zone", "kind", "tags"),
    *("preferred_channel", "contact_hours", "household_id", "registered_at", "influence", "income_band"),
    *("first_touch", "last_touch", "occupation", "interests", "lifestyle"),
    *("industry", "size_band", "renewal_at"),
}
SHOP, STAFF, MEMBER = "shop", "staff", "member"  # who writes a field
LUNAR_MONTH = 30
MOST_TAGS = 100
LEAP_YEAR = 2000


def _known_locale(value: str) -> str:
    try:
        Locale.parse(value, sep="-")
    except (ValueError, UnknownLocaleError):
        raise ValueError("a locale such as zh-CN or en") from None
    return value


GRADES: Mapping[str, tuple[str, ...]] = {  # of facts about organisations; a budget is a number
    "business_condition": ("good", "fair", "poor"),
    "industry_outlook": ("growing", "stable", "shrinking"),
    "purchase_intention": ("high", "medium", "low", "none"),
}
Record = Mapping[str, Any]  # a row of `customer`
LocaleCode = Annotated[str, StringConstraints(max_length=35), AfterValidator(_known_locale)]
RegionCode = Annotated[str, StringConstraints(pattern=r"^(\d{6}|[A-Z]{2}(-[A-Z0-9]{1,3})?)$")]
DAYS = "(mon|tue|wed|thu|fri|sat|sun)"
HOUR = "([01][0-9]|2[0-3]):[0-5][0-9]"
ContactHours = Annotated[str, StringConstraints(pattern=rf"^({DAYS}(-{DAYS})?/)?{HOUR}-{HOUR}$")]
SizeBand = Literal["1-9", "10-49", "50-249", "250-999", "1000+"]
Channel = Literal["email", "sms", "wechat", "push", "phone", "visit"]


class BirthdayBody(Body):
    """Month and day of birth, by the sun or by the moon."""

    calendar: Literal["solar", "lunar"] = "solar"
    month: int = Field(ge=1, le=12, examples=[5])
    day: int = Field(ge=1, le=31, examples=[20])
    leap: bool = Field(default=False, description="In a leap month of the lunar calendar.")

    @model_validator(mode="after")
    def _exists(self) -> "BirthdayBody":
        longest = LUNAR_MONTH if self.calendar == "lunar" else monthrange(LEAP_YEAR, self.month)[1]
        if self.day > longest:
            raise ValueError(f"month {self.month} has no day {self.day}")
        if self.leap and self.calendar == "solar":
            raise ValueError("only the lunar calendar has leap months")
        return self


class TouchBody(Body):
    """Where a customer came from."""

    source: Label | None = Field(default=None, examples=["search"])
    medium: Label | None = None
    campaign: Label | None = None
    store: Label | None = None
    staff_id: UUID | None = None
    referrer_id: UUID | None = None


class InfluenceBody(Body):
    """Standing in their trade, and how many follow them."""

    standing: int = Field(default=0, ge=0, le=5)
    followers: int = Field(default=0, ge=0, le=10**10)


class OwnArchive(Body):
    """What customers say about themselves. Absent = unchanged, null = taken back."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=128, strip_whitespace=True)] | None = None
    birthday: BirthdayBody | None = None
    birth_year: int | None = Field(default=None, ge=1900, le=2100, examples=[1990])
    gender: Literal["f", "m", "x"] | None = None
    address: Annotated[str, StringConstraints(min_length=1, max_length=512)] | None = None
    region: RegionCode | None = Field(default=None, description="GB/T 2260 or ISO 3166-2.", examples=["310000"])
    city: Label | None = None
    locale: LocaleCode | None = Field(default=None, examples=["zh-CN"])
    time_zone: ZoneCode | None = Field(default=None, examples=["Asia/Shanghai"])
    preferred_channel: Channel | None = None
    contact_hours: list[ContactHours] | None = Field(default=None, max_length=14, examples=[["mon-fri/09:00-12:00"]])
    occupation: Label | None = Field(default=None, examples=["teacher"])
    interests: list[Label] | None = Field(default=None, max_length=100, examples=[["hiking"]])
    lifestyle: list[Label] | None = Field(default=None, max_length=100, examples=[["early riser"]])

    def said(self) -> dict[str, Any]:
        """The archive fields that were sent, each of them whole, as the archive stores them; attributes apart."""
        said = self.model_dump(include=FIELDS & self.model_fields_set)
        if said.get("birth_year"):
            said["birth_year"] = str(said["birth_year"])
        return said


class Archive(OwnArchive):
    """What is known about a customer. Absent = unchanged, null = taken back."""

    kind: Literal["person", "organisation"] | None = None
    household_id: UUID | None = None
    registered_at: Instant | None = None
    influence: InfluenceBody | None = None
    income_band: Code | None = None
    industry: Code | None = Field(default=None, description="Of an organisation: GB/T 4754 or the merchant's own.")
    size_band: SizeBand | None = Field(default=None, description="How many work there.")
    renewal_at: Day | None = Field(default=None, description="The day the contract is renewed.")
    tags: list[Label] | None = Field(default=None, max_length=MOST_TAGS, examples=[["tea-lover"]])
    attributes: Given | None = Field(default=None, description="Values of declared attributes.", examples=[{}])
    first_touch: TouchBody | None = None
    last_touch: TouchBody | None = None

    @field_validator("registered_at")
    @classmethod
    def _once_registered(cls, value: datetime | None) -> datetime:
        if value is None:
            raise ValueError("everybody came at some time")
        return value


class ArchivePatch(Archive):
    """JSON Merge Patch of a record: absent = unchanged, null = taken back, parts are merged into what is there."""

    birthday: dict[str, Any] | None = Field(default=None, examples=[{"month": 5, "day": 20}])  # type: ignore[assignment]
    influence: dict[str, Any] | None = Field(default=None, examples=[{"followers": 12}])  # type: ignore[assignment]
    first_touch: dict[str, Any] | None = None  # type: ignore[assignment]
    last_touch: dict[str, Any] | None = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Change:
    """Fields of one customer as `writer` gave them at `at`. `actor` says who that was: a caller or a source.

    A value in a column of many is named by its place: `attributes.size`.
    """

    customer_id: UUID
    fields: Mapping[str, Any]
    writer: str
    at: datetime
    origin: Origin = Origin.LIVE
    actor: str = ""


@dataclass(frozen=True, slots=True)
class CustomerReport:
    """Fields of one customer as a shop knew them at `updated_at`, as `Archive.said` gives them; others stay."""

    customer_id: UUID
    updated_at: datetime
    fields: dict[str, Any] = field(default_factory=dict)
    origin: Origin = Origin.LIVE
    source: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A customer was met: where, when, and by which channels they can be reached now (None: as before)."""

    customer_id: UUID
    source: str
    at: datetime
    channels: list[str] | None = None
    origin: Origin = Origin.LIVE
