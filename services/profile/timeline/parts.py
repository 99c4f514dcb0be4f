"""The statement of the timeline, kind by kind."""

from collections.abc import Iterable
from typing import Any

from services.profile.base import deployment
from shared.money import exponent

# Each part: code, at, subject, customer_id, tone, values. Steps of an order that was never documented do not count.
# Its sums are in base currency, which `:currency` names and of whose decimals there are `:places`.
ORDERS = """
SELECT step.code, step.at, 'order/' || o.order_id, o.customer_id,
       CASE step.code WHEN 'delivered' THEN 'good' WHEN 'cancelled' THEN 'bad' ELSE 'neutral' END,
       jsonb_build_object('order_id', o.shop_order_id, 'source', o.source, 'channel', o.channel, 'status', o.status,
                          'total', round(o.base_total, CAST(:places AS int))::text,
                          'net', round(o.base_net, CAST(:places AS int))::text, 'currency', CAST(:currency AS text))
FROM customer_order o CROSS JOIN LATERAL (VALUES
    ('placed', o.placed_at), ('paid', o.paid_at), ('shipped', o.shipped_at), ('delivered', o.delivered_at),
    ('cancelled', o.cancelled_at)) AS step (code, at)
WHERE o.customer_id = ANY(:ids) AND o.document IS NOT NULL AND step.at IS NOT NULL
"""
# Refunds and returns stand in the document or were told beside it; of one id the later telling counts. A refund is in
# the currency that it was told in.
BACK = """
SELECT DISTINCT ON (back.code, o.order_id, back.id) back.code, COALESCE(back.at, o.recorded_at),
       'order/' || o.order_id || '/' || back.id, o.customer_id, 'bad',
       jsonb_build_object('order_id', o.shop_order_id, 'source', o.source,
                          'amount', CASE COALESCE(back.currency, o.currency) WHEN CAST(:currency AS text)
                              THEN round(back.amount::numeric, CAST(:places AS int))::text ELSE back.amount END,
                          'currency', CASE WHEN back.amount IS NOT NULL THEN COALESCE(back.currency, o.currency) END,
                          'reason', back.reason)
FROM customer_order o CROSS JOIN LATERAL (
    SELECT 'refunded', body ->> 'refund_id', (body ->> 'refunded_at')::timestamptz, body ->> 'amount', NULL,
           body ->> 'currency'
    FROM jsonb_array_elements(COALESCE(o.document -> 'refunds', '[]')) AS body
    UNION ALL
    SELECT 'returned', body ->> 'return_id', (body ->> 'received_at')::timestamptz, NULL, body ->> 'reason',
           NULL
    FROM jsonb_array_elements(COALESCE(o.document -> 'returns', '[]')) AS body
    UNION ALL
    SELECT told ->> 'kind' || 'ed',
           COALESCE(told -> 'body' ->> 'refund_id', told -> 'body' ->> 'return_id'), (told ->> 'at')::timestamptz,
           told -> 'body' ->> 'amount', told -> 'body' ->> 'reason', told -> 'body' ->> 'currency'
    FROM jsonb_array_elements(o.additions) AS told WHERE told ->> 'kind' IN ('refund', 'return')
) AS back (code, id, at, amount, reason, currency)
WHERE o.customer_id = ANY(:ids) AND o.document IS NOT NULL
ORDER BY back.code, o.order_id, back.id, back.at DESC
"""
ACTIVITY = """
SELECT 'day', a.last_at, 'activity/' || a.customer_id || '/' || a.day, a.customer_id, 'neutral',
       jsonb_build_object('day', a.day, 'counts', a.counts, 'categories', a.categories)
FROM activity_day a WHERE a.customer_id = ANY(:ids)
"""
MESSAGES = """
SELECT m.status, m.at, 'message/' || m.message_id, m.customer_id,
       CASE WHEN m.status IN ('read', 'clicked') THEN 'good'
            WHEN m.status IN ('bounced', 'complained', 'failed') THEN 'bad' ELSE 'neutral' END,
       jsonb_build_object('channel', m.channel, 'purpose', m.purpose, 'template', m.template)
FROM message_step m WHERE m.customer_id = ANY(:ids)
"""
ANSWERS = """
SELECT 'answered', s.at, 'response/' || s.response_id, s.customer_id,
       CASE WHEN s.csat <= 2 OR s.nps <= 6 THEN 'bad' WHEN s.csat >= 4 OR s.nps >= 9 THEN 'good' ELSE 'neutral' END,
       jsonb_build_object('survey_id', s.survey_id, 'trigger', s.trigger, 'csat', s.csat, 'nps', s.nps,
                          'ratings', s.ratings, 'order_id', s.order_id)
FROM survey_answer s WHERE s.customer_id = ANY(:ids)
"""
COMPLAINTS = """
SELECT step.code, step.at, 'complaint/' || c.complaint_id, c.customer_id, step.tone,
       jsonb_build_object('number', c.number, 'status', c.status, 'severity', c.severity, 'category', c.category,
                          'channel', c.channel, 'order_id', c.order_id, 'reopened', c.reopen_count,
                          'breached', c.breached)
FROM complaint_case c CROSS JOIN LATERAL (VALUES
    ('opened', c.opened_at, 'bad'), ('resolved', c.resolved_at, 'good'),
    (CASE WHEN c.status IN ('rejected', 'withdrawn', 'duplicate') THEN c.status ELSE 'closed' END, c.closed_at,
     'neutral')) AS step (code, at, tone)
WHERE c.customer_id = ANY(:ids) AND step.at IS NOT NULL
"""
TASKS = """
SELECT t.status, t.at, 'task/' || t.task_id, t.customer_id,
       CASE t.status WHEN 'done' THEN 'good' WHEN 'no_answer' THEN 'bad' ELSE 'neutral' END,
       jsonb_build_object('kind', t.kind, 'due_at', t.due_at, 'owner_id', t.owner_id, 'outcome', t.outcome)
FROM task_step t WHERE t.customer_id = ANY(:ids)
"""
LEVELS = """
SELECT l.name, l.at, 'assessment/' || l.customer_id || '/' || l.version, l.customer_id, 'neutral',
       jsonb_build_object('from', l.before, 'to', l.after)
FROM level_change l WHERE l.customer_id = ANY(:ids)
"""
TIERS = """
SELECT t.cause, t.at, 'tier/' || t.customer_id || '/' || t.version, t.customer_id,
       CASE t.cause WHEN 'upgrade' THEN 'good' WHEN 'grace' THEN 'bad' ELSE 'neutral' END,
       jsonb_build_object('tier', t.tier, 'previous', t.previous, 'valid_until', t.valid_until)
FROM tier_change t WHERE t.customer_id = ANY(:ids)
"""
WARNINGS = """
SELECT w.step, w.at, 'warning/' || w.warning_id, w.customer_id,
       CASE WHEN w.values ->> 'outcome' = 'ordered' THEN 'good'
            WHEN w.step = 'raised' OR w.values ->> 'outcome' = 'lost' THEN 'bad' ELSE 'neutral' END,
       w.values
FROM warning_step w WHERE w.customer_id = ANY(:ids)
"""
WINBACK = """
SELECT w.status, w.at, 'winback/' || w.case_id, w.customer_id,
       CASE w.status WHEN 'recovered' THEN 'good' WHEN 'lost' THEN 'bad' ELSE 'neutral' END,
       jsonb_build_object('warning_id', w.warning_id, 'reason', w.reason)
FROM winback_step w WHERE w.customer_id = ANY(:ids)
"""
REGISTERED = """
SELECT 'registered', c.registered_at, 'customer/' || c.customer_id, c.customer_id, 'neutral',
       jsonb_build_object('source', c.source, 'first_touch', c.first_touch)
FROM customer c WHERE c.customer_id = ANY(:ids)
"""
CONTACTS = """
SELECT step.code, step.at, 'contact/' || t.contact_id, t.customer_id,
       CASE step.code WHEN 'removed' THEN 'bad' ELSE 'neutral' END, jsonb_build_object('channel', t.channel)
FROM contact t CROSS JOIN LATERAL (VALUES
    ('added', t.created_at), ('verified', t.verified_at),
    ('removed', CASE t.state WHEN 'removed' THEN t.updated_at END)) AS step (code, at)
WHERE t.customer_id = ANY(:ids) AND step.at IS NOT NULL
"""
OWNERS = """
SELECT p.cause, p.valid_from, 'assignment/' || p.period_id, p.customer_id, 'neutral',
       jsonb_build_object('role', p.role, 'manager_id', p.manager_id, 'team_id', p.team_id,
                          'territory_id', p.territory_id, 'pinned', p.pinned, 'valid_until', p.valid_until)
FROM assignment_period p WHERE p.customer_id = ANY(:ids)
"""
CONSENTS = """
SELECT c.state, c.effective_at, 'consent/' || c.entry_id, c.customer_id,
       CASE c.state WHEN 'granted' THEN 'good' ELSE 'bad' END,
       jsonb_build_object('purpose', c.purpose, 'channel', c.channel, 'source', c.source)
FROM consent_entry c WHERE c.customer_id = ANY(:ids)
"""
MERGES = """
SELECT step.code, step.at, 'merge/' || m.merge_id || '/' || e.absorbed_id, e.absorbed_id, 'neutral',
       jsonb_build_object('merge_id', m.merge_id, 'cause', m.cause, 'survivor_id', e.survivor_id)
FROM merge_edge e JOIN merge m USING (merge_id) CROSS JOIN LATERAL (VALUES
    ('merged', m.created_at), ('undone', m.undone_at)) AS step (code, at)
WHERE (e.absorbed_id = ANY(:ids) OR e.survivor_id = ANY(:ids)) AND step.at IS NOT NULL
"""
SEGMENTS = """
SELECT CASE WHEN m.entered THEN 'entered' ELSE 'left' END, m.at,
       'segment/' || m.segment_id || '/' || m.customer_id || '/' || m.version, m.customer_id, 'neutral',
       jsonb_build_object('segment_id', m.segment_id, 'segment', s.code, 'name', s.name,
                          'segment_version', m.segment_version, 'cause', m.cause)
FROM segment_move m JOIN segment s ON s.segment_id = m.segment_id WHERE m.customer_id = ANY(:ids)
"""
NOTES = """
SELECT 'written', n.created_at, 'note/' || n.note_id, n.customer_id, 'neutral', jsonb_build_object('author', n.author)
FROM note n WHERE n.customer_id = ANY(:ids) AND n.archived_at IS NULL
"""
PARTS = {
    "order": [ORDERS, BACK],
    "activity": [ACTIVITY],
    "message": [MESSAGES],
    "survey": [ANSWERS],
    "complaint": [COMPLAINTS],
    "task": [TASKS],
    "level": [LEVELS],
    "tier": [TIERS],
    "warning": [WARNINGS],
    "winback": [WINBACK],
    "customer": [REGISTERED],
    "contact": [CONTACTS],
    "assignment": [OWNERS],
    "consent": [CONSENTS],
    "merge": [MERGES],
    "segment": [SEGMENTS],
    "note": [NOTES],
}


def union_of(kinds: Iterable[str]) -> str:
    """All entries of these kinds, and by what those of one instant are ordered."""
    shape = "(code, at, subject, customer_id, tone, values)"
    parts = [
        f"SELECT '{kind}' AS kind, p.*, p.subject || '#' || p.code AS key FROM ({part}) AS p {shape}"
        for kind in dict.fromkeys(kinds)
        for part in PARTS[kind]
    ]
    return " UNION ALL ".join(parts)


def money_binds() -> dict[str, Any]:
    """What says the base currency to a part."""
    currency = deployment().base_currency
    return {"currency": currency, "places": exponent(currency)}


# The first page of all kinds, of the ids `:ids` and as many as are `:shown`, to be a part of a larger statement.
LATEST = f"SELECT * FROM ({union_of(PARTS)}) AS entry ORDER BY at DESC, key DESC LIMIT :shown"
