"""Bodies that tests send."""

from typing import Any


def jar(code: str = "green-1", **more: Any) -> dict[str, Any]:
    return {"code": code, "price": {"amount": "12.30", "currency": "CNY"}} | more
