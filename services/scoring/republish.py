"""What scoring can send again."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.scoring.assessments import repository, rules
from services.scoring.privacy import usecases as privacy
from services.scoring.schemes import repository as scheme_rows
from services.scoring.schemes import rules as schemes
from services.scoring.tiers import repository as tier_rows
from services.scoring.tiers import usecases as tier_usecases
from services.scoring.warnings import repository as warning_rows
from services.scoring.warnings import rules as warnings
from shared.contracts.base import Event
from shared.contracts.scoring import (
    AssessmentChanged,
    SchemePublished,
    ScoringErased,
    TierChanged,
    WarningClosed,
    WarningRaised,
)
from shared.messaging.republish import Republisher, Selection


def assessments(session: Session, selection: Selection) -> Sequence[AssessmentChanged]:
    """One page of assessments in their present version."""
    return [rules.told(row, []) for row in repository.page(session, selection)]


def tiers(session: Session, selection: Selection) -> Sequence[TierChanged]:
    """One page of tiers in their present version."""
    programme = tier_usecases.in_force(session)
    return [tier_usecases.told(row, programme) for row in tier_rows.page(session, selection)]


def published_schemes(session: Session, selection: Selection) -> Sequence[SchemePublished]:
    """The schemes in force."""
    return [
        schemes.told(one.kind, one.scheme_version, one.content, one.effective_at, one.effective_at)
        for one in scheme_rows.page(session, selection)
    ]


def raised_warnings(session: Session, selection: Selection) -> Sequence[WarningRaised]:
    """One page of warnings as they were raised."""
    return [warnings.told_raised(row) for row in warning_rows.page(session, selection, closed=False)]


def closed_warnings(session: Session, selection: Selection) -> Sequence[WarningClosed]:
    """One page of closed warnings."""
    return [warnings.told_closed(row) for row in warning_rows.page(session, selection, closed=True)]


REPUBLISH: dict[type[Event], Republisher] = {
    AssessmentChanged: assessments,
    TierChanged: tiers,
    SchemePublished: published_schemes,
    WarningRaised: raised_warnings,
    WarningClosed: closed_warnings,
    ScoringErased: privacy.republished,
}
