"""Sources and their secrets on the wire."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from services.profile.instants.schemas import ZoneCode
from shared.money import is_currency
from shared.web.schemas import Body, Code, Instant, Label, Out

SHOPIFY, WOOCOMMERCE, WECHAT_SHOP, YOUZAN = "shopify", "woocommerce", "wechat_shop", "youzan"
OTHER = "other"
ACTIVE, DISABLED = "active", "disabled"
LONGEST_OVERLAP = 168

SourceKind = Literal["shopify", "woocommerce", "wechat_shop", "youzan", "store", "counter", "app", "api", "other"]
Status = Literal["active", "disabled"]
SecretText = Annotated[str, StringConstraints(min_length=3, max_length=255, pattern=r"^[^\x00]+$")]


def _known_currency(value: str) -> str:
    if not is_currency(value):
        raise ValueError("a currency of ISO 4217 such as CNY")
    return value


CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), AfterValidator(_known_currency)]


class SourceBody(Body):
    """What a merchant says about a store or channel."""

    kind: SourceKind = Field(examples=["shopify"])
    name: Label = Field(examples=["Tea shop Europe"])
    currency: CurrencyCode | None = Field(default=None, description="Of prices that come without one.")
    time_zone: ZoneCode | None = Field(default=None, description="Of times that come without one.")
    status: Status = Field(default="active", description="A disabled source's webhooks are answered and ignored.")


class NewSource(SourceBody):
    """A store or channel to take facts from."""

    code: Code = Field(description="What orders and events name as `source`.", examples=["shop-eu"])


class SourcePatch(Body):
    """JSON Merge Patch of a source: absent stays, null takes back what may be absent."""

    kind: SourceKind | None = None
    name: Label | None = None
    currency: CurrencyCode | None = None
    time_zone: ZoneCode | None = None
    status: Status | None = None

    def said(self) -> dict[str, Any]:
        """The fields that were sent."""
        return self.model_dump(exclude_unset=True)


class SourceOut(Out):
    """A store or channel; one that was only met has its code for a name."""

    id: UUID = Field(validation_alias="source_id")
    code: str
    kind: SourceKind
    name: str
    currency: str | None
    time_zone: str | None
    status: Status
    version: int
    created_at: Instant
    updated_at: Instant
    archived_at: Instant | None


class NewSecret(Body):
    """A secret to sign webhooks with: the platform's own, or one that we make."""

    secret: SecretText | None = Field(
        default=None, description="What the platform signs with; by default we make one.", examples=["shpss_8f1c…"]
    )
    overlap_hours: int = Field(default=24, ge=0, le=LONGEST_OVERLAP, description="How long the former one is good.")


class SecretOut(Out):
    """A secret that is now good. One that we made is shown this once; the merchant's own never."""

    id: UUID
    source_id: UUID
    secret: str | None
    created_at: Instant
    former_expires_at: Instant | None = Field(description="Until when the former secret is good; null without one.")
