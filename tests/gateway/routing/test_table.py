"""Which operation a path is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.routing.table import RouteTable
from shared.errors import NotFound
from shared.web.paths import MethodNotAllowed


def document(*operations: tuple[str, str, str]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for method, template, service in operations:
        paths.setdefault(template, {})[method] = {"x-service": service, "x-scope": "profile:read"}
    return {"paths": paths}


TABLE = RouteTable(
    document(
        ("get", "/v1/customers", "profile"),
        ("get", "/v1/customers/{customer_id}", "profile"),
        ("patch", "/v1/customers/{customer_id}", "profile"),
        ("post", "/v1/customers/lookup", "profile"),
        ("get", "/v1/customers/{customer_id}/orders", "profile"),
        ("get", "/v1/customers/{customer_id}/statistics", "scoring"),
        ("get", "/v1/customers/lookup/{name}/x", "engagement"),
    )
)


@pytest.mark.parametrize(
    ("method", "path", "template", "service"),
    [
        ("GET", "/v1/customers", "/v1/customers", "profile"),
        ("GET", "/v1/customers/1", "/v1/customers/{customer_id}", "profile"),
        ("POST", "/v1/customers/lookup", "/v1/customers/lookup", "profile"),
        ("GET", "/v1/customers/1/statistics", "/v1/customers/{customer_id}/statistics", "scoring"),
        ("GET", "/v1/customers/lookup/orders", "/v1/customers/{customer_id}/orders", "profile"),
    ],
)
def test_a_path_finds_its_template_and_owner(method: str, path: str, template: str, service: str) -> None:
    found = TABLE.find(method, path)
    assert (found.template, found.service) == (template, service)


@pytest.mark.parametrize(
    "path",
    [
        "/v1",
        "/v1/",
        "/v1/customers/",
        "/v1/customers/1/",
        "/v1/customers//orders",
        "/v1/customers/../orders",
        "/v1/customers/.",
        "/internal/reach",
        "/v1/internal/reach",
        "/v1/customers/1/orders/2",
    ],
)
def test_an_unknown_path_leads_nowhere(path: str) -> None:
    with pytest.raises(NotFound):
        TABLE.find("GET", path)


def test_a_known_path_says_which_methods_it_takes() -> None:
    with pytest.raises(MethodNotAllowed) as refused:
        TABLE.find("DELETE", "/v1/customers/1")
    assert refused.value.headers == {"Allow": "GET, PATCH"}


SEGMENT = st.sampled_from(["a", "b", "{x}"])


@given(st.sets(st.lists(SEGMENT, min_size=1, max_size=4).map(tuple), min_size=1, max_size=8))
def test_every_declared_template_is_found_by_a_path_made_of_it(templates: set[tuple[str, ...]]) -> None:
    table = RouteTable(document(*[("get", "/" + "/".join(one), "profile") for one in templates]))
    for template in templates:
        path = "/" + "/".join(segment.replace("{x}", "value") for segment in template)
        assert table.find("GET", path).template.replace("{x}", "value") == path
