"""A file from its upload to its last row, over HTTP."""

from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from sqlalchemy import func, select, text

from services.profile.imports.files.tables import ImportPiece
from services.profile.imports.runs.usecases import RUN, run
from services.profile.orders.schemas import EXAMPLE
from services.profile.orders.tables import CustomerOrder
from shared import jobs
from shared.contracts.base import Origin
from shared.messaging.outbox import OutboxRow
from tests.profile.imports.exports import HEADER, order, orders, table
from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-01")


def upload(doors: Doors, content: str | bytes, *, key: str | None = None, **fields: str) -> httpx.Response:
    said = {"kind": "orders", "source": "shop"} | fields
    headers = doors.headers("profile:write") | {"Idempotency-Key": key or str(uuid4())}
    file = content.encode() if isinstance(content, str) else content
    files = {"file": ("orders.csv", file, "text/csv")}
    return doors.http.post("/v1/imports", data=said, files=files, headers=headers)


def uploaded(doors: Doors, content: str | bytes, **fields: str) -> dict[str, Any]:
    answer = upload(doors, content, **fields)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def work(doors: Doors) -> None:
    """Do the queued job in this process."""
    with doors.runtime.database.transaction() as session:
        job = jobs.claim(session, doors.runtime.now())
    assert job is not None
    jobs.run(doors.runtime, {RUN: run}, job.id)


def taken_in(doors: Doors, import_id: str) -> dict[str, Any]:
    answer = doors.post(f"/v1/imports/{import_id}/run")
    assert answer.status_code == 202, answer.text
    work(doors)
    found: dict[str, Any] = doors.get(f"/v1/imports/{import_id}").json()
    return found


def count(doors: Doors, table_: Any) -> int:
    with doors.session() as session:
        return session.scalar(select(func.count()).select_from(table_)) or 0


def test_a_table_is_uploaded_mapped_by_its_header_previewed_and_taken_in(doors: Doors) -> None:
    one = uploaded(doors, orders(120))
    assert (one["format"], one["encoding"], one["delimiter"], one["status"]) == ("csv", "utf-8", "comma", "received")
    assert {column["field"] for column in one["columns"]} >= {"order_id", "status", "placed_at", "phone", "sku"}
    assert (one["missing"], one["mapping"]["defaults"]) == ([], {"source": "shop", "currency": "CNY"})
    preview = doors.post(f"/v1/imports/{one['id']}/preview").json()
    assert preview["outcomes"] == {"created": 100}
    assert preview["rows"][0]["document"] is None
    assert count(doors, CustomerOrder) == 0
    done = taken_in(doors, one["id"])
    assert (done["status"], done["rows"], done["position"], done["outcomes"]) == (
        "completed",
        120,
        120,
        {"created": 120},
    )
    assert count(doors, CustomerOrder) == 120
    assert count(doors, ImportPiece) == 0
    found = doors.get("/v1/orders/shop:A-1").json()
    assert (found["status"], found["placed_at"], found["totals"]["total"]) == (
        "delivered",
        "2026-11-02T03:00:00Z",
        "100.00",
    )
    job = doors.get(f"/v1/jobs/{done['job_id']}").json()
    assert (job["status"], job["done"], job["total"], job["result"]["created"]) == ("succeeded", 120, 120, 120)


def test_what_is_imported_is_never_live(doors: Doors) -> None:
    taken_in(doors, uploaded(doors, orders(3))["id"])
    with doors.session() as session:
        origins = session.scalars(select(OutboxRow.payload)).all()
    assert {orjson.loads(one)["origin"] for one in origins} == {Origin.IMPORT}


def test_the_example_of_the_manual_is_two_orders(doors: Doors) -> None:
    manual = (Path(__file__).parents[3] / "docs" / "imports.md").read_text(encoding="utf-8")
    example = manual.partition("```csv\n")[2].partition("```")[0]
    assert taken_in(doors, uploaded(doors, example)["id"])["outcomes"] == {"created": 2}
    found = doors.get("/v1/orders/shop:A-1001").json()
    assert (len(found["lines"]), found["totals"]["total"]) == (2, "143.00")


