"""Sending orders again."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.profile.orders import repository
from services.profile.orders.usecases import told_again
from shared.contracts.profile import OrderRecorded
from shared.messaging.republish import Selection


def page(session: Session, selection: Selection) -> Sequence[OrderRecorded]:
    """One page of orders in their present version."""
    return [told_again(order, at) for order, at in repository.selected(session, selection)]
