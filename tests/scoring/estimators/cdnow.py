"""CDNOW as tests read it: the log of all 23,570 customers and the tenth of them that the papers use; time in weeks."""

from datetime import date
from functools import cache

import numpy as np
import pytest

from deploy.local.orderlog import cdnow
from deploy.local.orderlog.packages import file_of
from deploy.local.problems import StackError
from services.scoring.estimators.orderlogs import OrderLog

SAMPLE = "lifetimes/datasets/CDNOW_sample.txt"
SAMPLE_SHA256 = "6fae10155c0b0ba363c2c386e30f77990d22328220efd862a5edd1443420d94a"
FIRST_DAY, WEEK = date(1997, 1, 1), 7.0


def weeks(day: date) -> float:
    """Weeks since the first day of the log."""
    return (day - FIRST_DAY).days / WEEK


@cache
def sample() -> OrderLog:
    """2,357 customers, the systematic sample of the papers."""
    return _log(_read(SAMPLE, SAMPLE_SHA256), customer=1, day=2, money=4)


@cache
def everybody() -> OrderLog:
    """23,570 customers."""
    return _log(_read(cdnow.PATH, cdnow.SHA256), customer=0, day=1, money=3)


def _read(path: str, sha256: str) -> list[list[str]]:
    try:
        text = file_of(cdnow.PACKAGE, path, sha256).read_text()
    except StackError as problem:
        pytest.skip(f"CDNOW is read from the package {cdnow.PACKAGE}: {problem}")
    return [line.split() for line in text.splitlines() if line.split()[0].isdigit()]


def _log(rows: list[list[str]], *, customer: int, day: int, money: int) -> OrderLog:
    return OrderLog(
        np.array([row[customer] for row in rows]),
        np.array([weeks(date.fromisoformat(row[day])) for row in rows]),
        np.array([float(row[money]) for row in rows]),
    )