def test_a_bad_row_among_good_ones_is_told_and_can_be_corrected(doors: Doors) -> None:
    rows = [HEADER, order(1), order(2, 数量="two"), [*order(3), "too much"], order(4, 状态="verloren"), order(5)]
    one = uploaded(doors, table(rows))
    preview = doors.post(f"/v1/imports/{one['id']}/preview", scopes=("profile:write", "profile:pii")).json()
    assert preview["outcomes"] == {"created": 2, "refused": 3}
    assert preview["rows"][0]["document"]["lines"] == [{"sku": "tea-01", "quantity": "2", "unit_price": "50.00"}]
    assert taken_in(doors, one["id"])["outcomes"] == {"created": 2, "refused": 3}
    refused = doors.get(f"/v1/imports/{one['id']}/rows?status=refused").json()["items"]
    assert [row["row"] for row in refused] == [2, 3, 4]
    assert [(row["errors"] or [{}])[0].get("column") for row in refused] == ["数量", None, "状态"]
    assert [row["code"] for row in refused] == ["validation_failed", "malformed_request", "validation_failed"]
    path = f"/v1/rejections/{refused[0]['rejection_id']}"
    rejection = doors.get(path, scopes=("profile:read", "profile:pii")).json()
    assert (rejection["door"], rejection["body"]["lines"][0]["quantity"]) == ("import", "two")
    rejection["body"]["lines"][0]["quantity"] = 2
    assert doors.post(f"{path}/resubmit", rejection["body"]).json()["status"] == "resubmitted"
    assert count(doors, CustomerOrder) == 3
    raw = doors.get(f"/v1/rejections/{refused[1]['rejection_id']}", scopes=("profile:read", "profile:pii")).json()
    assert "too much" in raw["body"]


def test_consecutive_rows_of_one_order_are_one_order(doors: Doors) -> None:
    rows = [HEADER, order(1), order(1, 商品编码="cup", 单价="￥1,005.50"), order(2)]
    one = uploaded(doors, table(rows))
    done = taken_in(doors, one["id"])
    assert (done["rows"], done["outcomes"]) == (3, {"created": 2})
    rows = doors.get(f"/v1/imports/{one['id']}/rows").json()["items"]
    assert [(row["row"], row["rows"]) for row in rows] == [(1, 2), (3, 1)]
    found = doors.get("/v1/orders/shop:A-1").json()
    assert ([line["sku"] for line in found["lines"]], found["totals"]["total"]) == (["tea-01", "cup"], "2111.00")


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        (orders(2).encode("gb18030"), "gb18030", "comma"),
        (orders(2).encode("utf-8-sig"), "utf-8", "comma"),
        (orders(2).replace(",", "\t").encode("utf-16"), "utf-16", "tab"),
        (orders(2).replace(",", ";").replace("50.00", "50,00").encode(), "utf-8", "semicolon"),
        (orders(2).replace(",", "|").replace("\r\n", "\n").encode(), "utf-8", "pipe"),
    ],
)
def test_encoding_and_delimiter_are_found_out(doors: Doors, content: bytes, encoding: str, delimiter: str) -> None:
    one = uploaded(doors, content)
    assert (one["encoding"], one["delimiter"], one["missing"]) == (encoding, delimiter, [])
    assert taken_in(doors, one["id"])["outcomes"] == {"created": 2}
    assert doors.get("/v1/orders/shop:A-1").json()["totals"]["total"] == "100.00"


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0",
        b"PK\x03\x04\x14\0\6\0" * 9,
        "订单号,状态\n".encode(),
        b"[{}]",
        b"\n\n",
        b'x,"' + b"y" * 2_000_000,
    ],
    ids=["a picture", "a workbook", "a header alone", "a JSON array", "nothing", "no end of a line"],
)
def test_a_file_that_is_no_table_is_refused_and_not_kept(doors: Doors, content: bytes) -> None:
    answer = upload(doors, content)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "file")
    assert count(doors, ImportPiece) == 0
    assert doors.get("/v1/imports").json()["items"] == []


def test_json_lines_are_bodies_of_the_api(doors: Doors) -> None:
    lines = [orjson.dumps(EXAMPLE | {"order_id": f"J-{at}"}) for at in range(3)]
    one = uploaded(doors, b"\n".join([*lines, b"{broken", b'{"order_id": "\\u0000"}', b"[]"]))
    assert (one["format"], one["columns"], one["mapping"]) == ("jsonl", [], None)
    assert taken_in(doors, one["id"])["outcomes"] == {"created": 3, "refused": 3}
    refused = doors.get(f"/v1/imports/{one['id']}/rows?status=refused").json()["items"]
    assert [row["code"] for row in refused] == ["malformed_request", "malformed_request", "validation_failed"]


