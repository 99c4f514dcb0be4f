"""One document out of several."""

from typing import Any

import pytest

from services.gateway.documentation.rules import TwoOwners, merged

Document = dict[str, Any]


def operation(scope: str = "profile:read", schema: str = "Out") -> Document:
    reference = {"$ref": f"#/components/schemas/{schema}"}
    return {"x-scope": scope, "responses": {"200": {"content": {"application/json": {"schema": reference}}}}}


def document(paths: Document, **schemas: Document) -> Document:
    return {"info": {"version": "1.2"}, "paths": paths, "components": {"schemas": {"Out": {}} | schemas}}


def schema_of(answer: Document, path: str) -> Document:
    reference: str = answer["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    schema: Document = answer["components"]["schemas"][reference.rpartition("/")[2]]
    return schema


def test_every_operation_names_its_owner() -> None:
    profile, scoring = document({"/v1/a": {"get": operation()}}), document({"/v1/b": {"get": operation()}})
    answer = merged({"profile": profile, "scoring": scoring})
    assert answer["paths"]["/v1/a"]["get"]["x-service"] == "profile"
    assert answer["paths"]["/v1/b"]["get"]["x-service"] == "scoring"


@pytest.mark.capability("C-41")
def test_two_services_cannot_claim_one_template() -> None:
    with pytest.raises(TwoOwners, match="/v1/a is claimed by profile and scoring"):
        merged({name: document({"/v1/a": {"get": operation()}}) for name in ("profile", "scoring")})


def test_jobs_belong_to_whoever_the_id_names() -> None:
    documents = {name: document({"/v1/jobs/{job_id}": {"get": operation()}}) for name in ("profile", "scoring")}
    found = merged(documents)["paths"]["/v1/jobs/{job_id}"]["get"]
    assert (found["x-service"], found["x-scope"]) == ("by-job", "authenticated")


def test_what_services_ask_each_other_is_not_for_outside() -> None:
    paths = {"/internal/reach": {"post": operation("internal", "Reach")}, "/v1/a": {"get": operation()}}
    answer = merged({"profile": document(paths, Reach={"type": "object"}, Out={"type": "string"})})
    assert list(answer["paths"]) == ["/v1/a"]
    assert list(answer["components"]["schemas"]) == ["Out"]


def test_equal_schemas_are_kept_once_and_different_ones_apart() -> None:
    both = operation(schema="Money")
    same, ours, theirs = {"type": "object"}, {"type": "string"}, {"type": "integer"}
    answer = merged(
        {
            "profile": document({"/v1/a": {"get": operation(), "put": both}}, Out=ours, Money=same),
            "scoring": document({"/v1/b": {"get": operation()}}, Out=theirs, Money=same),
        }
    )
    assert schema_of(answer, "/v1/a") == ours
    assert schema_of(answer, "/v1/b") == theirs
    assert set(answer["components"]["schemas"]) == {"Money", "ProfileOut", "ScoringOut"}


def test_a_schema_that_holds_different_ones_is_kept_apart_too() -> None:
    listing = {"items": {"$ref": "#/components/schemas/Out"}}
    answer = merged(
        {
            "profile": document({"/v1/a": {"get": operation(schema="List")}}, Out={"type": "string"}, List=listing),
            "scoring": document({"/v1/b": {"get": operation(schema="List")}}, Out={"type": "integer"}, List=listing),
        }
    )
    assert schema_of(answer, "/v1/a")["items"]["$ref"].endswith("/ProfileOut")
    assert schema_of(answer, "/v1/b")["items"]["$ref"].endswith("/ScoringOut")


def test_tracking_paths_take_a_write_key_too() -> None:
    answer = merged({"profile": document({"/v1/track": {"post": operation()}, "/v1/orders": {"post": operation()}})})
    assert answer["paths"]["/v1/track"]["post"]["security"] == [{"write_key": []}, {"credential": []}]
    assert "security" not in answer["paths"]["/v1/orders"]["post"]
    assert answer["security"] == [{"credential": []}]
