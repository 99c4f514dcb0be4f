"""Sending products again."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.profile.products import repository, rules
from shared.contracts.base import Origin
from shared.contracts.profile import ProductRecorded
from shared.messaging.republish import Selection


def page(session: Session, selection: Selection) -> Sequence[ProductRecorded]:
    """One page of products in their present version."""
    found = repository.selected(session, selection)
    return [rules.recorded(one, Origin.REPUBLISH, at) for one, at in found]
