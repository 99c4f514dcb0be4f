"""Events of a mini program about its subscription messages: JSON, in secure mode (the body is encrypted and signed)."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from services.engagement.channels.adapters.signatures import forged, same
from services.engagement.channels.schemas import Callback, Heard, Word
from shared.errors import Malformed
from shared.web.bodies import parse_json

BLOCK, LEAD = 32, 20  # of the padding; 16 random bytes and four that hold the length
ASKED, CHANGED, SENT = "subscribe_msg_popup_event", "subscribe_msg_change_event", "subscribe_msg_sent_event"
CHOICES: Mapping[str, Word] = {"accept": "allowed", "reject": "forbidden"}


@dataclass(frozen=True, slots=True)
class Key:
    """Whose events they are, and what they are signed and encrypted with."""

    app_id: str
    token: str
    encoding_aes_key: str


def heard(key: Key, callback: Callback) -> list[Heard]:
    """What an event says. Raises Unauthenticated `signature_invalid`, Malformed."""
    if not key.token or not key.encoding_aes_key:
        raise forged("The channel knows no callback_token and encoding_aes_key")
    query, envelope = callback.query, parse_json(callback.raw)
    encrypted = envelope.get("Encrypt") if isinstance(envelope, dict) else None
    if not isinstance(encrypted, str):
        raise forged("The body is not encrypted: choose secure mode and JSON at WeChat")
    made = signature(key.token, query.get("timestamp", ""), query.get("nonce", ""), encrypted)
    if not same(made, query.get("msg_signature", "")):
        raise forged("The signature is not that of the channel's callback_token")
    event = parse_json(opened(key, encrypted))
    return _told(event) if isinstance(event, dict) else []


def confirmed(key: Key, query: Mapping[str, str]) -> str:
    """The text that WeChat wants back when it asks whether an address is ours. Raises Unauthenticated."""
    made = signature(key.token, query.get("timestamp", ""), query.get("nonce", ""))
    if not key.token or not same(made, query.get("signature", "")):
        raise forged("The signature is not that of the channel's callback_token")
    return query.get("echostr", "")


def signature(*parts: str) -> str:
    """SHA-1 of the parts, sorted and joined."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def opened(key: Key, encrypted: str) -> bytes:
    """What was encrypted for this mini program. Raises Malformed."""
    try:
        secret = base64.b64decode(f"{key.encoding_aes_key}=")
        sealed = base64.b64decode(encrypted, validate=True)
        decryptor = Cipher(AES(secret), CBC(secret[:16])).decryptor()
        plain = decryptor.update(sealed) + decryptor.finalize()
    except (binascii.Error, ValueError):
        raise Malformed("The body is not encrypted with the channel's encoding_aes_key.") from None
    plain = plain[: -plain[-1]] if plain and 1 <= plain[-1] <= BLOCK else plain
    ends = LEAD + int.from_bytes(plain[16:LEAD], "big")
    if plain[ends:] != key.app_id.encode():
        raise Malformed("The body was encrypted for another mini program.")
    return plain[LEAD:ends]


def _told(event: Mapping[str, Any]) -> list[Heard]:
    kind, person = event.get("Event"), str(event.get("FromUserName") or "")
    key = f"{kind}:{person}:{event.get('CreateTime')}"
    listed = event.get("List")
    some = listed if isinstance(listed, list) else [listed]
    return [one for line in some if isinstance(line, dict) and (one := _line(str(kind), key, person, line)) is not None]


def _line(kind: str, key: str, person: str, line: Mapping[str, Any]) -> Heard | None:
    template = str(line.get("TemplateId") or "")[:64]
    if kind in {ASKED, CHANGED} and template and person:
        word = CHOICES.get(str(line.get("SubscribeStatusString")))
        # A popup that was refused leaves older permissions alone; a switch that was turned off ends them.
        if word is None or (kind == ASKED) != (word == "allowed"):
            return None
        return Heard(f"{key}:{template}", word, address=person, provider_template=template)
    if kind == SENT and line.get("MsgID"):
        given, code = str(line["MsgID"])[:128], str(line.get("ErrorCode"))[:32]
        if code == "0":
            return Heard(f"{kind}:{given}", "delivered", provider_id=given)
        return Heard(f"{kind}:{given}", "bounced", provider_id=given, reason=f"errcode_{code}")
    return None
