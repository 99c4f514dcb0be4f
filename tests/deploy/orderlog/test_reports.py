from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from deploy.local.orderlog import cdnow, grocery
from deploy.local.orderlog.reports import ORDER, Report, Tally, weeks_until
from services.profile.orders.schemas import NewOrder
from services.profile.products.schemas import NewProduct

CDNOW = """ customer_id  date number_of_cds  dollar_value
 00001 19970101  1   11.77
 00002 19970112  1   12.00
 00002 19970112  5   77.00
 00003 19970102  2   20.00
"""
MILK = {"product_type": "MILK", "package_size": "1 GA", "product_category": "FLUID MILK", "department": "GROCERY"}
FUEL = {"product_type": None, "package_size": None, "product_category": "COUPON/MISC ITEMS", "department": "FUEL"}
money = st.decimals(0, 500, places=2)


def row(**values: object) -> grocery.Row:
    plain = {"product_id": 7, "quantity": 1, "sales_value": 1.0, "retail_disc": 0.0, "coupon_match_disc": 0.0}
    whose = {"household_id": 9, "basket_id": 5, "store_id": 3, "coupon_disc": 0.0}
    return plain | whose | {"transaction_timestamp": datetime(2017, 1, 1, 11, 53)} | values  # noqa: DTZ001


@given(st.dates(date(1990, 1, 1), date(2020, 1, 1)), st.dates(date(2021, 1, 1), date(2040, 1, 1)))
def test_a_log_ends_within_the_week_before_today_on_its_own_weekday(last: date, today: date) -> None:
    moved = last + weeks_until(last, today)
    assert timedelta(days=1) <= today - moved <= timedelta(days=7)
    assert moved.weekday() == last.weekday()


def test_all_purchases_of_a_day_are_one_order() -> None:
    sales = cdnow.read(CDNOW)
    assert sales[("00002", date(1997, 1, 12))] == (6, Decimal("89.00"))
    assert len(sales) == 3


def test_a_day_of_discs_is_an_order_that_profile_takes() -> None:
    report = cdnow.order("00002-19970112", "00002", date(2026, 11, 1), (6, Decimal("89.00")), "CNY")
    order = NewOrder.model_validate(report.body)
    assert order.totals.total == Decimal("89.00")
    assert order.lines[0].quantity == 6
    assert abs(order.lines[0].quantity * order.lines[0].unit_price - Decimal("89.00")) < Decimal("0.01")


@given(st.integers(1, 90), money, money, money)
def test_a_grocery_line_less_its_discount_is_what_the_shop_received(
    quantity: int, received: Decimal, card: Decimal, match: Decimal
) -> None:
    sold = row(quantity=quantity, sales_value=float(received), retail_disc=float(card), coupon_match_disc=float(match))
    line = grocery.line(1, sold, {**grocery.UNKNOWN, **MILK})
    price, discount = Decimal(line["unit_price"]), Decimal(line["discount"])
    assert quantity * price - discount == received
    assert card + match <= discount <= card + match + quantity * grocery.PRICE_STEP


def test_an_article_is_in_the_catalogue_at_its_mean_shelf_price() -> None:
    sold = {"quantity_sum": 4, "sales_value_sum": 9.0, "retail_disc_sum": 1.0, "coupon_match_disc_sum": 0.0}
    report = grocery.product(7, {**grocery.UNKNOWN, **MILK}, sold, date(2026, 1, 1), "CNY")
    product = NewProduct.model_validate(report.body)
    assert (product.sku, product.titles, product.category) == ("7", {"en": "MILK 1 GA"}, "FLUID MILK")
    assert product.price == Decimal("2.50")
    assert product.available


def test_fuel_and_coupons_are_offered_to_nobody() -> None:
    sold = {"quantity_sum": 10_000, "sales_value_sum": 25.0, "retail_disc_sum": 0.0, "coupon_match_disc_sum": 0.0}
    product = NewProduct.model_validate(
        grocery.product(8, {**grocery.UNKNOWN, **FUEL}, sold, date(2026, 1, 1), "CNY").body
    )
    assert product.available == []
    assert (product.titles, product.price) == ({"en": "Product 8"}, Decimal("2.50"))


def test_fuel_is_sold_by_the_gallon() -> None:
    sold = row(quantity=10_087, sales_value=25.01)
    line = grocery.line(1, sold, {**grocery.UNKNOWN, **FUEL})
    assert (line["quantity"], line["unit_price"]) == ("10.087", "2.4795")


def test_a_basket_is_an_order_that_profile_takes_and_carries_its_coupons_once() -> None:
    coupons = {(9, date(2017, 1, 1)): ["51380041013"]}
    rows = [row(coupon_disc=0.5), row(quantity=0, sales_value=0.0), row(product_id=8, sales_value=2.25)]
    first = grocery.basket(rows, {7: {**grocery.UNKNOWN, **MILK}}, coupons, timedelta(weeks=52), "CNY")
    order = NewOrder.model_validate(first.body)
    assert order.totals.total == Decimal("3.25")
    assert [line.sku for line in order.lines] == ["7", "8"]
    assert order.coupon_codes == ["51380041013"]
    assert order.placed_at == datetime(2017, 12, 31, 11, 53, tzinfo=UTC)
    assert grocery.basket(rows, {}, coupons, timedelta(), "CNY").body["coupon_codes"] == []


def test_three_customers_worth_a_look_differ() -> None:
    tally = Tally()
    for key, total in [("a", "1.00"), ("a", "1.00"), ("b", "90.00"), ("c", "3.00")]:
        tally.seen(Report(ORDER, key, "order/1", datetime(2026, 1, 1, tzinfo=UTC), {"totals": {"total": total}}))
    assert tally.worth_a_look() == ("a", "b", "c")
