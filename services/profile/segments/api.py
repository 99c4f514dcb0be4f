"""Segments over HTTP."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends

from services.profile.segments import repository, usecases
from services.profile.segments.evaluations import usecases as evaluations
from services.profile.segments.evaluations.schemas import MemberOut, MembershipOut
from services.profile.segments.explanations import usecases as explanations
from services.profile.segments.explanations.schemas import ExplanationOut
from services.profile.segments.history import usecases as history
from services.profile.segments.history.schemas import Period, Sizes
from services.profile.segments.language.schemas import Vocabulary
from services.profile.segments.portraits import usecases as portraits
from services.profile.segments.portraits.schemas import PortraitOut
from services.profile.segments.previews import usecases as previews
from services.profile.segments.publications import usecases as publications
from services.profile.segments.references import usecases as references
from services.profile.segments.schemas import (
    NewSegment,
    PreviewOut,
    SegmentOut,
    SegmentPatch,
    SegmentsAsked,
    SegmentsKnown,
    Trial,
    VersionOut,
)
from services.profile.segments.tables import Segment
from shared.jobs import Job
from shared.web.dependencies import CurrentCaller, CurrentRuntime, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.jobs import JobOut
from shared.web.routing import ALL, INTERNAL, OWN, Router
from shared.web.schemas import Listing, Many

router = Router("/segments", tag="Segments")
internal = Router("/internal/segments", tag="Segments")
of_customer = Router("/customers/{customer_id}/segments", tag="Segments of a customer")
AS_JOB: dict[str, Any] = {"status_code": 202, "location": "/jobs/{id}", "response_model": JobOut}
PII = "profile:pii"
Kind = Literal["rule", "static"]
Status = Literal["draft", "publishing", "published", "archived"]


@router.get("", scope="profile:read", managers=ALL, response_model=Listing[SegmentOut])
def list_segments(
    session: ReadSession, page: Page, kind: Many[Kind] | None = None, status: Many[Status] | None = None
) -> Any:
    """Segments, without archived ones unless they are asked for."""
    return repository.listed(session, page, kind, status)


@router.post("", scope="profile:write", status_code=201, location="/segments/{id}", response_model=SegmentOut)
def create_segment(body: NewSegment, session: WriteSession, now: Now) -> Segment:
    """Draft a segment. A rule counts once it is published, a static list at once."""
    return usecases.create(session, body, now)


@router.get("/fields", scope="profile:read", managers=ALL)
def list_fields(session: ReadSession) -> Vocabulary:
    """Everything that rules may ask: type, operators, values, windows, conditions, names in zh and en."""
    return Vocabulary(items=references.words_known(session))


@router.post("/preview", scope="profile:read")
def preview_segment(body: Trial, session: ReadSession, caller: CurrentCaller, now: Now) -> PreviewOut:
    """How many customers a rule holds, how many each of its nodes does, and 20 of them. Changes nothing."""
    return previews.preview(session, body.rule, caller, now)


@router.get("/{segment_id}", scope="profile:read", managers=ALL, response_model=SegmentOut)
def read_segment(segment_id: UUID, session: ReadSession) -> Segment:
    """One segment."""
    return usecases.get(session, segment_id)


@router.patch("/{segment_id}", scope="profile:write", response_model=SegmentOut)
def edit_segment(segment_id: UUID, body: SegmentPatch, session: WriteSession, if_match: IfMatch, now: Now) -> Segment:
    """Change the name, or the draft of the rule."""
    return usecases.edit(session, segment_id, body, if_match, now)


@router.post("/{segment_id}/publish", scope="profile:write", **AS_JOB)
def publish_segment(segment_id: UUID, session: WriteSession, runtime: CurrentRuntime, now: Now) -> Job:
    """Let the edited rule count, and judge everybody by it, as a job."""
    return publications.publish(session, runtime.service, segment_id, now)


@router.post("/{segment_id}/rollback", scope="profile:write", **AS_JOB)
def roll_back_segment(segment_id: UUID, session: WriteSession, runtime: CurrentRuntime, now: Now) -> Job:
    """Publish the rule that counted before once more, as a new version, and judge everybody by it, as a job."""
    return publications.roll_back(session, runtime.service, segment_id, now)


@router.get("/{segment_id}/versions", scope="profile:read", managers=ALL, response_model=Listing[VersionOut])
def list_versions(segment_id: UUID, session: ReadSession, page: Page) -> Any:
    """What was published, newest first."""
    return usecases.versions(session, segment_id, page)


@router.get("/{segment_id}/members", scope="profile:read", managers=OWN)
def list_members(segment_id: UUID, session: ReadSession, caller: CurrentCaller, page: Page) -> Listing[MemberOut]:
    """Who is in a segment, the latest first."""
    found = evaluations.members(session, segment_id, page, caller)
    more = [{"entered_at": row.entered_at, "segment_version": row.segment_version} for row in found.items]
    items = [MemberOut.of(row, pii=caller.may(PII), **one) for row, one in zip(found.items, more, strict=True)]
    return Listing(items=items, next_cursor=found.next_cursor)


@router.get("/{segment_id}/members/{customer_id}/explanation", scope="profile:read")
def explain_membership(segment_id: UUID, customer_id: UUID, session: ReadSession, now: Now) -> ExplanationOut:
    """Why a customer is in a segment or is not: every node of the rule with its value and verdict."""
    return explanations.explain(session, segment_id, customer_id, now)


@router.get("/{segment_id}/history", scope="profile:read")
def list_sizes(segment_id: UUID, session: ReadSession, period: Annotated[Period, Depends()], now: Now) -> Sizes:
    """How large a segment was at the end of each business day, and how many came and went."""
    return Sizes(items=history.sizes(session, segment_id, period, now))


@router.get("/{segment_id}/portrait", scope="profile:read")
def draw_portrait(segment_id: UUID, session: ReadSession) -> PortraitOut:
    """What is more and less frequent in a segment than among all customers: share, index, difference with interval."""
    return portraits.draw(session, segment_id)


@router.delete("/{segment_id}", scope="profile:write")
def archive_segment(segment_id: UUID, session: WriteSession, now: Now) -> None:
    """Take a segment out of use: everybody leaves it, and it stays readable."""
    usecases.archive(session, segment_id, now)


@internal.post("", scope=INTERNAL)
def find_segments(body: SegmentsAsked, session: ReadSession) -> SegmentsKnown:
    """Which segments count, for engagement."""
    return SegmentsKnown(segment_ids=list(repository.of_those_counting(session, body.segment_ids)))


@of_customer.get("", scope="profile:read", response_model=Listing[MembershipOut])
def list_memberships(customer_id: UUID, session: ReadSession, page: Page) -> Any:
    """The segments that a customer is in, over all linked ids."""
    return evaluations.of_customer(session, customer_id, page)
