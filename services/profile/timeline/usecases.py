"""Reading what happened to a person."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.links import usecases as links
from services.profile.links.schemas import Person
from services.profile.timeline import repository
from services.profile.timeline.schemas import TimelineFilter
from shared.db import plan_once
from shared.web.dependencies import PageRequest
from shared.web.schemas import Listing


def of_customer(session: Session, customer_id: UUID, wanted: TimelineFilter, page: PageRequest) -> Listing[Any]:
    """What happened to the person behind an id. Raises NotFound and Gone."""
    plan_once(session)
    return of_person(session, links.person(session, customer_id), wanted, page)


def of_person(session: Session, person: Person, wanted: TimelineFilter, page: PageRequest) -> Listing[Any]:
    """What happened to any id of a person, newest first, whoever told it."""
    return repository.entries(session, person.member_ids, wanted, page)