def test_customers_with_their_archive(doors: Doors) -> None:
    content = "会员号,姓名,手机,邮箱,性别,生日,城市\n"
    content += "m-1,李雷,13800138000,li@example.com,男,1990/5/20,上海\nm-2,,12,,,,\n"
    done = taken_in(doors, uploaded(doors, content, kind="customers")["id"])
    assert done["outcomes"] == {"updated": 1, "refused": 1}
    scopes = ("profile:read", "profile:pii")
    found = doors.post("/v1/customers/lookup", {"identities": [{"kind": "phone", "value": "13800138000"}]}).json()
    customer = doors.get(f"/v1/customers/{found['matches'][0]['customer_id']}", scopes=scopes).json()
    assert (customer["name"], customer["gender"], customer["city"]) == ("李雷", "m", "上海")
    assert customer["birthday"]["month"] == 5


def test_a_declared_attribute_is_recognised_by_its_title(doors: Doors) -> None:
    shoe = {"key": "shoe_size", "type": "number", "titles": {"zh": "鞋码"}}
    assert doors.post("/v1/attributes", shoe, scopes=("profile:admin",)).status_code == 201
    one = uploaded(doors, '手机,鞋码,帽码\n13800138000,"1,038",6\n13800138001,wide,6\n', kind="customers")
    assert one["mapping"]["columns"] == {"手机": "phone", "鞋码": "attributes.shoe_size", "帽码": None}
    assert taken_in(doors, one["id"])["outcomes"] == {"updated": 1, "refused": 1}
    (refused,) = doors.get(f"/v1/imports/{one['id']}/rows?status=refused").json()["items"]
    assert refused["errors"][0]["column"] == "鞋码"
    found = doors.post("/v1/customers/lookup", {"identities": [{"kind": "phone", "value": "13800138000"}]}).json()
    assert doors.get(f"/v1/customers/{found['matches'][0]['customer_id']}").json()["attributes"] == {"shoe_size": 1038}


def test_events_take_unknown_columns_as_properties(doors: Doors) -> None:
    content = "external_id,message_id,event,time,product_id\nu-1,m-1,Product Viewed,2026-11-24 12:00,tea-01\n"
    one = uploaded(doors, content, kind="events")
    assert one["mapping"]["columns"]["product_id"] == "properties.product_id"
    assert taken_in(doors, one["id"])["outcomes"] == {"created": 1}


def test_consents_with_where_and_when_they_were_given(doors: Doors) -> None:
    content = "手机,用途,渠道,状态,同意来源,同意时间\n13800138000,marketing,sms,同意,门店,2026-01-05\n"
    assert taken_in(doors, uploaded(doors, content, kind="consents")["id"])["outcomes"] == {"updated": 1}
    found = doors.post("/v1/customers/lookup", {"identities": [{"kind": "phone", "value": "13800138000"}]}).json()
    (consent,) = doors.get(f"/v1/customers/{found['matches'][0]['customer_id']}/consents").json()["items"]
    assert (consent["state"], consent["effective_at"]) == ("granted", "2026-01-04T16:00:00Z")


def test_products_with_titles_and_prices(doors: Doors) -> None:
    content = "货号,商品名称,类目,标价,成本,flags\ntea-01,龙井茶,tea,￥52.00,21.5,consumable\ntea-02,,tea,x,,\n"
    one = uploaded(doors, content, kind="products")
    assert one["missing"] == []
    assert taken_in(doors, one["id"])["outcomes"] == {"created": 1, "refused": 1}
    found = doors.get("/v1/products/tea-01").json()
    assert (found["titles"], found["price"], found["currency"]) == ({"zh": "龙井茶"}, "52.00", "CNY")


