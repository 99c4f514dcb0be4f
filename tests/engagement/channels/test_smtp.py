"""The SMTP adapter against a real server."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from services.engagement.channels.adapters.mail import compose
from services.engagement.channels.adapters.smtp import Server, Smtp
from services.engagement.channels.schemas import Outgoing
from shared.testing.processes import free_port

pytestmark = pytest.mark.capability("C-23")


def outgoing(**fields: Any) -> Outgoing:
    known: dict[str, Any] = {
        "message_id": UUID(int=7),
        "channel": "email",
        "to": "lina@example.com",
        "to_name": "李娜",
        "sender_name": "西湖茶",
        "sender_address": "hello@shop.example",
        "subject": "李娜，生日快乐 🎂",
        "text": "生日快乐\n.一行以点开头\n",
        "html": "<p>生日快乐</p>",
        "locale": "zh-CN",
        "at": datetime(2026, 11, 25, 8, tzinfo=UTC),
        "unsubscribe": "https://shop.example/u/t",
    }
    return Outgoing(**known | fields)


class Inbox:
    """What the server does at each step, and what it got."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipient = "250 OK"
        self.data = "250 OK"
        self.hang_up = False

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.hang_up:
            server.transport.abort()
        if self.data.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.data


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """`serve(inbox)`: the address of a real SMTP server."""
    running: list[Controller] = []

    def make(inbox: Inbox, **options: Any) -> str:
        controller = Controller(inbox, hostname="127.0.0.1", port=free_port(), **options)
        controller.start()
        running.append(controller)
        return f"smtp://127.0.0.1:{controller.port}?tls=none"

    yield make
    for controller in running:
        controller.stop()


def test_a_mail_arrives_as_it_was_written(serve: Callable[..., str]) -> None:
    inbox = Inbox()
    smtp = Smtp(serve(inbox))
    outcome = smtp.send(outgoing())
    smtp.close()
    assert (outcome.result, outcome.provider_id) == ("accepted", f"<{UUID(int=7)}@shop.example>")
    (mail,) = inbox.mails
    assert mail["Subject"] == "李娜，生日快乐 🎂"
    assert mail["To"].addresses[0].display_name == "李娜"
    assert mail["From"].addresses[0].addr_spec == "hello@shop.example"
    assert mail["Message-ID"] == outcome.provider_id
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (text := mail.get_body(["plain"])) and text.get_content().splitlines() == ["生日快乐", ".一行以点开头"]
    assert (html := mail.get_body(["html"])) and html.get_content().strip() == "<p>生日快乐</p>"


@pytest.mark.capability("C-07")
def test_the_way_out_stands_on_one_line_as_mail_programs_read_it() -> None:
    address = f"https://shop.example/v1/public/unsubscribe/{'t' * 400}"
    written = compose(outgoing(unsubscribe=address)).as_bytes()
    assert f"\r\nList-Unsubscribe: <{address}>\r\n".encode() in written
    assert b"\r\nContent-Language: zh-CN\r\n" in written


def test_many_mails_share_a_connection(serve: Callable[..., str]) -> None:
    inbox = Inbox()
    smtp = Smtp(serve(inbox))
    outcomes = [smtp.send(outgoing(message_id=UUID(int=number))).result for number in range(5)]
    smtp.close()
    assert (outcomes, len(inbox.mails)) == (["accepted"] * 5, 5)


@pytest.mark.parametrize(
    ("answer", "result", "bad_address"),
    [
        ("550 5.1.1 no such user lina@example.com", "refused", True),
        ("552 mailbox full", "refused", False),
        ("450 4.2.1 try later", "later", False),
    ],
)
def test_a_refused_recipient(serve: Callable[..., str], answer: str, result: str, bad_address: bool) -> None:
    inbox = Inbox()
    inbox.recipient = answer
    smtp = Smtp(serve(inbox))
    outcome = smtp.send(outgoing())
    assert (outcome.result, outcome.bad_address) == (result, bad_address)
    assert "lina" not in str(outcome)
    inbox.recipient = "250 OK"
    assert smtp.send(outgoing()).result == "accepted"
    smtp.close()


