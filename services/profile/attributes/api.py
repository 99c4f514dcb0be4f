"""Declared attributes over HTTP."""

from typing import Any
from uuid import UUID

from services.profile.attributes import repository, usecases
from services.profile.attributes.schemas import AttributeOut, AttributePatch, AttributeType, NewAttribute
from services.profile.attributes.tables import Attribute
from shared.web.dependencies import IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import ALL, Router
from shared.web.schemas import Listing, Many

router = Router("/attributes", tag="Attributes")


@router.get("", scope="profile:read", managers=ALL, response_model=Listing[AttributeOut])
def list_attributes(
    session: ReadSession, page: Page, type: Many[AttributeType] | None = None, shared: bool | None = None
) -> Any:
    """Attributes in use, by key."""
    return repository.listed(session, page, type, shared)


@router.post("", scope="profile:admin", status_code=201, location="/attributes/{id}", response_model=AttributeOut)
def declare_attribute(body: NewAttribute, session: WriteSession, now: Now) -> Attribute:
    """Declare an attribute that customers may have from now on."""
    return usecases.declare(session, body, now)


@router.get("/{attribute_id}", scope="profile:read", managers=ALL, response_model=AttributeOut)
def read_attribute(attribute_id: UUID, session: ReadSession) -> Attribute:
    """One attribute, archived or not."""
    return usecases.get(session, attribute_id)


@router.patch("/{attribute_id}", scope="profile:admin", response_model=AttributeOut)
def edit_attribute(
    attribute_id: UUID, body: AttributePatch, session: WriteSession, if_match: IfMatch, now: Now
) -> Attribute:
    """Change an attribute (JSON Merge Patch); customers are told under the new rule with their next change."""
    return usecases.edit(session, attribute_id, body, if_match, now)


@router.delete("/{attribute_id}", scope="profile:admin")
def archive_attribute(attribute_id: UUID, session: WriteSession, now: Now) -> None:
    """Take an attribute out of use: values that are there stay readable, no new ones are accepted."""
    usecases.archive(session, attribute_id, now)
