"""Telling something about an order apart from its document: a refund, a return, a parcel."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services.profile.orders import usecases as orders
from services.profile.orders.additions.rules import ID_FIELDS, Addition
from services.profile.orders.faults.rules import addition_faults, addition_in_time, impossible
from services.profile.orders.rules import Order, Told, reference
from services.profile.orders.schemas import NewParcel, NewRefund, NewReturn, ParcelPatch
from services.profile.orders.standing.rules import Standing
from services.profile.orders.usecases import Outcome
from shared.contracts.base import Origin
from shared.errors import Conflict, Invalid, NotFound, PreconditionFailed

TICK = timedelta(microseconds=1)


def tell(session: Session, path: str, addition: Addition, now: datetime) -> Outcome:
    """Add something to an order, by our id or the shop's: `updated`, `unchanged` when it is known, or `held`.

    An order by the shop's id may still be to come. Raises NotFound for an unknown id of ours, Invalid for what cannot
    be true of the order, Conflict `already_exists` when its id was used for something else.
    """
    if errors := addition_faults(addition, now):
        raise Invalid("A time is impossible.", errors=errors)
    order_id, natural = reference(path)
    order = orders.present(session, order_id)
    source, shop_order_id = natural or _named(order)
    if order is not None and order.document is not None and order.stands is not None:
        if _is_known(addition, order.stands):
            return Outcome("unchanged", order)
        if errors := impossible(addition, order.document, order.stands):
            raise Invalid("This cannot be true of the order.", errors=errors)
    told = Told(order_id, source, shop_order_id, (addition_in_time(addition, now),))
    return orders.record(session, [told], origin=Origin.LIVE, now=now)[0]


def move_parcel(
    session: Session, path: str, parcel_id: str, patch: ParcelPatch, *, version: int, now: datetime
) -> Outcome:
    """Note the progress of a parcel. Raises NotFound, PreconditionFailed unless the caller saw the present order."""
    order_id, _ = reference(path)
    order = orders.present(session, order_id)
    if order is None or order.stands is None:
        raise NotFound("There is no such order.")
    if order.version != version:
        raise PreconditionFailed(f"The order is at version {order.version} now; read it again.")
    parcel = next((one for one in order.stands.parcels if one.parcel_id == parcel_id), None)
    if parcel is None:
        raise NotFound("The order has no such parcel.")
    moved = parcel.model_copy(update=patch.model_dump(exclude_unset=True))
    addition = Addition("parcel", max(now, _last_word(order) + TICK), moved)
    if errors := addition_faults(addition, now):
        raise Invalid("A time is impossible.", errors=errors)
    told = Told(order_id, order.source, order.shop_order_id, (addition,))
    return orders.record(session, [told], origin=Origin.LIVE, now=now)[0]


def _named(order: Order | None) -> tuple[str, str]:
    if order is None:
        raise NotFound("There is no such order.")
    return order.source, order.shop_order_id


def _is_known(addition: Addition, stands: Standing) -> bool:
    """Whether the order has the very same already. Raises Conflict when it has another of that id."""
    bodies: dict[str, Sequence[NewRefund | NewReturn | NewParcel]]
    bodies = {"refund": stands.refunds, "return": stands.returns, "parcel": stands.parcels}
    name = ID_FIELDS[addition.kind]
    same = [one for one in bodies[addition.kind] if getattr(one, name) == getattr(addition.body, name)]
    if any(not _says(one, addition.body) for one in same):
        raise Conflict(f"The order has another {addition.kind} of this id.", code="already_exists")
    return bool(same)


def _says(one: object, other: object) -> bool:
    """Of a refund the time may be our own, so only the amount is compared."""
    if isinstance(one, NewRefund) and isinstance(other, NewRefund):
        return one.amount == other.amount
    return one == other


def _last_word(order: Order) -> datetime:
    """The latest time at which something was said of a parcel: what is said now comes after it."""
    return max((one.at for one in order.additions if one.kind == "parcel"), default=order.told_at)
