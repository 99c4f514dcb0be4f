"""What staff are told of a rule that was paused by itself. Pure."""

from datetime import datetime

from services.engagement.alerts.schemas import Escalation
from services.engagement.care.tables import CareRule


def escalation(rule: CareRule, now: datetime) -> Escalation:
    """That a rule, paused just now, names segments that do not count; once it works again it may be told again."""
    key = f"care_rule:{rule.rule_id}:{rule.version}"
    facts = {"name": rule.name, "reason": (rule.hindrance or {}).get("code")}
    return Escalation(key, "care_rule_hindered", rule.rule_id, "lead", now, facts)