def test_tags_are_put_beside_those_that_are_there(doors: Doors) -> None:
    customer = {"identities": [{"kind": "phone", "value": "13800138000"}], "tags": ["vip"]}
    path = f"/v1/customers/{doors.post('/v1/customers', customer).json()['id']}"
    many = ";".join(f"t-{at}" for at in range(100))
    content = f"手机,标签\n13800138000,茶友;vip\n13800138000,b\n13900139000,{many}\n13900139000,more\n"
    one = uploaded(doors, content, kind="tags")
    assert taken_in(doors, one["id"])["outcomes"] == {"refused": 2, "updated": 2}
    assert doors.get(path).json()["tags"] == ["vip", "茶友", "b"]
    refused = doors.get(f"/v1/imports/{one['id']}/rows?status=refused").json()["items"]
    assert [(row["row"], row["errors"][0]["column"]) for row in refused] == [(3, "标签"), (4, "标签")]
    rejection = f"/v1/rejections/{refused[1]['rejection_id']}"
    body = doors.get(rejection, scopes=("profile:read", "profile:pii")).json()["body"]
    assert doors.post(f"{rejection}/resubmit", body).json()["status"] == "resubmitted"


def test_notes_keep_their_time_and_are_there_once(doors: Doors) -> None:
    content = "手机,备注,跟进时间,跟进人\n13800138000,晚上联系,2026-03-01 20:00,王芳\n13800138000,,2026-03-02,王芳\n"
    assert taken_in(doors, uploaded(doors, content, kind="notes")["id"])["outcomes"] == {"created": 1, "refused": 1}
    assert taken_in(doors, uploaded(doors, content, kind="notes")["id"])["outcomes"] == {"refused": 1, "unchanged": 1}
    found = doors.post("/v1/customers/lookup", {"identities": [{"kind": "phone", "value": "13800138000"}]}).json()
    path = f"/v1/customers/{found['matches'][0]['customer_id']}/notes"
    (note,) = doors.get(path, scopes=("profile:read", "profile:pii")).json()["items"]
    assert (note["text"], note["author"], note["created_at"]) == ("晚上联系", "王芳", "2026-03-01T12:00:00Z")


def test_contact_points_are_added_once_and_stay_removed(doors: Doors) -> None:
    customer = {"identities": [{"kind": "external", "value": "m-1"}], "source": "shop"}
    path = f"/v1/customers/{doors.post('/v1/customers', customer).json()['id']}/contacts"
    gone = doors.post(path, {"channel": "email", "value": "old@example.com"}).json()
    assert doors.call("DELETE", f"{path}/{gone['id']}").status_code == 204
    content = "会员号,渠道,联系方式\nm-1,email,old@example.com\nm-1,email,New@example.com\nm-1,sms,13800138000\n"
    content += "m-1,email,new@example.com\nm-1,sms,12\nm-2,email,new@example.com\n"
    one = uploaded(doors, content, kind="contacts")
    assert taken_in(doors, one["id"])["outcomes"] == {"created": 3, "refused": 1, "unchanged": 2}
    scopes = ("profile:read", "profile:pii")
    found = doors.get(path, scopes=scopes).json()["items"]
    assert sorted((each["channel"], each["state"]) for each in found) == [("email", "added"), ("sms", "added")]
    with doors.session() as session:
        told = select(OutboxRow.payload).where(OutboxRow.headers["ce_type"].astext.contains("contact"))
        events = session.scalars(told.order_by(OutboxRow.id))
        assert [orjson.loads(each)["origin"] for each in events] == ["live", "live", "import", "import", "import"]


def test_organisations_become_customers_of_their_own_kind(doors: Doors) -> None:
    ordered = {**EXAMPLE, "source": "shop", "identities": [{"kind": "external", "value": "o-1"}]}
    customer = doors.post("/v1/orders", ordered).json()["customer_id"]
    content = "企业编号,公司名称,行业,规模,续约日期,城市\no-1,西湖酒店,H61,50-249,2027/1/1,杭州\no-2,茶厂,,7 人,,\n"
    one = uploaded(doors, content, kind="organisations")
    assert (one["missing"], {column["field"] for column in one["columns"]}) == (
        [],
        {"external", "name", "industry", "size_band", "renewal_at", "city"},
    )
    preview = doors.post(f"/v1/imports/{one['id']}/preview").json()
    assert preview["outcomes"] == {"updated": 1, "refused": 1}
    assert doors.get("/v1/organisations").json()["items"] == []
    assert taken_in(doors, one["id"])["outcomes"] == {"updated": 1, "refused": 1}
    (found,) = doors.get("/v1/organisations", scopes=("profile:read", "profile:pii")).json()["items"]
    said = {"id": customer, "name": "西湖酒店", "industry": "H61", "size_band": "50-249", "renewal_at": "2027-01-01"}
    assert found.items() >= said.items()
    (refused,) = doors.get(f"/v1/imports/{one['id']}/rows?status=refused").json()["items"]
    assert (refused["row"], refused["errors"][0]["column"]) == (2, "规模")


