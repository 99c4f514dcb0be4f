"""What a message says once its template met a person, and previews on the wire."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from services.engagement.channels.schemas import Way
from services.engagement.formats.rules import Formats
from services.engagement.orders.tables import OrderState
from services.engagement.policies.schemas import Merchant
from services.engagement.reach.schemas import Person
from services.engagement.recommendations.schemas import Offered
from services.engagement.templates.schemas import Locale, Name, Value
from shared.web.schemas import Body, Out


@dataclass(frozen=True, slots=True)
class Facts:
    """What a template may speak of."""

    person: Person
    merchant: Merchant
    formats: Formats
    at: datetime
    channel: str = ""
    tier: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    occasion: dict[str, Any] = field(default_factory=dict)
    order: OrderState | None = None
    survey: dict[str, Any] = field(default_factory=dict)
    case: dict[str, Any] = field(default_factory=dict)
    products: Sequence[Offered] = ()


class Words(Out):
    """A message in one channel, as the person would read it."""

    subject: str
    text: str
    html: str | None = None
    provider_template: str | None = None
    page: str | None = None
    parameters: dict[str, str] = {}


class PreviewRequest(Body):
    """Whose message to show, in which locale, with which values."""

    customer_id: UUID
    locale: Locale | None = Field(default=None, description="The customer's own when absent.")
    variables: dict[Name, Value] = Field(default={}, max_length=50)


class PreviewText(Words):
    """One channel of a preview."""

    channel: Way
    locale: Locale


class Preview(Out):
    """The draft as one customer would get it."""

    customer_id: UUID
    template_version: int
    missing_variables: list[Name]
    texts: list[PreviewText]
