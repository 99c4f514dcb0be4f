"""The words of an alert, and what follows from what became of it. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.engagement.channels.schemas import Outcome

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
GIVEN_UP_AFTER = timedelta(minutes=10)
TIMES = ("at", "due_at")
SUBJECTS = {
    "zh": {
        "complaint_escalated": "投诉 {number} 已升级：{metric}已用 {percent}%",
        "task_escalated": "任务逾期未处理：{kind}（优先级 {priority}）",
        "campaign_hindered": "营销活动“{name}”未能启动：{reason}，请修改后重新排期",
        "care_rule_hindered": "关怀规则“{name}”已暂停：{reason}，请修改后重新启用",
        "survey_hindered": "问卷“{name}”已暂停：{reason}，请修改后重新发布",
    },
    "en": {
        "complaint_escalated": "Complaint {number} escalated: {percent}% of {metric} is over",
        "task_escalated": "Task not done in time: {kind}, priority {priority}",
        "campaign_hindered": "Campaign “{name}” did not start: {reason}; change it and schedule it again",
        "care_rule_hindered": "Care rule “{name}” is paused: {reason}; change it and activate it again",
        "survey_hindered": "Survey “{name}” is paused: {reason}; change it and publish it again",
    },
}
NAMES = {
    "zh": {
        **{"severity": "严重程度", "category": "类别", "to": "升级给", "at": "时间", "due_at": "到期", "cause": "来源"},
        **{"owner_id": "负责人", "team_id": "团队", "id": "编号"},
    },
    "en": {
        **{"severity": "Severity", "category": "Category", "to": "To", "at": "At", "due_at": "Due", "cause": "Cause"},
        **{"owner_id": "Owner", "team_id": "Team", "id": "Id"},
    },
}
WORDS = {
    "zh": {
        **{
            "first_response": "首次响应",
            "next_response": "后续响应",
            "resolution": "解决时限",
            "dispute": "外部争议期限",
        },
        **{"owner": "负责人", "lead": "主管", "call": "电话", "visit": "拜访", "video": "视频", "other": "其他"},
        "segment_not_published": "目标人群引用的分群未发布或已归档",
    },
    "en": {
        **{"first_response": "first response", "next_response": "next response"},
        "segment_not_published": "its audience names a segment that is not published, or archived by now",
    },
}
EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "complaint_escalated": {
        **{"number": "C-2026-000012", "severity": 2, "category": "delivery.damaged", "metric": "resolution"},
        **{"percent": 100, "to": "lead"},
    },
    "task_escalated": {"kind": "call", "priority": 2, "cause": "winback", "to": "lead"},
    "campaign_hindered": {"name": "双十一 Autumn", "reason": "segment_not_published", "to": "lead"},
    "care_rule_hindered": {"name": "生日 Birthday", "reason": "segment_not_published", "to": "lead"},
    "survey_hindered": {"name": "after-delivery", "reason": "segment_not_published", "to": "lead"},
}


def words(cause: str, facts: Mapping[str, Any], subject_id: UUID, locale: str, zone: ZoneInfo) -> tuple[str, str]:
    """Subject and text of an alert."""
    said = {name: _said(name, value, locale, zone) for name, value in facts.items() if value is not None}
    subject = SUBJECTS[locale][cause].format_map(said)
    told = said | {"id": str(subject_id)}
    lines = [f"{name}: {told[code]}" for code, name in NAMES[locale].items() if code in told]
    return subject, "\n".join([subject, *lines])


def settled(tries: int, outcome: Outcome, now: datetime) -> dict[str, Any]:
    """What a provider's answer makes of an alert that was tried so often."""
    reason = outcome.reason and outcome.reason[:100]
    if outcome.result == "accepted":
        return {"status": "sent", "sent_at": now, "due_at": None, "reason": None}
    if outcome.result == "later" and tries <= len(BACK_OFF):
        return {"status": "queued", "due_at": now + BACK_OFF[tries - 1], "reason": reason}
    return {"status": "unknown" if outcome.result == "unknown" else "failed", "due_at": None, "reason": reason}


def _said(name: str, value: Any, locale: str, zone: ZoneInfo) -> str:
    if name in TIMES:
        return f"{datetime.fromisoformat(value).astimezone(zone):%Y-%m-%d %H:%M}"
    return WORDS[locale].get(str(value), str(value))
