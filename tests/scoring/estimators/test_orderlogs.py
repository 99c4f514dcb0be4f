import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.estimators.orderlogs import OrderLog, purchases_after, summarise

Orders = list[tuple[str, int, int]]
ORDERS = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 20), st.integers(0, 9)), min_size=1, max_size=30)
UNTIL = 10.0


def log(orders: Orders) -> OrderLog:
    customer, time, amount = zip(*orders, strict=True)
    return OrderLog(np.array(customer), np.array(time, dtype=np.float64), np.array(amount, dtype=np.float64))


def test_a_log_becomes_histories_and_spend() -> None:
    some = summarise(log([("b", 4, 5), ("a", 1, 10), ("a", 3, 2), ("a", 3, 4), ("a", 7, 8), ("c", 11, 1)]), UNTIL)
    assert some.customer.tolist() == ["a", "b"]
    assert some.history.tolist() == [[2, 6, 9], [0, 0, 6]]
    assert some.spend().tolist() == [[3, 8], [1, 5]]
    assert some.spend(repeat_only=True).tolist() == [[2, 7], [0, 0]]


@given(ORDERS.flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_the_order_of_the_log_does_not_matter(pair: tuple[Orders, Orders]) -> None:
    one, other = (summarise(log([("a", 0, 1), *orders]), UNTIL) for orders in pair)
    assert np.array_equal(one.history, other.history)
    assert np.array_equal(one.spend(), other.spend())


@given(ORDERS, ORDERS)
def test_what_comes_later_is_not_seen(orders: Orders, future: Orders) -> None:
    orders.append(("a", 0, 1))
    later = [(customer, int(UNTIL) + 1 + time, amount) for customer, time, amount in future]
    known, tempted = summarise(log(orders), UNTIL), summarise(log(orders + later), UNTIL)
    assert np.array_equal(known.history, tempted.history)
    assert np.array_equal(known.spend(), tempted.spend())


@given(ORDERS)
def test_purchases_before_and_after_an_instant_are_all_purchases(orders: Orders) -> None:
    orders += [(customer, 0, 1) for customer in "abcd"]
    early, all_ = summarise(log(orders), UNTIL), summarise(log(orders), 20.0)
    counts, spent = purchases_after(log(orders), early, UNTIL, 20.0)
    assert np.array_equal(early.history[:, 0] + counts, all_.history[:, 0])
    assert np.allclose(early.total + spent, all_.total)


def test_customers_who_came_later_are_not_counted() -> None:
    orders = log([("b", 0, 1), ("a", 12, 7), ("b", 12, 3), ("z", 13, 9)])
    counts, spent = purchases_after(orders, summarise(orders, UNTIL), UNTIL, 20.0)
    assert (counts.tolist(), spent.tolist()) == ([1], [3.0])


def test_gaps_lie_between_purchases_of_one_customer() -> None:
    assert log([("b", 4, 5), ("a", 1, 10), ("a", 3, 2), ("a", 3, 4), ("a", 7, 8)]).gaps().tolist() == [2.0, 4.0]


def test_before_the_first_order_nobody_is_known() -> None:
    some = summarise(log([("a", 12, 7)]), UNTIL)
    assert (len(some.customer), some.history.shape, some.spend().shape) == (0, (0, 3), (0, 2))
