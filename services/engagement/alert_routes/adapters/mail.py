"""An alert as mail, by the deployment's own server, whatever delivers mail to customers."""

from typing import Any

from services.engagement.alert_routes.schemas import Notice
from services.engagement.channels.rules import BY_ITSELF, CARDS
from services.engagement.channels.schemas import Outcome, Outgoing
from shared.settings import Settings


def send(settings: Settings, told: Any, notice: Notice) -> Outcome:
    """Hand one alert over."""
    card = next((CARDS[name] for name in BY_ITSELF if CARDS[name].set_up(settings)), None)
    if card is None:
        return Outcome("later", "no_mail_server")
    adapter = card.open(settings, card.told({}))
    try:
        return adapter.send(_outgoing(told.address, notice))
    finally:
        adapter.close()


def _outgoing(address: str, notice: Notice) -> Outgoing:
    return Outgoing(
        message_id=notice.alert_id,
        channel="email",
        to=address,
        to_name="",
        sender_name=notice.sender["name"],
        sender_address=notice.sender.get("address") or "",
        subject=notice.subject,
        text=notice.text,
        html=None,
        locale=notice.locale,
        at=notice.at,
    )
