"""Calls to addresses that others chose reach the public internet only."""

import socket
from ipaddress import ip_address, ip_network
from typing import Any

import httpcore
import httpx
import pytest

from shared.web.egress import LONGEST, AddressRefused, Caller, is_public, judged
from tests.engagement.channels.doors import HERE, door

pytestmark = pytest.mark.capability("C-43")


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",  # noqa: S104 - to be refused
            "224.0.0.1",
        ),
        *("::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254"),
        *("64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "240.0.0.1", "255.255.255.255"),
    ],
)
def test_what_is_not_the_public_internet(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_what_is(address: str) -> None:
    assert is_public(ip_address(address))


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def found(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)


def test_a_name_is_judged_by_every_address_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, "8.8.8.8", "10.0.0.1")
    with pytest.raises(AddressRefused):
        judged("shop.example", 443, ())
    assert judged("shop.example", 443, [ip_network("10.0.0.0/8")]) == ["8.8.8.8", "10.0.0.1"]


@pytest.mark.parametrize("written", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "[::1]", "127.1"])
def test_loopback_is_refused_however_it_is_written(written: str) -> None:
    with door((200, {})) as inside:
        port = inside.url.rpartition(":")[2]
        with pytest.raises((AddressRefused, httpx.ConnectError)):
            Caller().post(f"http://{written}:{port}/", b"", {})
    assert inside.asked == []


def test_what_was_judged_is_what_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that resolves to elsewhere the second time is not asked a second time."""
    asked: list[str] = []

    def found(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    connected: list[str] = []
    connect = httpcore.SyncBackend.connect_tcp

    def spied(self: Any, host: str, *more: Any, **named: Any) -> Any:
        connected.append(host)
        monkeypatch.undo()
        return connect(self, host, *more, **named)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", spied)
    with door((200, {"ok": True})) as inside:
        answer = Caller([HERE]).post(f"http://shop.example:{inside.url.rpartition(':')[2]}/", b"", {})
    assert (answer.body, asked, connected) == ({"ok": True}, ["shop.example"], ["127.0.0.1"])
    assert inside.asked[0].headers["host"].startswith("shop.example")


def test_nothing_is_redirected_and_no_endless_answer_is_read() -> None:
    with door((302, {}), (200, b'"' + b"x" * LONGEST + b'"'), (200, b"no json")) as inside:
        answers = [Caller([HERE]).post(inside.url, b"", {}) for _ in range(3)]
    assert [(one.status, one.body) for one in answers] == [(302, {}), (200, None), (200, None)]