@pytest.mark.parametrize(("answer", "result"), [("554 looks like spam", "refused"), ("451 busy", "later")])
def test_a_refused_text(serve: Callable[..., str], answer: str, result: str) -> None:
    inbox = Inbox()
    inbox.data = answer
    smtp = Smtp(serve(inbox))
    assert smtp.send(outgoing()).result == result
    smtp.close()


def test_a_line_that_breaks_after_the_text_leaves_it_open_whether_it_was_taken(serve: Callable[..., str]) -> None:
    inbox = Inbox()
    inbox.hang_up = True
    smtp = Smtp(serve(inbox))
    assert smtp.send(outgoing()).result == "unknown"
    inbox.hang_up = False
    assert smtp.send(outgoing()).result == "accepted"
    smtp.close()


def test_a_server_that_is_not_there_may_be_asked_again_later() -> None:
    assert Smtp(f"smtp://127.0.0.1:{free_port()}?tls=none").send(outgoing()).result == "later"


def test_a_server_that_wants_no_tls_is_not_given_the_mail_in_clear(serve: Callable[..., str]) -> None:
    inbox = Inbox()
    url = serve(inbox).replace("tls=none", "tls=starttls")
    assert Smtp(url).send(outgoing()).result == "later"
    assert inbox.mails == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_the_password_of_the_address_is_used(serve: Callable[..., str]) -> None:
    seen: list[LoginPassword] = []

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
        seen.append(data)
        return AuthResult(success=data.password == b"p@ss word", handled=False)

    inbox = Inbox()
    options = {"authenticator": check, "auth_require_tls": False, "auth_required": True}
    url = serve(inbox, **options)
    smtp = Smtp(url.replace("smtp://", "smtp://user:p%40ss%20word@"))
    assert smtp.send(outgoing()).result == "accepted"
    smtp.close()
    assert seen[0].login == b"user"
    assert Smtp(url.replace("smtp://", "smtp://user:wrong@")).send(outgoing()).result == "later"


def test_an_international_address_is_refused_where_the_server_cannot_take_it(serve: Callable[..., str]) -> None:
    inbox = Inbox()
    smtp = Smtp(serve(inbox, enable_SMTPUTF8=False))
    assert smtp.send(outgoing(to="李娜@例子.example")).reason == "address_not_supported"
    smtp.close()
    smtp = Smtp(serve(Inbox(), enable_SMTPUTF8=True))
    assert smtp.send(outgoing(to="李娜@例子.example")).result == "accepted"
    smtp.close()


@pytest.mark.parametrize("to", ["not an address", "a@b@c", "@example.com", ""])
def test_what_is_no_address_is_refused_for_good(serve: Callable[..., str], to: str) -> None:
    smtp = Smtp(serve(Inbox()))
    assert smtp.send(outgoing(to=to)).result == "refused"
    smtp.close()


def test_a_name_cannot_bring_in_a_header(serve: Callable[..., str]) -> None:
    inbox = Inbox()
    smtp = Smtp(serve(inbox))
    smtp.send(outgoing(to_name="x\r\nBcc: all@example.com", subject="a b"))
    smtp.close()
    assert [mail["Bcc"] for mail in inbox.mails] == [None]


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", Server("mail.example", 587, None, "", "starttls")),
        ("smtps://u:p@mail.example", Server("mail.example", 465, "u", "p", "implicit")),
        ("smtp://mail.example:2525?tls=none", Server("mail.example", 2525, None, "", "none")),
    ],
)
def test_the_address_of_a_server(url: str, server: Server) -> None:
    assert Server.of(url) == server


def test_a_wrong_address_of_a_server_says_what_it_should_be() -> None:
    with pytest.raises(ValueError, match="GUANXI_SMTP_URL"):
        Server.of("smtp://mail.example?tls=maybe")
