"""The way out stands in every mail, opens without a credential and counts from the next decision on."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.testing.waiting import wait_until
from tests.e2e.test_path import mails_to, post
from tests.stack import Stack

pytestmark = pytest.mark.capability("C-07")


def noon_zone() -> str:
    """A zone where it is about noon now: no quiet hours."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def way_out_in(path: Path) -> str:
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = str(mail["List-Unsubscribe"]).strip("<>")
    html = mail.get_body(["html"])
    assert html is not None
    assert address in html.get_content()
    return address


def test_from_a_mail_to_one_click_to_the_centre_and_back(stack: Stack, shop: httpx.Client) -> None:
    address = f"{uuid4().hex[:12]}@example.com"
    identities = [{"kind": "email", "value": address}]
    customer = post(shop, "/customers", {"identities": identities, "time_zone": noon_zone()})["id"]
    granted = {"purpose": "marketing", "state": "granted", "source": "checkout"}
    past = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    post(shop, f"/customers/{customer}/consents", granted | {"effective_at": past})
    wish = {"customer_id": customer, "template": "birthday", "purpose": "marketing", "topic": "care"}
    message: dict[str, Any] = wish | {"channels": ["email"]}

    def decided() -> Any:
        return post(shop, "/messages/decision", message)["reason"]

    post(shop, "/messages", message)
    wait_until(lambda: mails_to(stack, address))
    way_out = way_out_in(mails_to(stack, address)[0])
    assert httpx.get(way_out).json()["state"] == "granted"
    assert decided() is None
    assert httpx.post(way_out, data={"List-Unsubscribe": "One-Click"}).json()["state"] == "withdrawn"
    assert decided() == "consent.withdrawn"
    page = httpx.get(way_out, headers={"Accept": "text/html"}).text
    centre = page.partition('<p><a href="')[2].partition('"')[0]
    again = {"topics": [{"purpose": "care", "channel": "email", "state": "granted"}]}
    assert httpx.put(centre, json=again).status_code == 200
    assert decided() is None
    pause = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert httpx.put(centre, json={"pause_until": pause}).status_code == 200
    assert decided() == "preference.paused"
