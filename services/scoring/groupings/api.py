"""The review of groupings over HTTP."""

from typing import Annotated, Any

from fastapi import Query

from services.scoring.groupings import usecases
from services.scoring.groupings.schemas import Grouping, GroupingReviewOut
from shared.web.dependencies import Now, ReadSession
from shared.web.routing import Router
from shared.web.schemas import Instant

router = Router("/groupings", tag="Schemes")


@router.get("/{grouping}/review", scope="scoring:read", response_model=GroupingReviewOut)
def review_grouping(
    grouping: Grouping,
    session: ReadSession,
    now: Now,
    since: Annotated[Instant | None, Query(description="By default 90 days ago.")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="How many groups.")] = 100,
) -> Any:
    """How segments or territories drift: how large each is, and who came and went, by cause."""
    return usecases.review(session, grouping, since, limit, now)