def test_json_lines_of_organisations_say_no_kind(doors: Doors) -> None:
    line = {"identities": [{"kind": "external", "value": "o-3"}], "traits": {"name": "Teahouse"}}
    wrong = {"identities": [{"kind": "external", "value": "o-4"}], "traits": []}
    content = b"\n".join(orjson.dumps(one) for one in (line, wrong))
    one = uploaded(doors, content, kind="organisations", format="jsonl")
    assert taken_in(doors, one["id"])["outcomes"] == {"updated": 1, "refused": 1}
    (found,) = doors.get("/v1/organisations", scopes=("profile:read", "profile:pii")).json()["items"]
    assert found["name"] == "Teahouse"


def test_an_organisation_without_a_name_is_refused_until_it_has_one(doors: Doors) -> None:
    table = uploaded(doors, "企业编号,公司名称,行业\no-5,,H61\n", kind="organisations")
    (judged,) = doors.post(f"/v1/imports/{table['id']}/preview", scopes=("profile:write", "profile:pii")).json()["rows"]
    assert (judged["status"], judged["document"]["traits"]["industry"]) == ("refused", "H61")
    lines = b'{"identities": [{"kind": "external", "value": "o-6"}]}'
    ended = [taken_in(doors, uploaded(doors, lines, kind="organisations", format="jsonl")["id"])["outcomes"]]
    assert [taken_in(doors, table["id"])["outcomes"], *ended] == [{"refused": 1}, {"refused": 1}]
    (row,) = doors.get(f"/v1/imports/{table['id']}/rows").json()["items"]
    assert row["errors"] == [
        {"field": "traits.name", "column": "公司名称", "code": "required", "message": "Field required"}
    ]
    named = {"traits": {**judged["document"]["traits"], "name": "茶厂"}}
    doors.post(f"/v1/rejections/{row['rejection_id']}/resubmit", judged["document"] | named)
    assert [one["industry"] for one in doors.get("/v1/organisations").json()["items"]] == ["H61"]


def test_a_mapping_is_corrected_before_the_run(doors: Doors) -> None:
    one = uploaded(doors, "Nr,Stand\nA-1,fertig\n", source="shop")
    assert one["missing"][:3] == ["order_id", "status", "placed_at"]
    path = f"/v1/imports/{one['id']}"
    assert doors.post(f"{path}/run").json()["errors"][0]["field"] == "mapping.columns.order_id"
    mapping = {
        "columns": {"Nr": "order_id", "Stand": "status"},
        "defaults": {"placed_at": "1.2.2026", "currency": "EUR", "phone": "13800138000", "order_total": "1.234,50"},
        "values": {"status": {"fertig": "delivered"}},
        "time_zone": "Europe/Berlin",
        "decimal": ",",
    }
    changed = doors.call("PUT", f"{path}/mapping", mapping)
    assert (changed.status_code, changed.json()["missing"]) == (200, ["source"])
    mapping["defaults"] |= {"source": "shop", "currency": "CNY"}  # type: ignore[operator]
    assert doors.call("PUT", f"{path}/mapping", mapping).headers["ETag"] == '"3"'
    taken_in(doors, one["id"])
    found = doors.get("/v1/orders/shop:A-1").json()
    assert (found["totals"]["total"], found["placed_at"]) == ("1234.50", "2026-01-31T23:00:00Z")
    assert doors.call("PUT", f"{path}/mapping", mapping).json()["code"] == "invalid_transition"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"columns": {"nowhere": "status"}}, "reference_not_found"),
        ({"columns": {"订单号": "nothing"}}, "not_allowed"),
        ({"columns": {"订单号": "status", "状态": "status"}}, "duplicate"),
        ({"defaults": {"nothing": "x"}}, "not_allowed"),
        ({"values": {"nothing": {"x": "y"}}}, "not_allowed"),
        ({"time_zone": "Mars/Base"}, "format"),
        ({"columns": {"x" * 300: "status"}}, "too_long"),
        ({"extra": 1}, "unknown"),
    ],
)
def test_a_mapping_must_fit_file_and_kind(doors: Doors, change: dict[str, Any], code: str) -> None:
    one = uploaded(doors, orders(1))
    answer = doors.call("PUT", f"/v1/imports/{one['id']}/mapping", change)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


