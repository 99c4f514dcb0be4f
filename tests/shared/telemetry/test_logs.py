"""What a process writes about itself."""

import subprocess
import sys
from typing import Any

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from shared.errors import Invalid
from shared.runtime import Runtime
from shared.telemetry.faults import described

IMPORTS = "from shared.settings import Settings\nfrom shared import telemetry\nfrom shared.telemetry import log\n"


def _lines(program: str) -> list[dict[str, Any]]:
    done = subprocess.run([sys.executable, "-c", IMPORTS + program], capture_output=True, check=True, timeout=60)
    return [orjson.loads(line) for line in done.stdout.splitlines()]


CONFIGURE = "telemetry.configure(Settings(env='test', log_level='INFO'), 'profile.api')\n"


def test_a_line_is_json_with_the_process_and_the_ids_it_belongs_to() -> None:
    (line,) = _lines(
        f"{CONFIGURE}from shared.telemetry.logs import REQUEST_ID\nfrom shared.telemetry import tracing\n"
        "from opentelemetry import context\nREQUEST_ID.set('r-1')\n"
        "context.attach(tracing.begin('GET', '00-' + '1' * 32 + '-' + '2' * 16 + '-01', {})[1])\n"
        "log.debug('unheard')\nlog.info('heard', customer_id='c-1')"
    )
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "heard",
        "level": "info",
        "process": "profile.api",
        "request_id": "r-1",
        "trace_id": "1" * 32,
        "customer_id": "c-1",
    }


def test_records_of_libraries_take_the_same_form() -> None:
    (line,) = _lines(f"{CONFIGURE}import logging\nlogging.getLogger('lib').warning('one %s', 'two')")
    assert (line["event"], line["level"], line["process"]) == ("one two", "warning", "profile.api")


@pytest.mark.parametrize(
    "write", ["log.exception('failed')", "log.error('failed', exc_info=error)", "logging.exception('failed')"]
)
def test_a_fault_is_logged_with_place_and_kind_but_not_with_the_values_it_quotes(write: str) -> None:
    (line,) = _lines(f"{CONFIGURE}import logging\ntry:\n    int('+86138x')\nexcept ValueError as error:\n    {write}")
    assert line["fault"][0] == "builtins.ValueError"
    assert "<string>" in line["fault"][1]
    assert "+86138x" not in orjson.dumps(line).decode()


def test_what_python_says_about_code_is_kept() -> None:
    assert described(AttributeError("'NoneType' object has no attribute 'id'"))[0].endswith("has no attribute 'id'")
    assert described(Invalid("No rate."))[0] == "shared.errors.Invalid: No rate."


def test_causes_are_told_too_and_a_circle_ends() -> None:
    first, second = KeyError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert described(first) == ["builtins.KeyError", "builtins.ValueError"]


def test_a_database_fault_names_the_constraint_and_no_value(runtime_of: Any) -> None:
    runtime: Runtime = runtime_of("shared")
    row = text("INSERT INTO customer_due (customer_id) VALUES ('0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d')")
    with pytest.raises(IntegrityError) as raised, runtime.database.transaction() as session:
        session.execute(row)
        session.execute(row)
    told = "\n".join(described(raised.value))
    assert "state 23505, table customer_due, constraint pk_customer_due" in told
    assert "0190f6a0" not in told.replace(str(row), "")
