"""The pages: complete, in both languages, and without a word to any other host."""

import re
from collections.abc import Iterator

import httpx
import pytest

from shared.testing.plugin import RuntimeFactory
from shared.web.problems import PROBLEMS
from tests.gateway.real import real_gateway

PAGES = ("/", "/docs", "/docs/reference", "/problems", "/problems/not_found")
FETCHED = re.compile(r"""(?:src|href|action|url)\s*=\s*["']([^"']+)["']""")


@pytest.fixture
def reader(runtime_of: RuntimeFactory) -> Iterator[httpx.Client]:
    with real_gateway(runtime_of) as (url, _), httpx.Client(base_url=url) as client:
        yield client


@pytest.mark.capability("C-41")
def test_every_page_and_everything_it_loads_comes_from_here(reader: httpx.Client) -> None:
    for page in PAGES:
        answer = reader.get(page)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8"), page
        loaded = FETCHED.findall(answer.text)
        assert all(address.startswith("/") and not address.startswith("//") for address in loaded), page
        for address in loaded:
            assert reader.get(address).status_code == 200, address


def test_pages_may_run_no_foreign_and_no_inline_script(reader: httpx.Client) -> None:
    for page in PAGES:
        answer = reader.get(page)
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self'"
        assert "<script>" not in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.capability("C-41")
def test_the_document_is_openapi_and_says_who_owns_each_path(reader: httpx.Client) -> None:
    document = reader.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert document["paths"]["/v1/api-keys"]["get"]["x-service"] == "gateway"
    assert "/internal" not in str(list(document["paths"]))


def test_every_problem_code_has_its_page_in_both_languages(reader: httpx.Client) -> None:
    listed = reader.get("/problems").text
    for code, problem in PROBLEMS.items():
        page = reader.get(f"/problems/{code}").text
        assert problem.title in page
        assert problem.title_zh in page
        assert f"/problems/{code}" in listed


@pytest.mark.parametrize("path", ["/nothing", "/problems/unheard_of", "/docs/assets/%2e%2e/x", "/internal/x", "/v1"])
def test_what_is_no_page_is_a_problem(reader: httpx.Client, path: str) -> None:
    answer = reader.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_pages_are_only_read(reader: httpx.Client) -> None:
    assert reader.post("/docs").json()["code"] == "method_not_allowed"
