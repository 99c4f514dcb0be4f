"""What profile publishes: customers, links, consents, orders, activity, products, segments."""

from typing import Literal

from pydantic import Field

from shared.contracts.base import (
    Code,
    CustomerEvent,
    Day,
    Event,
    Id,
    Instant,
    Kind,
    Label,
    Money,
    Number,
    Part,
    Sku,
    Title,
    declare,
)


class Birthday(Part):
    """Month and day of birth; the year stays encrypted in profile."""

    calendar: Literal["solar", "lunar"] = "solar"
    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)
    leap: bool = False


class Touch(Part):
    """Where a customer came from."""

    source: Label | None = None
    medium: Label | None = None
    campaign: Label | None = None
    store: Label | None = None
    staff_id: Id | None = None
    referrer_id: Id | None = None


class Influence(Part):
    """Standing in their trade, 0 to 5, and followers."""

    standing: int = Field(default=0, ge=0, le=5)
    followers: int = Field(default=0, ge=0)


class DatedFact(Part):
    """What was known of an organisation at a day."""

    value: float | Code
    as_of: Day


@declare("profile.customer.recorded", Kind.STATE, "customer", "customer_id")
class CustomerRecorded(CustomerEvent):
    """A known customer's archive as far as it is not personal. Anonymous visitors are never published."""

    status: Literal["active", "erased"] = "active"
    customer_kind: Literal["person", "organisation"] = Field(default="person", alias="kind")
    household_id: Id | None = None
    registered_at: Instant
    source: Label
    locale: Code
    time_zone: Code
    region: Code | None = None
    city: Label | None = None
    gender: Literal["f", "m", "x"] | None = None
    birthday: Birthday | None = None
    age_band: Code | None = None
    channels: list[Code] = []
    preferred_channel: Code | None = None
    contact_hours: list[Code] = []
    influence: Influence = Influence()
    income_band: Code | None = None
    tags: list[Label] = []
    first_touch: Touch | None = None
    last_touch: Touch | None = None
    attributes: dict[Code, bool | float | Label] = {}
    industry: Code | None = None
    size_band: Code | None = None
    renewal_at: Day | None = None
    facts: dict[Code, DatedFact] = {}


@declare("profile.customer.linked", Kind.STATE, "link", "customer_id")
class CustomerLinked(CustomerEvent):
    """Which id a customer id counts as from now on; its own id = stands alone again."""

    canonical_id: Id
    member_ids: list[Id]
    merge_id: Id
    cause: Literal["auto", "staff", "undo"]


@declare("profile.consent.recorded", Kind.STATE, "consent", "customer_id", "purpose", "channel")
class ConsentRecorded(CustomerEvent):
    """What counts now for one customer, purpose and channel."""

    purpose: Code
    channel: Code
    state: Literal["granted", "withdrawn"]
    source: Label
    evidence_id: Id | None = None
    effective_at: Instant


class Parcel(Part):
    """One parcel of an order and how far it is."""

    parcel_id: Label
    carrier: Label | None = None
    promised_at: Instant | None = None
    shipped_at: Instant | None = None
    delivered_at: Instant | None = None


class Totals(Part):
    """Amounts of an order in base currency."""

    subtotal: Money
    discount: Money
    shipping: Money
    tax: Money
    total: Money
    paid: Money
    refunded: Money
    net: Money


class Line(Part):
    """One position of an order, amounts in base currency."""

    line_id: Label
    sku: Sku | None = None
    category: Label | None = None
    brand: Label | None = None
    quantity: Number
    unit_price: Money
    unit_cost: Money | None = None
    discount: Money
    net: Money
    refunded_quantity: Number
    returned_quantity: Number


class Refund(Part):
    """Money given back, in base currency at the order's rate."""

    refund_id: Label
    amount: Money
    at: Instant


class ReturnedLine(Part):
    """How much of one line came back."""

    line_id: Label
    quantity: Number


class Return(Part):
    """Goods that came back, or were exchanged."""

    return_id: Label
    kind: Literal["return", "exchange"]
    reason: Label | None = None
    lines: list[ReturnedLine] = []
    received_at: Instant | None = None


OrderStatus = Literal["placed", "paid", "shipped", "delivered", "cancelled", "refunded"]
OrderChange = Literal["placed", "updated", "paid", "shipped", "delivered", "cancelled", "refunded", "returned"]


class Charged(Part):
    """What an order came to in a currency of its own, as its shop told it; `nets` are of its lines, in their order."""

    total: Money
    nets: list[Money]


