"""Statistics on the wire."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from services.scoring.statistics.tables import Statistics
from shared.money import rounded
from shared.web.schemas import MoneyOut, Out

MONEY = (
    *("net_spend", "refunded", "average_order_value", "median_order_value", "order_value_p90", "order_value_sd"),
    *("discount", "costed_sales", "margin", "cost_to_serve", "benefit_cost", "opportunity_value"),
)


class RatingOut(Out):
    """How often an aspect was rated, and the sum of the ratings, each 1 to 5."""

    count: int
    sum: int


class StatisticsOut(Out):
    """What the facts of one customer come to; sums and means are over counted orders, amounts in base currency."""

    customer_id: UUID
    orders: int = Field(examples=[3])
    cancelled_orders: int
    refunded_orders: int
    first_order_at: datetime | None
    last_order_at: datetime | None
    first_order_on: date | None = Field(description="In the business time zone, as all days are.")
    last_order_on: date | None
    order_days: int
    gap_mean: float | None = Field(description="Days between one order day and the next.")
    gap_median: float | None
    gap_sd: float | None
    active_months: int
    week_hours: dict[str, int] = Field(description="Orders by hour of the week: 0 = Monday from midnight.")
    net_spend: MoneyOut
    refunded: MoneyOut
    average_order_value: MoneyOut | None
    median_order_value: MoneyOut | None
    order_value_p90: MoneyOut | None = Field(description="Nine of ten orders are at most so large.")
    order_value_sd: MoneyOut | None
    discount: MoneyOut
    discount_share: float | None
    coupon_orders: int
    promotion_share: float | None = Field(
        description="Share of orders with a discount or a coupon, or placed in a promotion period."
    )
    full_price_share: float | None = Field(
        description="Share of the spend that went into orders with neither discount nor coupon."
    )
    costed_sales: MoneyOut = Field(
        description="The part of the spend whose cost is known: from the order line, else from the catalogue."
    )
    margin: MoneyOut
    units: float
    lines: int
    units_per_order: float | None
    lines_per_order: float | None
    returns: int
    returned_units: float
    categories: int
    main_category: str | None = Field(description="That of most order lines.")
    brands: int
    brand_concentration: float | None
    channels: int
    stores: int
    visits: int = Field(description="Days with any behaviour.")
    views: int
    searches: int
    carts: int
    checkouts: int
    enquiries: int
    logins: int
    last_visit_at: datetime | None
    messages: int
    messages_read: int
    messages_clicked: int
    messages_failed: int
    optouts: int = Field(description="Channels on which marketing is refused now.")
    interactions_in: int = Field(description="Calls, chats and visits that the customer began.")
    interactions_out: int
    agent_seconds: int = Field(description="How long these took.")
    tasks_done: int
    last_contact_at: datetime | None = Field(description="Interaction, finished follow-up or message that arrived.")
    cost_to_serve: MoneyOut | None = Field(
        description="Staff minutes and messages at the unit costs of their time; null while no unit costs are known."
    )
    requests: int
    open_requests: int
    breached_requests: int = Field(description="Those that waited longer than promised.")
    complaints: int
    open_complaints: int
    severe_open_complaints: int = Field(description="Of severity 1 or 2.")
    reopened_complaints: int
    breached_complaints: int
    surveys: int
    latest_nps: int | None = Field(description="Readiness to recommend, 0 to 10.")
    latest_csat: int | None = Field(description="Satisfaction, 1 to 5.")
    ratings: dict[str, RatingOut] = Field(description="Answers of surveys by aspect.")
    reviews: int = Field(description="But for rejected ones.")
    review_rating: float | None = Field(description="Mean stars, 1 to 5.")
    feedbacks: int
    feedback_tone: float | None = Field(description="Mean tone, -1 to 1.")
    referrals: int
    qualified_referrals: int
    participations: int = Field(description="Activities attended, courses completed, posts published.")
    points_available: int
    points_earned_12m: int
    benefits_used: int
    benefit_cost: MoneyOut
    open_opportunities: int
    opportunity_value: MoneyOut = Field(description="Expected value of the open ones times their probability.")
    open_needs: int
    as_of: datetime

    @classmethod
    def of(cls, row: Mapping[str, Any], currency: str) -> "StatisticsOut":
        """From a stored row."""
        amounts = {
            name: None if row[name] is None else MoneyOut.of(rounded(row[name], currency), currency) for name in MONEY
        }
        return cls.model_validate({**row, **amounts, "as_of": row["changed_at"]})


class DifferenceOut(Out):
    """One number that is stored otherwise than the facts say."""

    customer_id: UUID
    field: str
    stored: str | None
    computed: str | None


class CheckOut(Out):
    """How stored statistics compare with the facts, for one page of customers."""

    checked: int
    differences: list[DifferenceOut]
    next_cursor: UUID | None = Field(description="Where to go on; null at the end.")


FIELDS = tuple(column.name for column in Statistics.__table__.columns if column.name != "changed_at")
