"""What the facts of a customer come to. Nothing here depends on the present time: it changes with facts alone."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base


class Statistics(Base):
    """Derived, under the canonical id. An absorbed id keeps its last row, which nobody reads.

    Sums and means are over counted orders; `cancelled_orders`, `refunded_orders`, `refunded` and what came back are
    over all but tests. Amounts are in base currency; days, hours and months are those of the business time zone.
    """

    __tablename__ = "statistics"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    orders: Mapped[int]
    cancelled_orders: Mapped[int]
    refunded_orders: Mapped[int]
    first_order_at: Mapped[datetime | None]
    last_order_at: Mapped[datetime | None]
    first_order_on: Mapped[date | None]
    last_order_on: Mapped[date | None]

    order_days: Mapped[int]
    gap_mean: Mapped[float | None]  # days between one order day and the next
    gap_median: Mapped[float | None]
    gap_sd: Mapped[float | None]
    active_months: Mapped[int]
    week_hours: Mapped[dict[str, Any]]  # orders by hour of the week: 0 = Monday from midnight, 167 = Sunday from 23

    net_spend: Mapped[Decimal]
    refunded: Mapped[Decimal]
    average_order_value: Mapped[Decimal | None]
    median_order_value: Mapped[Decimal | None]
    order_value_p90: Mapped[Decimal | None]  # nine of ten orders are at most so large
    order_value_sd: Mapped[Decimal | None]
    discount: Mapped[Decimal]
    discount_share: Mapped[float | None]  # of what the orders would have cost without
    coupon_orders: Mapped[int]
    promotion_share: Mapped[float | None]  # of the orders: those with a discount or coupon or in a promotion period
    full_price_share: Mapped[float | None]  # of the spend: what was spent in orders with neither discount nor coupon
    costed_sales: Mapped[Decimal]  # the part of the spend whose cost is known, from the order or else the catalogue
    margin: Mapped[Decimal]

    units: Mapped[Decimal]
    lines: Mapped[int]
    units_per_order: Mapped[float | None]
    lines_per_order: Mapped[float | None]
    returns: Mapped[int]
    returned_units: Mapped[Decimal]
    categories: Mapped[int]
    main_category: Mapped[str | None]  # that of most order lines; of two the one on which more was spent, then by name
    brands: Mapped[int]
    brand_concentration: Mapped[float | None]  # sum of squared shares of spend: 1 = a single brand
    channels: Mapped[int]
    stores: Mapped[int]

    visits: Mapped[int]  # days with any behaviour
    views: Mapped[int]
    searches: Mapped[int]
    carts: Mapped[int]
    checkouts: Mapped[int]
    enquiries: Mapped[int]
    logins: Mapped[int]
    last_visit_at: Mapped[datetime | None]

    messages: Mapped[int]
    messages_read: Mapped[int]
    messages_clicked: Mapped[int]
    messages_failed: Mapped[int]
    optouts: Mapped[int]  # channels on which marketing is refused now

    interactions_in: Mapped[int]
    interactions_out: Mapped[int]
    agent_seconds: Mapped[int]
    tasks_done: Mapped[int]
    last_contact_at: Mapped[datetime | None]  # interaction, finished task, or message that arrived
    cost_to_serve: Mapped[Decimal | None]  # staff minutes and messages, where their cost is known; null = no cost is
    requests: Mapped[int]
    open_requests: Mapped[int]
    breached_requests: Mapped[int]
    complaints: Mapped[int]
    open_complaints: Mapped[int]
    severe_open_complaints: Mapped[int]  # severity 1 or 2
    reopened_complaints: Mapped[int]
    breached_complaints: Mapped[int]

    surveys: Mapped[int]
    latest_nps: Mapped[int | None]
    latest_csat: Mapped[int | None]
    ratings: Mapped[dict[str, Any]]  # by aspect: count and sum of what was answered, 1 to 5
    reviews: Mapped[int]
    review_rating: Mapped[float | None]
    feedbacks: Mapped[int]
    feedback_tone: Mapped[float | None]

    referrals: Mapped[int]
    qualified_referrals: Mapped[int]
    participations: Mapped[int]
    points_available: Mapped[int]
    points_earned_12m: Mapped[int]
    benefits_used: Mapped[int]
    benefit_cost: Mapped[Decimal]
    open_opportunities: Mapped[int]
    opportunity_value: Mapped[Decimal]  # expected value of the open ones times their probability
    open_needs: Mapped[int]

    fact_at: Mapped[datetime | None]  # when the newest order fact happened
    live_fact_at: Mapped[datetime | None]  # when the newest fact happened that no import told, messages and tasks apart
    changed_at: Mapped[datetime]