@declare("profile.order.recorded", Kind.STATE, "order", "order_id")
class OrderRecorded(CustomerEvent):
    """One order as it stands now."""

    order_id: Id
    source: Label
    shop_order_id: Label
    store_id: Label | None = None
    channel: Label | None = None
    status: OrderStatus
    test: bool = False
    placed_at: Instant
    paid_at: Instant | None = None
    shipped_at: Instant | None = None
    delivered_at: Instant | None = None
    cancelled_at: Instant | None = None
    parcels: list[Parcel] = []
    currency: Code
    rate: Number
    totals: Totals
    charged: Charged | None = None  # in `currency`, where that is not the base
    lines: list[Line] = []
    refunds: list[Refund] = []
    returns: list[Return] = []
    coupon_codes: list[Label] = []
    referral_code: Label | None = None
    changes: list[OrderChange] = []


class ActivityCounts(Part):
    """How often a customer did what on one day."""

    view: int = 0
    search: int = 0
    cart_add: int = 0
    cart_remove: int = 0
    checkout: int = 0
    enquiry: int = 0
    login: int = 0


@declare("profile.activity.summarised", Kind.STATE, "activity", "customer_id", "day")
class ActivitySummarised(CustomerEvent):
    """One customer's behaviour of one business day: single page views never travel."""

    day: Day
    counts: ActivityCounts
    categories: dict[Label, int] = {}
    last_at: Instant


class Availability(Part):
    """Where a product can be bought; no store = everywhere on the channel."""

    channel: Label
    store: Label | None = None


class Relation(Part):
    """What another product is to this one."""

    relation_kind: Literal["accessory", "upgrade", "substitute", "bundle"] = Field(alias="kind")
    sku: Sku


ProductFlag = Literal["service", "consumable", "durable", "sample", "age_restricted"]


@declare("profile.product.recorded", Kind.STATE, "product", "sku")
class ProductRecorded(Event):
    """One product of the catalogue as it stands, amounts in base currency. `use_days` says how long one unit lasts."""

    sku: Sku
    parent: Sku | None = None
    titles: dict[Literal["zh", "en"], Title]
    category: Label
    brand: Label | None = None
    maker: Label | None = None
    price: Money
    unit_cost: Money | None = None
    flags: list[ProductFlag] = []
    use_days: int | None = Field(default=None, ge=1)
    available: list[Availability] = []
    relations: list[Relation] = []


ContactState = Literal["added", "verified", "removed"]


@declare("profile.contact.changed", Kind.STATE, "contact", "contact_id")
class ContactChanged(CustomerEvent):
    """One contact point as it stands, without its address."""

    contact_id: Id
    channel: Code
    state: ContactState
    verified_at: Instant | None = None
    changes: list[ContactState] = []


@declare("profile.erasure.requested", Kind.MOMENT, "erasure", "erasure_id", "customer_id")
class ErasureRequested(CustomerEvent):
    """A person is to be forgotten: erase what is known of this id and answer. Sent once for each linked id."""

    erasure_id: Id
    member_ids: list[Id]
    due_at: Instant


@declare("profile.erasure.completed", Kind.MOMENT, "erasure", "erasure_id", "customer_id")
class ErasureCompleted(CustomerEvent):
    """Every service has erased this id. `proof` is the SHA-256 of how many rows it were, by service and table."""

    erasure_id: Id
    proof: Code


class SegmentAt(Part):
    """A segment and the version of its rule."""

    segment_id: Id
    segment_version: int = Field(ge=1)


@declare("profile.segments.changed", Kind.STATE, "segments", "customer_id")
class SegmentsChanged(CustomerEvent):
    """The segments that hold a person, addressed to the canonical id: all there are now, and what this version moved.

    A new definition or a merge (or its undoing) starts no reaction.
    """

    entered: list[SegmentAt] = []
    left: list[SegmentAt] = []
    members: list[Id] = []
    cause: Literal["event", "time", "definition", "merge"]


@declare("profile.assignment.changed", Kind.STATE, "assignment", "customer_id", "role")
class AssignmentChanged(CustomerEvent):
    """Who looks after a (canonical) customer in a role; neither manager nor team = nobody."""

    role: Code
    manager_id: Id | None = None
    team_id: Id | None = None
    territory_id: Id | None = None
    valid_from: Instant
    pinned: bool = False
    cause: Literal["rule", "staff", "handover", "absence"]
