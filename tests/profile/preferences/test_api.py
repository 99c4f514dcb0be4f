"""The public pages over HTTP."""

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest

from services.profile.preferences import usecases
from services.profile.preferences.schemas import Link
from shared.auth.links import LIFETIME
from shared.web import pages
from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-07")
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


class Ada:
    """A customer who agreed to marketing, and the paths of her links."""

    def __init__(self, doors: Doors) -> None:
        identity = {"kind": "email", "value": "ada@example.com"}
        self.id = doors.post("/v1/customers", {"identities": [identity]}).json()["id"]
        self.consents = f"/v1/customers/{self.id}/consents"
        granted = {"purpose": "marketing", "state": "granted", "source": "checkout"}
        doors.post(self.consents, granted | {"effective_at": "2026-11-01T00:00:00Z"}, key="k-1")
        now = doors.runtime.now()
        self.preferences = urlsplit(usecases.address(self.id, now)).path
        self.way_out = urlsplit(usecases.way_out(Link(self.id, "newsletter", "email"), now)).path
        self.old = urlsplit(usecases.address(self.id, now - LIFETIME)).path


@pytest.fixture
def ada(doors: Doors) -> Ada:
    return Ada(doors)


class Reader(HTMLParser):
    """The form fields and everything of a page that a strict policy would have to forbid."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.foreign: list[str] = []
        self.labelled, self._inside, self._select = 0, 0, ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.foreign += [name for name in given if name == "style" or name.startswith("on")]
        self.foreign += [tag] * (tag in {"script", "img", "iframe", "link", "object"})
        self._inside += tag == "label"
        if tag == "input" and (given["type"] == "hidden" or "checked" in given):
            self.fields.append((given["name"], given["value"]))
        self.labelled += tag in {"input", "select"} and (self._inside > 0 or given.get("type") == "hidden")
        if tag == "select":
            self._select = given["name"]
        if tag == "option" and "selected" in given:
            self.fields.append((self._select, given["value"]))

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag == "label"


def sent(doors: Doors, path: str, fields: list[tuple[str, str]]) -> httpx.Response:
    return doors.http.post(path, content=urlencode(fields), headers=BROWSER | {"Content-Type": pages.FORM})


def ledger(doors: Doors, ada: Ada) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = doors.get(f"{ada.consents}/history").json()["items"]
    return found


def test_the_page_is_scriptless_guarded_and_says_what_counts(doors: Doors, ada: Ada) -> None:
    answer = doors.http.get(ada.preferences, headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    page = Reader(answer.text)
    assert page.foreign == []
    assert page.labelled == answer.text.count("<input") + answer.text.count("<select")
    assert {value for name, value in page.fields if name == "topic"} == {
        "care/email",
        "newsletter/email",
        "offers/email",
        "service/email",
    }
    assert 'lang="zh"' in answer.text
    assert 'lang="en"' in doors.http.get(ada.preferences, params={"locale": "en"}, headers=BROWSER).text
    assert "ada@" not in answer.text


def test_the_form_goes_to_its_own_path_and_changes_what_was_changed(doors: Doors, ada: Ada) -> None:
    before = ledger(doors, ada)
    fields = Reader(doors.http.get(ada.preferences, headers=BROWSER).text).fields
    assert ledger(doors, ada) == before
    assert sent(doors, ada.preferences, fields).status_code == 303
    assert ledger(doors, ada) == before
    fields.remove(("topic", "offers/email"))
    answer = sent(doors, ada.preferences, [*fields, ("locale", "en"), ("pause", "30")])
    assert (answer.status_code, urlsplit(answer.headers["location"]).path) == (303, ada.preferences)
    assert 'role="status"' in doors.http.get(answer.headers["location"], headers=BROWSER).text
    newest = ledger(doors, ada)[0]
    assert (newest["purpose"], newest["channel"], newest["state"]) == ("offers", "email", "withdrawn")


def test_a_form_under_a_key_has_one_effect_and_another_form_under_it_is_refused(doors: Doors, ada: Ada) -> None:
    fields = Reader(doors.http.get(ada.preferences, headers=BROWSER).text).fields
    fields.remove(("topic", "offers/email"))
    headers = {"Content-Type": pages.FORM, "Idempotency-Key": "form-1"}

    def send(form: Any) -> httpx.Response:
        return doors.http.post(ada.preferences, content=urlencode(form), headers=headers, follow_redirects=False)

    first, again, other = send(fields), send(fields), send([*fields, ("pause", "30")])
    assert (first.status_code, again.status_code) == (303, 303)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert doors.http.get(ada.preferences).json()["pause_until"] is None


def test_json_reads_and_puts_the_same(doors: Doors, ada: Ada) -> None:
    wanted = {"locale": "en", "preferred_channel": "sms", "pause_until": "2026-12-01T00:00:00Z"}
    topics = [{"purpose": "newsletter", "channel": "email", "state": "withdrawn"}]
    answer = doors.http.put(ada.preferences, json=wanted | {"topics": topics})
    assert answer.status_code == 200, answer.text
    assert {name: answer.json()[name] for name in wanted} == wanted
    assert doors.http.get(ada.preferences).json() == answer.json()
    states = {(one["purpose"], one["channel"]): one["state"] for one in answer.json()["topics"]}
    assert (states["newsletter", "email"], states["care", "email"]) == ("withdrawn", "granted")
    assert ada.id not in answer.text
    for wrong in ({"topics": [topics[0] | {"purpose": "horoscopes"}]}, {"pause_until": "2029-01-01T00:00:00Z"}):
        assert doors.http.put(ada.preferences, json=wrong).status_code == 422


def test_one_click_unsubscribes_and_looking_does_not(doors: Doors, ada: Ada) -> None:
    page = doors.http.get(ada.way_out, headers=BROWSER)
    assert (page.status_code, Reader(page.text).fields) == (200, [("List-Unsubscribe", "One-Click")])
    assert doors.http.get(ada.way_out).json()["state"] == "granted"
    for _ in range(2):
        answer = doors.http.post(ada.way_out, data={"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    assert [one["source"] for one in ledger(doors, ada)] == ["unsubscribe-link", "checkout"]
    assert sent(doors, ada.way_out, []).headers["location"] == ada.way_out
    assert 'role="status"' in doors.http.get(ada.way_out, headers=BROWSER).text


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("old", 410, "link_expired"), ("way_out", 403, "link_invalid"), ("nonsense", 403, "link_invalid")],
)
def test_a_link_that_does_not_open_says_why(doors: Doors, ada: Ada, path: str, status: int, code: str) -> None:
    token = getattr(ada, path, "/nonsense").rpartition("/")[2]
    for method, more in (("GET", {}), ("PUT", {"json": {}}), ("POST", {"data": {"pause": "30"}})):
        answer = doors.http.request(method, f"/v1/public/preferences/{token}", **more)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    for spoken, lang in (({}, "zh"), ({"Accept-Language": "en-GB,en"}, "en"), ({"Accept-Language": "zh-TW"}, "zh")):
        page = doors.http.get(f"/v1/public/preferences/{token}", headers=BROWSER | spoken)
        assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
        assert f'<html lang="{lang}">' in page.text


def test_a_form_that_is_none_is_refused(doors: Doors, ada: Ada) -> None:
    assert doors.http.post(ada.preferences, json={}).status_code == 415
    huge = doors.http.post(ada.preferences, content="a" * 70_000, headers={"Content-Type": pages.FORM})
    assert huge.status_code == 413
    broken = doors.http.post(ada.preferences, content=b"a=%ff\xff", headers={"Content-Type": pages.FORM})
    assert broken.status_code == 400
    assert doors.http.get(ada.preferences, headers={"Accept": "image/png"}).status_code == 406
