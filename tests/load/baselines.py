"""What we compare ourselves with: the least code that could do a comparable thing on the same database and broker.

One FastAPI process on a raw psycopg pool, same uvicorn flags, synchronous commit on, one `unnest` insert, same bodies.
"""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import psycopg
import uvicorn
from fastapi import FastAPI
from kafka import KafkaConsumer
from psycopg_pool import ConnectionPool

TABLE = (
    "CREATE TABLE IF NOT EXISTS raw_order "
    "(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, shop_order_id text, body jsonb)"
)
INSERT = "INSERT INTO raw_order (shop_order_id, body) SELECT * FROM unnest(%s::text[], %s::jsonb[])"
BATCH = 500


def create_app(url: str) -> FastAPI:
    """POST /single stores one body, POST /batch stores each item of `items`."""
    pool = ConnectionPool(url, min_size=20, max_size=20, open=False)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        pool.open(wait=True)
        with pool.connection() as connection:
            connection.execute(TABLE)
        yield
        pool.close()

    app = FastAPI(lifespan=lifespan)

    @app.post("/single", status_code=201)
    def single(body: dict[str, Any]) -> dict[str, str]:
        _insert(pool, [body])
        return {"status": "created"}

    @app.post("/batch")
    def batch(body: dict[str, Any]) -> dict[str, int]:
        _insert(pool, body["items"])
        return {"stored": len(body["items"])}

    return app


def _insert(pool: ConnectionPool, bodies: list[dict[str, Any]]) -> None:
    ids, texts = [body["order_id"] for body in bodies], [orjson.dumps(body).decode() for body in bodies]
    with pool.connection() as connection:
        connection.execute(INSERT, (ids, texts))


def consume(bootstrap: str, topic: str, url: str, count: int) -> None:
    """Read `count` records and insert them in batches of 500, committing the offsets after each."""
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id="guanxi-baseline",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_poll_records=BATCH,
    )
    stored = 0
    with psycopg.connect(url) as connection:
        connection.execute(TABLE)
        connection.commit()
        while stored < count:
            for records in _batches(consumer.poll(timeout_ms=500)):
                ids = [str(record.key) for record in records]
                connection.execute(INSERT, (ids, [record.value.decode() for record in records]))
                connection.commit()
                consumer.commit()
                stored += len(records)
    consumer.close()


def _batches(polled: dict[Any, list[Any]]) -> Iterator[list[Any]]:
    records = [record for batch in polled.values() for record in batch]
    if records:
        yield records


def main() -> None:
    """Serve on GUANXI_HTTP_PORT with the flags of our own processes."""
    uvicorn.run(
        create_app(os.environ["BASELINE_DATABASE_URL"]),
        host="127.0.0.1",
        port=int(os.environ["GUANXI_HTTP_PORT"]),
        log_config=None,
        access_log=False,
        server_header=False,
    )


if __name__ == "__main__":
    main()
