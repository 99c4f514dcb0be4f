"""Warnings over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from services.scoring.warnings import usecases
from services.scoring.warnings.quality import usecases as quality
from services.scoring.warnings.schemas import Dismissal, QualityOut, WarningFilter, WarningOut
from shared.web.dependencies import CurrentCaller, CurrentRuntime, Now, Page, ReadSession, WriteSession
from shared.web.routing import OWN, Router
from shared.web.schemas import Listing

router = Router("/warnings", tag="Warnings")
Wanted = Annotated[WarningFilter, Depends()]
Months = Annotated[int, Query(ge=1, le=24, description="How many, this month included.")]


@router.get("", scope="scoring:read", managers=OWN)
def list_warnings(
    session: ReadSession, runtime: CurrentRuntime, page: Page, wanted: Wanted, caller: CurrentCaller
) -> Listing[WarningOut]:
    """Warnings, those with the most expected value at risk first."""
    return usecases.listed(session, wanted, page, runtime.settings.base_currency, caller)


@router.get("/quality", scope="scoring:read")
def read_quality(session: ReadSession, runtime: CurrentRuntime, now: Now, months: Months = 12) -> QualityOut:
    """How often past warnings were right, and how many who left had been warned, by month."""
    return quality.of(session, months, runtime.settings.zone, now)


@router.get("/{warning_id}", scope="scoring:read", managers=OWN)
def read_warning(warning_id: UUID, session: ReadSession, runtime: CurrentRuntime, caller: CurrentCaller) -> WarningOut:
    """One warning, whatever became of it."""
    return usecases.get(session, warning_id, runtime.settings.base_currency, caller)


@router.post("/{warning_id}/dismiss", scope="scoring:write", managers=OWN)
def dismiss_warning(
    warning_id: UUID,
    body: Dismissal,
    *,
    session: WriteSession,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    now: Now,
) -> WarningOut:
    """Close an open warning; the same reasons raise none again within H."""
    usecases.get(session, warning_id, runtime.settings.base_currency, caller)
    return usecases.answer(usecases.dismiss(session, warning_id, body, now), runtime.settings.base_currency)
