"""E-mail through any SMTP server, one connection for a batch."""

import re
import smtplib
import ssl
from dataclasses import dataclass
from email.generator import BytesGenerator
from email.policy import SMTP, SMTPUTF8
from io import BytesIO
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import Field

from services.engagement.channels.adapters import bounces, receipts
from services.engagement.channels.adapters.mail import compose, message_id
from services.engagement.channels.adapters.signatures import require_standard
from services.engagement.channels.adapters.webhook import SigningSecret
from services.engagement.channels.schemas import (
    ADDRESS,
    Callback,
    Capabilities,
    Card,
    Heard,
    Outcome,
    Outgoing,
    Provider,
)
from shared.settings import Settings
from shared.web.schemas import Body

TIMEOUT = 15.0
PERMANENT = 500
BAD_ADDRESS = {550, 551, 553}


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail goes: from `smtp://user:password@host:port?tls=starttls|implicit|none` (`smtps://` = implicit)."""

    host: str
    port: int
    user: str | None
    password: str
    tls: str

    @classmethod
    def of(cls, url: str) -> Self:
        """Parse the setting; TLS by STARTTLS unless the address says otherwise."""
        parts = urlsplit(url)
        default = "implicit" if parts.scheme == "smtps" else "starttls"
        tls = parse_qs(parts.query).get("tls", [default])[0]
        if tls not in {"starttls", "implicit", "none"} or not parts.hostname:
            raise ValueError("GUANXI_SMTP_URL must be smtp://user:password@host:port?tls=starttls|implicit|none")
        port = parts.port or {"starttls": 587, "implicit": 465, "none": 25}[tls]
        return cls(parts.hostname, port, unquote(parts.username or "") or None, unquote(parts.password or ""), tls)


class Smtp:
    """An SMTP connection, opened at the first mail and again after a loss."""

    name: Provider = "smtp"

    def __init__(self, url: str) -> None:
        self._server = Server.of(url)
        self._connection: smtplib.SMTP | None = None

    def send(self, outgoing: Outgoing) -> Outcome:
        """Hand one mail over. What fails before the text was on its way was definitely not taken."""
        if not re.fullmatch(ADDRESS, outgoing.to):
            return Outcome("refused", "no_address", bad_address=True)
        try:
            connection = self._connection = self._connection or self._connect()
            refusal = self._envelope(connection, outgoing)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Outcome("later", _reason(error))
        return refusal or self._text(connection, outgoing)

    def close(self) -> None:
        """Say goodbye."""
        if self._connection is not None:
            try:
                self._connection.quit()
            except (smtplib.SMTPException, OSError):
                self._connection.close()
            self._connection = None

    def _connect(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        if server.tls == "implicit":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
        try:
            if server.tls == "starttls":
                connection.starttls(context=context)
            if server.user:
                connection.login(server.user, server.password)
            connection.ehlo_or_helo_if_needed()
        except (smtplib.SMTPException, OSError):
            connection.close()
            raise
        return connection

    def _envelope(self, connection: smtplib.SMTP, outgoing: Outgoing) -> Outcome | None:
        """Sender and recipient; None when the server takes both."""
        international = not outgoing.to.isascii()
        if international and not connection.has_extn("smtputf8"):
            return Outcome("refused", "address_not_supported")
        options = ["SMTPUTF8", "BODY=8BITMIME"] if international else []
        code, _ = connection.mail(outgoing.sender_address, options)
        if code // 100 != 2:
            return self._refusal(connection, code, "sender_refused")
        code, _ = connection.rcpt(outgoing.to)
        if code // 100 != 2:
            return self._refusal(connection, code, "recipient_refused", bad_address=code in BAD_ADDRESS)
        return None

    def _text(self, connection: smtplib.SMTP, outgoing: Outgoing) -> Outcome:
        """The mail itself. From here on silence means that nobody knows."""
        try:
            code, _ = connection.data(_bytes(outgoing))
        except smtplib.SMTPDataError as error:
            return self._refusal(connection, error.smtp_code, "data_refused")
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Outcome("unknown", _reason(error))
        if code // 100 != 2:
            return self._refusal(connection, code, "content_refused")
        return Outcome("accepted", provider_id=message_id(outgoing))

    def _refusal(self, connection: smtplib.SMTP, code: int, reason: str, *, bad_address: bool = False) -> Outcome:
        try:
            connection.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()
        if code >= PERMANENT:
            return Outcome("refused", f"{reason}_{code}", bad_address=bad_address)
        return Outcome("later", f"{reason}_{code}")

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _bytes(outgoing: Outgoing) -> bytes:
    buffer = BytesIO()
    policy = SMTPUTF8 if not outgoing.to.isascii() else SMTP
    BytesGenerator(buffer, policy=policy).flatten(compose(outgoing))
    return buffer.getvalue()


def _reason(error: Exception) -> str:
    """Which kind of failure, never its text: servers repeat addresses in it."""
    return type(error).__name__


class Credentials(Body):
    """What reports of bounces and complaints are signed with; where mail goes is a setting of the deployment."""

    callback_secret: SigningSecret | None = Field(default=None, description="Without it no report is taken.")


def _hear(told: Credentials, callback: Callback) -> list[Heard]:
    """A report as the mail server wrote it, passed on to us and signed; or a receipt in our own form."""
    if callback.head.get("content-type", "").startswith("application/json"):
        return receipts.heard(told.callback_secret, callback)
    return bounces.heard(require_standard(told.callback_secret, callback), callback)


def _open(settings: Settings, _: Credentials) -> Smtp:
    if settings.smtp_url is None:
        raise LookupError("GUANXI_SMTP_URL is not set")
    return Smtp(settings.smtp_url.get_secret_value())


CARD = Card(
    provider="smtp",
    kinds=("email",),
    open=_open,
    credentials=Credentials,
    capabilities=Capabilities(html=True, receipts=True),
    hear=_hear,
    set_up=lambda settings: settings.smtp_url is not None,
)
