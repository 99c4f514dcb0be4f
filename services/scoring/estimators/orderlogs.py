"""From a log of orders to one row per customer, as known at an instant."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.scoring.estimators.histories import Floats, Ints, run_starts


@dataclass(frozen=True, slots=True)
class OrderLog:
    """Orders by column: whose, when, how much. Orders of a customer at one time are one purchase."""

    customer: npt.NDArray[np.generic]
    time: Floats
    amount: Floats

    def purchases(self) -> "OrderLog":
        """One row per customer and time, amounts added, sorted by customer and time."""
        _, code = np.unique(self.customer, return_inverse=True)
        order = np.lexsort((self.time, code))
        customer, time = self.customer[order], self.time[order]
        starts = run_starts(customer, time)
        return OrderLog(customer[starts], time[starts], np.add.reduceat(self.amount[order], starts))

    def gaps(self) -> Floats:
        """The times between one purchase of a customer and the next."""
        some = self.purchases()
        return np.asarray(np.diff(some.time)[some.customer[1:] == some.customer[:-1]])

    def within(self, after: float, until: float) -> "OrderLog":
        """The orders with `after` < time <= `until`."""
        kept = (self.time > after) & (self.time <= until)
        return OrderLog(self.customer[kept], self.time[kept], self.amount[kept])


@dataclass(frozen=True, slots=True)
class Summary:
    """One row per customer: key, history (frequency, recency, age) and spend, of all purchases and of the first."""

    customer: npt.NDArray[np.generic]
    history: Floats
    total: Floats
    first: Floats

    def spend(self, *, repeat_only: bool = False) -> Floats:
        """Rows of (orders, mean order value) as GammaGamma reads them, with or without the first purchase."""
        repeats = self.history[:, 0]
        orders = repeats if repeat_only else repeats + 1
        total = self.total - self.first if repeat_only else self.total
        return np.column_stack([orders, np.divide(total, orders, out=np.zeros_like(total), where=orders > 0)])


def summarise(log: OrderLog, until: float) -> Summary:
    """What was known at `until`, which reads nothing of what came later. Customers are sorted by key."""
    known = log.within(-np.inf, until).purchases()
    starts = run_starts(known.customer)
    ends = np.append(starts, len(known.customer))[1:] - 1
    born = known.time[starts]
    history = np.column_stack([ends - starts, known.time[ends] - born, until - born]).astype(np.float64)
    return Summary(known.customer[starts], history, np.add.reduceat(known.amount, starts), known.amount[starts])


def purchases_after(log: OrderLog, summary: Summary, after: float, until: float) -> tuple[Ints, Floats]:
    """Purchases of the summary's customers in the window after its instant, and what they spent."""
    later = log.within(after, until).purchases()
    place = np.searchsorted(summary.customer, later.customer)
    known = summary.customer[np.minimum(place, len(summary.customer) - 1)] == later.customer
    size = len(summary.customer)
    spent = np.bincount(place[known], later.amount[known], minlength=size)
    return np.bincount(place[known], minlength=size), spent.astype(np.float64)
