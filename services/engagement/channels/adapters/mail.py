"""A message as RFC 5322 mail, with the headers for one-click unsubscription (RFC 8058)."""

from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, EmailPolicy

from services.engagement.channels.schemas import Outgoing


class _Whole(UnstructuredHeader):
    """A header on one line: the library would fold a long address by encoding it, and no mail program reads that."""

    def fold(self, *, policy: EmailPolicy) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


_headers = HeaderRegistry()
_headers.map_to_type("list-unsubscribe", _Whole)  # type: ignore[arg-type]


def compose(outgoing: Outgoing) -> EmailMessage:
    """The mail. Its Message-ID is derived from the message's id, so a provider's log leads back to us."""
    policy = SMTPUTF8 if not outgoing.to.isascii() else SMTP
    mail = EmailMessage(policy=policy.clone(header_factory=_headers))
    mail["From"] = _address(outgoing.sender_name, outgoing.sender_address)
    mail["To"] = _address(outgoing.to_name, outgoing.to)
    mail["Subject"] = outgoing.subject
    mail["Date"] = outgoing.at
    mail["Message-ID"] = message_id(outgoing)
    mail["Auto-Submitted"] = "auto-generated"
    if outgoing.unsubscribe:
        mail["List-Unsubscribe"] = f"<{outgoing.unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(outgoing.text)
    if outgoing.html:
        mail.add_alternative(outgoing.html, subtype="html")
    mail["Content-Language"] = outgoing.locale  # at the end: setting contents drops and moves such headers
    return mail


def message_id(outgoing: Outgoing) -> str:
    """`<message id@sender's domain>`."""
    return f"<{outgoing.message_id}@{outgoing.sender_address.rpartition('@')[2]}>"


def _address(name: str, address: str) -> Address:
    """An address object; a name cannot break out of it into a second header."""
    local, domain = address.rsplit("@", 1) if "@" in address else (address, "")
    return Address(" ".join(name.split()), local, domain)
