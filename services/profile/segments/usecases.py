"""Drafting segments, changing and archiving them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.segments import repository
from services.profile.segments.definitions import usecases as definitions
from services.profile.segments.schemas import NewSegment, SegmentPatch
from services.profile.segments.tables import Segment
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.ids import new_id
from shared.web.dependencies import PageRequest, require_version
from shared.web.schemas import Listing
from shared.web.versioned import moved_on

MOST = 500


def create(session: Session, body: NewSegment, now: datetime) -> Segment:
    """Store a segment as a draft.

    Raises Conflict `already_exists` for a code that is or was in use, `capacity_full`, Invalid `rule_invalid`.
    """
    repository.alone(session)
    if repository.count(session) >= MOST:
        raise Conflict(f"There are {MOST} segments; archive one first.", code="capacity_full")
    if body.rule is not None:
        definitions.require(session, body.rule)
    segment_id = new_id()
    counts = 1 if body.kind == "static" else None  # a list counts as it is
    row = {
        **body.model_dump(),
        "segment_id": segment_id,
        "version": 1,
        "published_version": counts,
        "settled_version": counts,
        "archived_at": None,
        "created_at": now,
        "updated_at": now,
    }
    if not repository.add(session, row):
        raise Conflict("There is or was a segment of that code.", code="already_exists")
    if counts is not None:
        version = {"segment_id": segment_id, "version": counts, "rule": None}
        repository.add_version(session, version | {"cause": "publish", "published_at": now})
    return get(session, segment_id)


def edit(session: Session, segment_id: UUID, patch: SegmentPatch, if_match: int, now: datetime) -> Segment:
    """Change the name or the draft of the rule. Raises PreconditionFailed, Conflict for an archived one, Invalid."""
    repository.alone(session)
    segment = in_use(session, segment_id)
    require_version(segment.version, if_match)
    said = patch.model_fields_set
    if "name" in said:
        if patch.name is None:
            raise Invalid("Not valid: name.", errors=[FieldError("name", "required", "A segment has a name.")])
        segment.name = patch.name
    if "rule" in said:
        if segment.kind == "static" or patch.rule is None:
            message = "A static list has no rule." if segment.kind == "static" else "A segment by rule has a rule."
            raise Invalid("Not valid: rule.", errors=[FieldError("rule", "not_allowed", message)])
        definitions.require(session, patch.rule, str(segment_id))
        segment.rule = patch.rule
    return moved_on(session, segment, now)


def archive(session: Session, segment_id: UUID, now: datetime) -> None:
    """Take a segment out of use; it stays readable. Raises Conflict `in_use` while something rests on it."""
    repository.alone(session)
    segment = get(session, segment_id, locked=True)
    if segment.archived_at is not None:
        return
    others = definitions.resting_on(session, str(segment_id))
    if others:
        raise Conflict(f"Segment {others[0]} rests on it; change or archive that one first.", code="in_use")
    if user := repository.used(session, [segment_id]):
        raise Conflict(f"{user} rests on it; change or archive that one first.", code="in_use")
    moved_on(session, segment, now, archived_at=now)
    repository.make_members_due(session, segment_id, now)


def use(session: Session, used_by: str, segment_ids: Collection[UUID]) -> None:
    """Note which segments something beyond them rests on from now on, such as `assignment_rule/<id>`.

    Until the transaction ends nobody else edits segments, so that what is seen of them then stays so.
    """
    repository.alone(session)
    repository.use(session, used_by, segment_ids)


def in_use(session: Session, segment_id: UUID) -> Segment:
    """One segment, locked. Raises NotFound, and Conflict when it is archived."""
    segment = get(session, segment_id, locked=True)
    if segment.archived_at is not None:
        raise Conflict("The segment is archived.", code="invalid_transition")
    return segment


def get(session: Session, segment_id: UUID, *, locked: bool = False) -> Segment:
    """One segment, archived or not; raises NotFound."""
    segment = session.get(Segment, segment_id, with_for_update=locked)
    if segment is None:
        raise NotFound("There is no such segment.")
    return segment


def versions(session: Session, segment_id: UUID, page: PageRequest) -> Listing[Any]:
    """What was published of a segment; raises NotFound."""
    return repository.versions(session, get(session, segment_id).segment_id, page)
