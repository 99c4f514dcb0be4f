"""Statements that add up answers."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from services.engagement.surveys.results.rules import inside
from services.engagement.surveys.results.schemas import ResultFilter

MEASURES = """
    count(*) AS answered, count(csat) AS csat_n, avg(csat)::float8 AS csat_mean,
    count(*) FILTER (WHERE csat >= 4) AS satisfied, count(nps) AS nps_n,
    count(*) FILTER (WHERE nps >= 9) AS promoters, count(*) FILTER (WHERE nps <= 6) AS detractors
"""
OF_PEOPLE = """
    (CAST(:narrow AS boolean) IS FALSE OR EXISTS (
        SELECT FROM customer_ref c
        LEFT JOIN segments_of s ON s.customer_id = c.canonical_id
        LEFT JOIN customer p ON p.customer_id = c.canonical_id
        LEFT JOIN tier t ON t.customer_id = c.canonical_id
        WHERE c.customer_id = r.customer_id
        AND (CAST(:segment AS text) IS NULL OR s.members ? :segment)
        AND (CAST(:region AS text) IS NULL OR p.region = :region OR starts_with(p.region, :below))
        AND (CAST(:tier AS text) IS NULL OR t.tier = :tier)))
"""
ANSWERS = f"""
    survey_response r
    WHERE (CAST(:survey AS uuid) IS NULL AND r.source <> 'public' OR r.survey_id = :survey)
    AND (CAST(:since AS timestamptz) IS NULL OR r.answered_at >= :since)
    AND (CAST(:until AS timestamptz) IS NULL OR r.answered_at < :until) AND {OF_PEOPLE}
"""
TREND = f"""
    SELECT date_trunc(:period, r.answered_at AT TIME ZONE :zone)::date AS begins_on, {MEASURES}
    FROM {ANSWERS} GROUP BY 1 ORDER BY 1 DESC LIMIT 400
"""
ASPECTS = f"""
    SELECT e.aspect, count(*) AS n, avg(e.rating)::float8 AS mean, stddev_samp(e.rating)::float8 AS deviation,
        count(csat) AS csat_pairs, corr(e.rating, csat) AS csat_impact,
        count(nps) AS nps_pairs, corr(e.rating, nps) AS nps_impact
    FROM (SELECT r.* FROM {ANSWERS}) r
    CROSS JOIN LATERAL (SELECT key AS aspect, value::int AS rating FROM jsonb_each_text(r.ratings)) e
    GROUP BY e.aspect ORDER BY e.aspect LIMIT 200
"""
CHOICES = f"""
    SELECT e.key AS question, o.value AS option, count(DISTINCT r.response_id) AS n
    FROM (SELECT r.* FROM {ANSWERS}) r
    CROSS JOIN LATERAL jsonb_each(r.choices) e CROSS JOIN LATERAL jsonb_array_elements_text(e.value) o
    GROUP BY GROUPING SETS ((e.key, o.value), (e.key)) ORDER BY 1, 2 LIMIT 1000
"""
INVITED = f"""
    SELECT count(*) AS invited, count(sent_at) AS reached,
        count(*) FILTER (WHERE status = 'answered' AND sent_at IS NOT NULL) AS answered,
        count(*) FILTER (WHERE status = 'declined') AS declined
    FROM survey_invitation r WHERE r.survey_id = :survey AND r.asked_at IS NOT NULL
    AND (CAST(:since AS timestamptz) IS NULL OR r.asked_at >= :since)
    AND (CAST(:until AS timestamptz) IS NULL OR r.asked_at < :until) AND {OF_PEOPLE}
"""


def totals(session: Session, wanted: ResultFilter, survey_id: UUID | None) -> RowMapping:
    """All answers together; of a survey, or of all that ask customers."""
    return session.execute(text(f"SELECT {MEASURES} FROM {ANSWERS}"), _binds(wanted, survey_id)).mappings().one()


def by_survey(session: Session, wanted: ResultFilter) -> Sequence[RowMapping]:
    """The answers to each survey that asks customers."""
    found = text(f"SELECT r.survey_id, {MEASURES} FROM {ANSWERS} GROUP BY 1 ORDER BY 1")
    return session.execute(found, _binds(wanted, None)).mappings().all()


def trend(
    session: Session, wanted: ResultFilter, survey_id: UUID | None, period: str, zone: tzinfo
) -> Sequence[RowMapping]:
    """Answers by business period, the newest 400 in order of time."""
    binds = _binds(wanted, survey_id) | {"period": period, "zone": str(zone)}
    return session.execute(text(TREND), binds).mappings().all()[::-1]


def aspects(session: Session, wanted: ResultFilter, survey_id: UUID | None) -> Sequence[RowMapping]:
    """Each rated aspect, and how it goes together with satisfaction as a whole."""
    return session.execute(text(ASPECTS), _binds(wanted, survey_id)).mappings().all()


def choices(session: Session, wanted: ResultFilter, survey_id: UUID) -> Sequence[RowMapping]:
    """How often each option was chosen; without an option, how many answered the question."""
    return session.execute(text(CHOICES), _binds(wanted, survey_id)).mappings().all()


def invited(session: Session, wanted: ResultFilter, survey_id: UUID) -> RowMapping:
    """What became of the invitations."""
    return session.execute(text(INVITED), _binds(wanted, survey_id)).mappings().one()


def _binds(wanted: ResultFilter, survey_id: UUID | None) -> dict[str, Any]:
    region = wanted.region
    return {
        "survey": survey_id,
        "since": wanted.from_,
        "until": wanted.to,
        "narrow": bool(wanted.segment_id or wanted.tier or region),
        "segment": str(wanted.segment_id) if wanted.segment_id else None,
        "tier": wanted.tier,
        "region": region,
        "below": inside(region) if region else None,
    }
