"""By what a callback is known to be a provider's."""

import base64
import hashlib
import hmac
from datetime import timedelta

from services.engagement.channels.schemas import Callback
from shared.errors import Unauthenticated

TOLERANCE = timedelta(minutes=5)


def forged(why: str) -> Unauthenticated:
    """The refusal of what is not signed as it should be."""
    return Unauthenticated(f"{why}.", code="signature_invalid")


def require_standard(secret: str | None, callback: Callback) -> str:
    """The id of a callback that is signed as Standard Webhooks has it, over the bytes as they came."""
    if secret is None:
        raise forged("The channel knows no callback_secret")
    head = callback.head
    identifier, stamp = head.get("webhook-id", ""), head.get("webhook-timestamp", "")
    if not identifier or not stamp.isascii() or not stamp.isdecimal():
        raise forged("webhook-id, webhook-timestamp or webhook-signature is missing")
    if abs(callback.at.timestamp() - int(stamp[:12])) > TOLERANCE.total_seconds():
        raise forged("The callback was signed more than five minutes ago or ahead")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    made = hmac.digest(key, f"{identifier}.{stamp}.".encode() + callback.raw, hashlib.sha256)
    given = [one.partition(",")[2] for one in head.get("webhook-signature", "").split(" ") if one.startswith("v1,")]
    if not any(same(base64.b64encode(made).decode(), one) for one in given):
        raise forged("The signature is not that of the channel's callback_secret")
    return identifier


def same(made: str, given: str) -> bool:
    """Whether two texts are the same, in a time that does not tell how far they are."""
    return hmac.compare_digest(made.encode(), given.encode())
