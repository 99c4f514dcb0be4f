"""Files as shops export them."""

import csv
import io
from collections.abc import Iterator, Sequence

HEADER = ("订单号", "状态", "下单时间", "手机", "商品编码", "数量", "单价")


def table(rows: Sequence[Sequence[str]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def orders(count: int, *, header: bool = True) -> str:
    """So many orders of one line each."""
    return table([*([HEADER] if header else []), *(order(at) for at in range(count))])


def order(at: int, **cells: str) -> list[str]:
    said = {
        "订单号": f"A-{at}",
        "状态": "已完成",
        "下单时间": f"2026-11-{at % 20 + 1:02} 11:00",
        "手机": f"138{at % 5000:08}",
        "商品编码": f"tea-{at % 50:02}",
        "数量": "2",
        "单价": "50.00",
    } | cells
    return [said[name] for name in HEADER]


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))