def test_a_repeated_upload_with_its_key_is_one_import(doors: Doors) -> None:
    first, again = upload(doors, orders(1), key="k-1"), upload(doors, orders(1), key="k-1")
    assert (again.json()["id"], again.headers["Idempotency-Replayed"]) == (first.json()["id"], "true")
    assert first.headers["Location"] == f"/v1/imports/{first.json()['id']}"
    other = upload(doors, orders(2), key="k-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert count(doors, ImportPiece) == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"kind": "dreams"}, "kind"), ({"nothing": "1"}, "nothing"), ({"encoding": "latin"}, "encoding")],
)
def test_the_form_is_checked(doors: Doors, fields: dict[str, str], field: str) -> None:
    answer = upload(doors, orders(1), **fields)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert count(doors, ImportPiece) == 0


def test_a_stated_encoding_counts(doors: Doors) -> None:
    latin = "order_id;Straße\nA-1;Köln\n".encode("windows-1252")
    assert [one["name"] for one in uploaded(doors, latin, encoding="windows-1252")["columns"]] == ["order_id", "Straße"]


def test_what_is_no_form_is_refused(doors: Doors) -> None:
    headers = doors.headers("profile:write") | {"Idempotency-Key": "k"}
    for head, content, status in [
        ({"content-type": "text/csv"}, b"a,b", 415),
        ({"content-type": "multipart/form-data"}, b"a,b", 400),
        ({"content-type": "multipart/form-data; boundary=x"}, b"a,b", 400),
        ({"content-type": "multipart/form-data; boundary=x"}, b"--x\r\ncontent-disposition: form-data\r\n\r\na", 400),
        ({"content-type": "multipart/form-data; boundary=x"}, b"--x--\r\n", 422),
    ]:
        answer = doors.http.post("/v1/imports", content=content, headers=headers | head)
        assert answer.status_code == status, (head, content, answer.text)


def test_a_file_over_the_limit_is_refused_before_it_is_sent(doors: Doors) -> None:
    connection = HTTPConnection("127.0.0.1", int(doors.url.rpartition(":")[2]))
    connection.putrequest("POST", "/v1/imports")
    heads = {"Content-Length": str(10**9), "Content-Type": "multipart/form-data; boundary=x", "Idempotency-Key": "k"}
    for name, value in (doors.headers("profile:write") | heads).items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, orjson.loads(answer.read())["code"]) == (413, "body_too_large")
    connection.close()


def test_an_import_that_runs_is_not_begun_again(doors: Doors) -> None:
    path = f"/v1/imports/{uploaded(doors, orders(1))['id']}"
    assert doors.post(f"{path}/run").status_code == 202
    for verb in ("run", "resume"):
        again = doors.post(f"{path}/{verb}")
        assert (again.status_code, again.json()["code"], again.json()["detail"]) == (
            409,
            "job_running",
            "It is running.",
        )


def test_imports_are_listed_and_illegal_steps_refused(doors: Doors) -> None:
    one = uploaded(doors, orders(1))
    uploaded(doors, "手机,姓名\n13800138000,a\n", kind="customers")
    assert len(doors.get("/v1/imports").json()["items"]) == 2
    assert [each["id"] for each in doors.get("/v1/imports?kind=orders,events").json()["items"]] == [one["id"]]
    path = f"/v1/imports/{one['id']}"
    assert doors.post(f"{path}/resume").json()["code"] == "invalid_transition"
    assert doors.post(f"{path}/cancel").json()["code"] == "invalid_transition"
    taken_in(doors, one["id"])
    for verb in ("run", "resume", "cancel", "preview"):
        assert doors.post(f"{path}/{verb}").json()["code"] == "invalid_transition", verb
    assert doors.get(f"/v1/imports/{uuid4()}").status_code == 404


def test_what_a_file_says_is_not_readable_in_the_database(doors: Doors) -> None:
    uploaded(doors, "13800138000,李雷\n13900139000,韩梅梅\n", kind="customers")
    with doors.session() as session:
        for name in ("import", "import_piece"):
            for row in session.execute(text(f'SELECT t::text FROM "{name}" t')).scalars():
                assert "13800138000" not in row
