"""The results of a campaign."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.campaigns import usecases as campaigns
from services.engagement.campaigns.schemas import HOLDOUT
from services.engagement.campaigns.tables import Campaign
from services.engagement.lifts import repository, rules
from services.engagement.lifts.rules import Tally
from services.engagement.lifts.schemas import GroupOut, ResultsOut, RevenueLift, ShareLift
from shared.web.schemas import MoneyOut

POINTS = 100
DIGITS = 4


def results(session: Session, campaign_id: UUID, currency: str) -> ResultsOut:
    """How far a campaign is, and what each of its groups bought within the days of its attribution."""
    campaign = campaigns.get(session, campaign_id)
    audience, unreleased = repository.audience(session, campaign_id)
    return ResultsOut(
        campaign_id=campaign_id,
        status=campaign.status,
        started_at=campaign.started_at,
        attributed_until=campaign.started_at and campaign.started_at + _days(campaign),
        audience=audience,
        unreleased=unreleased,
        messages=repository.by_status(session, campaign_id),
        excluded=dict(repository.reasons(session, campaign_id).most_common()),
        groups=_groups(session, campaign, currency),
    )


def _groups(session: Session, campaign: Campaign, currency: str) -> list[GroupOut]:
    start, found = campaign.started_at, {}
    if start is not None:
        span, categories = (start, start + _days(campaign)), campaign.attribution["categories"]
        found = repository.tallies(session, campaign.campaign_id, span, categories)
    holdout = found.get(HOLDOUT, Tally())
    codes = [HOLDOUT, *(variant["code"] for variant in campaign.variants)]
    return [_group(code, found.get(code, Tally()), holdout, currency) for code in codes]


def _group(code: str, tally: Tally, holdout: Tally, currency: str) -> GroupOut:
    of_share = rules.conversion_lift(tally, holdout) if code != HOLDOUT else None
    of_revenue = rules.revenue_lift(tally, holdout) if code != HOLDOUT else None
    return GroupOut(
        group=code,
        assigned=tally.assigned,
        sent=tally.sent,
        converted=tally.converted,
        conversion=round(tally.converted / tally.assigned, DIGITS) if tally.assigned else None,
        revenue=_money(tally.revenue, currency),
        lift=of_share
        and ShareLift(points=_points(of_share.by), low=_points(of_share.low), high=_points(of_share.high)),
        revenue_lift=of_revenue
        and RevenueLift(
            per_head=_money(of_revenue.by, currency),
            low=_money(of_revenue.low, currency),
            high=_money(of_revenue.high, currency),
        ),
    )


def _days(campaign: Campaign) -> timedelta:
    return timedelta(days=campaign.attribution["days"])


def _points(share: float) -> float:
    return round(share * POINTS, DIGITS)


def _money(amount: float, currency: str) -> MoneyOut:
    return MoneyOut.of(Decimal(str(round(amount, DIGITS))), currency)
