"""CDNOW: every order of 23,570 customers of a music shop, January 1997 to June 1998."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from deploy.local.orderlog.packages import file_of
from deploy.local.orderlog.reports import ORDER, OrderLog, Report, noon, weeks_until

SOURCE = "cdnow"
PACKAGE, PATH = "lifetimes", "lifetimes/datasets/CDNOW_master.txt"
SHA256 = "eff6889ed364c5199d6eacbbeb7a6d559971df4406ac876f322c373f00a072ef"
ORDER_DAYS = 67_591
Sale = tuple[int, Decimal]


def reports(currency: str, today: date) -> Iterator[Report]:
    """The whole log as orders, its last day a few days before today."""
    sales = read(file_of(PACKAGE, PATH, SHA256).read_text())
    shift = weeks_until(max(day for _, day in sales), today)
    for (customer, day), sale in sorted(sales.items(), key=lambda item: (item[0][1], item[0][0])):
        yield order(f"{customer}-{day:%Y%m%d}", customer, day + shift, sale, currency)


def read(text: str) -> dict[tuple[str, date], Sale]:
    """Discs and money per customer and day: the log has several lines for some days, a shop one order."""
    sales: dict[tuple[str, date], Sale] = {}
    for line in text.splitlines()[1:]:
        customer, day, discs, money = line.split()
        bought = customer, date.fromisoformat(day)
        before = sales.get(bought, (0, Decimal(0)))
        sales[bought] = (before[0] + int(discs), before[1] + Decimal(money))
    return sales


def order(number: str, customer: str, day: date, sale: Sale, currency: str) -> Report:
    """One order day as a paid order."""
    discs, money = sale
    at = noon(day)
    line = {"line_id": "1", "sku": "cd", "name": "Compact discs", "category": "music", "quantity": discs}
    body = {
        "source": SOURCE,
        "order_id": number,
        "updated_at": at.isoformat(),
        "identities": [{"kind": "external", "value": customer}],
        "status": "paid",
        "placed_at": at.isoformat(),
        "paid_at": at.isoformat(),
        "channel": "web",
        "currency": currency,
        "lines": [line | {"unit_price": str(round(money / discs, 4))}],
        "totals": {"total": str(money)},
    }
    return Report(ORDER, customer, f"order/{number}", at, body)


LOG = OrderLog(SOURCE, "CDNOW", "USD", ORDER_DAYS, reports)
