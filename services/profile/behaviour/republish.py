"""Sending the days of behaviour again."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.profile.behaviour import repository
from services.profile.behaviour.usecases import summarised
from shared.contracts.profile import ActivitySummarised
from shared.messaging.republish import Selection


def page(session: Session, selection: Selection) -> Sequence[ActivitySummarised]:
    """One page of the days told of before, in their present version."""
    return [summarised(day) for day in repository.selected(session, selection)]
