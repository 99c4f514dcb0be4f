"""Segments over HTTP."""

from typing import Any, Literal
from uuid import UUID

from services.profile.segments import repository, usecases
from services.profile.segments.language import rules as language
from services.profile.segments.language.schemas import Vocabulary
from services.profile.segments.previews import usecases as previews
from services.profile.segments.schemas import NewSegment, PreviewOut, SegmentOut, SegmentPatch, Trial
from services.profile.segments.tables import Segment
from shared.web.dependencies import CurrentCaller, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Listing, Many

router = Router("/segments", tag="Segments")
PII = "profile:pii"
Kind = Literal["rule", "static"]
Status = Literal["draft", "publishing", "published", "archived"]


@router.get("", scope="profile:read", response_model=Listing[SegmentOut])
def list_segments(
    session: ReadSession, page: Page, kind: Many[Kind] | None = None, status: Many[Status] | None = None
) -> Any:
    """Segments, without archived ones unless they are asked for."""
    return repository.listed(session, page, kind, status)


@router.post("", scope="profile:write", status_code=201, location="/segments/{id}", response_model=SegmentOut)
def create_segment(body: NewSegment, session: WriteSession, now: Now) -> Segment:
    """Draft a segment. A rule counts once it is published, a static list at once."""
    return usecases.create(session, body, now)


@router.get("/fields", scope="profile:read")
def list_fields() -> Vocabulary:
    """Everything that rules may ask: type, operators, values, windows, conditions, names in zh and en."""
    return Vocabulary(items=language.vocabulary())


@router.post("/preview", scope="profile:read")
def preview_segment(body: Trial, session: ReadSession, caller: CurrentCaller, now: Now) -> PreviewOut:
    """How many customers a rule holds, how many each of its nodes does, and 20 of them. Changes nothing."""
    return previews.preview(session, body.rule, now, pii=caller.may(PII))


@router.get("/{segment_id}", scope="profile:read", response_model=SegmentOut)
def read_segment(segment_id: UUID, session: ReadSession) -> Segment:
    """One segment."""
    return usecases.get(session, segment_id)


@router.patch("/{segment_id}", scope="profile:write", response_model=SegmentOut)
def edit_segment(segment_id: UUID, body: SegmentPatch, session: WriteSession, if_match: IfMatch, now: Now) -> Segment:
    """Change the name, or the draft of the rule."""
    return usecases.edit(session, segment_id, body, if_match, now)


@router.delete("/{segment_id}", scope="profile:write")
def archive_segment(segment_id: UUID, session: WriteSession, now: Now) -> None:
    """Take a segment out of use: everybody leaves it, and it stays readable."""
    usecases.archive(session, segment_id, now)
