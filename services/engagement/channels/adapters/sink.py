"""The development sink: every message becomes a file that a person can open, and nobody is written to."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP
from html import escape
from pathlib import Path

from services.engagement.channels.adapters.mail import compose, message_id
from services.engagement.channels.schemas import Capabilities, Card, Outcome, Outgoing, Provider
from services.engagement.markup.rules import page
from shared.settings import Settings

SHOWN = 500
POLICY = "default-src 'none'; img-src https: data:; style-src 'unsafe-inline'"
ROW = "margin: 0; padding: 0.75em 0; border-top: 1px solid #dde3e8; overflow-wrap: anywhere"
PLAIN = "white-space: pre-wrap; overflow-wrap: anywhere"
TOLD = "color: #51606f; font-size: 13px"
STYLE = "font: 15px/1.5 system-ui, sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em"


@dataclass(frozen=True, slots=True)
class Sink:
    """A folder of mails: `<time>-<message id>.eml` and `.html`, and `index.html` with the newest first."""

    folder: Path
    name: Provider = "sink"

    def send(self, outgoing: Outgoing) -> Outcome:
        """Write one message."""
        mail, stem = compose(outgoing), f"{outgoing.at:%Y%m%dT%H%M%S.%f}-{outgoing.message_id}-{outgoing.channel}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(self.folder / f"{stem}.html", _readable(outgoing, mail).encode())
            write_whole(self.folder / f"{stem}.eml", mail.as_bytes())
        except OSError as error:
            return Outcome("later", type(error).__name__)
        return Outcome("accepted", provider_id=message_id(outgoing))

    def close(self) -> None:
        """Bring the index up to date."""
        if self.folder.is_dir():
            with _alone(self.folder):
                write_whole(self.folder / "index.html", _index(self.folder).encode())


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Of two workers the one who looked at the folder first also writes first: the last index names every mail."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old one or the whole new one, never a part."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).replace(path)


def _readable(outgoing: Outgoing, mail: EmailMessage) -> str:
    rows = "".join(f"<tr><th align=left>{escape(name)}</th><td>{escape(str(mail[name]))}</td></tr>" for name in mail)
    plain = f'<pre style="{PLAIN}">{escape(outgoing.text)}</pre>'
    text = f"<details><summary>text</summary>{plain}</details>" if outgoing.html else ""
    extra = "".join(f"<p>{escape(key)}: {escape(value)}</p>" for key, value in outgoing.parameters.items())
    head = f"<details><summary>{escape(outgoing.subject)}</summary><table>{rows}</table></details>"
    content = f"{head}<hr>{outgoing.html or plain}{extra}{text}"
    return page(f'<div style="{STYLE}">{content}</div>', title=outgoing.subject, locale=outgoing.locale, policy=POLICY)


def _index(folder: Path) -> str:
    newest = sorted(folder.glob("*.eml"), reverse=True)[:SHOWN]
    rows = "".join(_row(path) for path in newest)
    content = f'<div style="{STYLE}"><h1>Messages</h1>{rows or "<p>none yet</p>"}</div>'
    return page(content, title="Messages", locale="en", policy=POLICY)


def _row(path: Path) -> str:
    with path.open("rb") as file:
        mail = BytesHeaderParser(policy=SMTP).parse(file)
    spoken = escape(str(mail["Content-Language"]))
    subject = f'<a lang="{spoken}" href="{path.stem}.html">{escape(str(mail["Subject"]) or path.stem)}</a>'
    told = escape(f"{mail['To']} · {mail['Date']}")
    return f'<p style="{ROW}">{subject}<br><span style="{TOLD}">{told} · <a href="{path.name}">eml</a></span></p>'


def _open(settings: Settings, _: None) -> Sink:
    if settings.channel_sink_dir is None:
        raise LookupError("GUANXI_CHANNEL_SINK_DIR is not set")
    return Sink(settings.channel_sink_dir)


CARD = Card(
    provider="sink",
    kinds=("email", "sms", "wechat", "push", "webhook"),
    open=_open,
    capabilities=Capabilities(html=True),
    set_up=lambda settings: settings.channel_sink_dir is not None,
)
