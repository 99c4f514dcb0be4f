"""An alert as a signed POST to a system of the merchant's own (Standard Webhooks)."""

from typing import Any

from services.engagement.alert_routes.schemas import Notice
from services.engagement.channels.adapters.door import asked, body_of, post_of
from services.engagement.channels.adapters.webhook import AGAIN, signed
from services.engagement.channels.schemas import Outcome
from shared.settings import Settings


def send(settings: Settings, told: Any, notice: Notice) -> Outcome:
    """Hand one alert over. Its `webhook-id` is the alert's, whatever the try: receivers know a repetition."""
    data = {"alert_id": str(notice.alert_id), "cause": notice.cause, "subject": notice.subject, "text": notice.text}
    document = {"type": "staff.alert", "timestamp": notice.at.isoformat(), "data": data | {"facts": notice.facts}}
    content = body_of(document)
    answer = asked(post_of(settings), told.url, content, signed(told.secret, str(notice.alert_id), notice.at, content))
    if isinstance(answer, Outcome):
        return answer
    if answer.status // 100 == 2:
        return Outcome("accepted")
    later = answer.status in AGAIN or answer.status >= 500
    return Outcome("later" if later else "refused", f"http_{answer.status}")
