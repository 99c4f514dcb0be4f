"""A file through the whole deployment: uploaded at the gateway, taken in by the worker's job, told to the others."""

from uuid import uuid4

import httpx
import pytest

from shared.testing.waiting import wait_until

HEADER = "order_id,status,placed_at,external,sku,quantity,unit_price\n"


@pytest.mark.capability("C-01")
def test_a_file_is_taken_in_by_the_job_and_reaches_the_scores(shop: httpx.Client) -> None:
    mark = uuid4().hex[:8]
    rows = [f"{mark}-{at // 2},paid,2026-11-2{at % 5},u-{mark},tea-01,1,50.00\n" for at in range(6)]
    answer = shop.post(
        "/v1/imports",
        data={"kind": "orders", "source": "shop"},
        files={"file": ("orders.csv", HEADER + "".join(rows) + f"{mark}-9,lost,2026-11-20,u-{mark},tea-01,1,50.00\n")},
        headers={"Idempotency-Key": mark},
    )
    assert answer.status_code == 202, answer.text
    path = f"/v1/imports/{answer.json()['id']}"
    assert shop.post(f"{path}/preview").json()["outcomes"] == {"created": 3, "refused": 1}
    job = shop.post(f"{path}/run").headers["Location"]
    wait_until(lambda: shop.get(job).json()["status"] == "succeeded", 60, what=job)
    assert shop.get(path).json()["outcomes"] == {"created": 3, "refused": 1}
    (refused,) = shop.get(f"{path}/rows?status=refused").json()["items"]
    assert (refused["row"], refused["errors"][0]["column"]) == (7, "status")
    found = shop.post("/v1/customers/lookup", json={"identities": [{"kind": "external", "value": f"u-{mark}"}]}).json()
    statistics = f"/v1/customers/{found['matches'][0]['customer_id']}/statistics"
    wait_until(lambda: shop.get(statistics).json().get("orders") == 3, 60, what=statistics)
