"""What a shop reports, as it goes to `commerce.events`; and moving a log into our time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

ORDER = "commerce.order.reported"
CUSTOMER = "commerce.customer.reported"
PRODUCT = "commerce.product.reported"


@dataclass(frozen=True)
class Report:
    """One record of the topic: `key` is the shop's own customer id."""

    type: str
    key: str
    subject: str
    at: datetime
    body: dict[str, Any]


@dataclass(frozen=True)
class OrderLog:
    """A log that can be replayed: its source code, the currency it was kept in, and what it reports, oldest first."""

    source: str
    title: str
    currency: str
    count: int
    reports: Callable[[str, date], Iterator[Report]]  # of a deployment's base currency, today


@dataclass
class Tally:
    """Orders and money per customer, counted while the log passes by."""

    orders: dict[str, int] = field(default_factory=dict)
    spend: dict[str, Decimal] = field(default_factory=dict)

    def seen(self, report: Report) -> Report:
        """The report itself, counted if it is an order."""
        if report.type == ORDER:
            total = Decimal(report.body["totals"]["total"])
            self.orders[report.key] = self.orders.get(report.key, 0) + 1
            self.spend[report.key] = self.spend.get(report.key, Decimal(0)) + total
        return report

    def worth_a_look(self) -> tuple[str, str, str]:
        """Three customers who differ: the most orders, the highest spend of the others, the lowest of the rest."""
        most = max(self.orders, key=lambda key: (self.orders[key], key))
        by_spend = sorted((key for key in self.spend if key != most), key=lambda key: (self.spend[key], key))
        return most, by_spend[-1], by_spend[0]


def weeks_until(last: date, today: date) -> timedelta:
    """The whole weeks that move `last` to the latest day before `today` of the same weekday."""
    return timedelta(weeks=(today - timedelta(days=1) - last).days // 7)


def noon(day: date) -> datetime:
    """An instant that lies on `day` from Honolulu to Tokyo."""
    return datetime.combine(day, time(12), UTC)
