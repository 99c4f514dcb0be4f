"""Reading what happened to a person."""

from typing import Any

from sqlalchemy.orm import Session

from services.profile.links.schemas import Person
from services.profile.timeline import repository
from services.profile.timeline.schemas import TimelineFilter
from shared.web.dependencies import PageRequest
from shared.web.schemas import Listing


def of_person(session: Session, person: Person, wanted: TimelineFilter, page: PageRequest) -> Listing[Any]:
    """What happened to any id of a person, newest first, whoever told it."""
    return repository.entries(session, person.member_ids, wanted, page)
