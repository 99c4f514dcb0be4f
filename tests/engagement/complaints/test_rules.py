"""Which way a complaint may go."""

from datetime import datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.complaints.rules import STEPS, after, require_reopenable
from services.engagement.complaints.schemas import OPEN, Status, Verb
from shared.errors import Conflict

pytestmark = pytest.mark.capability("C-30")
ALLOWED: dict[tuple[Status, Verb], Status] = {
    ("new", "assign"): "assigned",
    ("assigned", "assign"): "assigned",
    ("in_progress", "assign"): "in_progress",
    ("waiting_customer", "assign"): "waiting_customer",
    ("assigned", "start"): "in_progress",
    ("waiting_customer", "start"): "in_progress",
    ("in_progress", "wait"): "waiting_customer",
    ("resolved", "close"): "closed",
    ("resolved", "reopen"): "in_progress",
    ("closed", "reopen"): "in_progress",
    **{(status, "resolve"): "resolved" for status in OPEN},
    **{(status, "reject"): "rejected" for status in OPEN},
    **{(status, "withdraw"): "withdrawn" for status in OPEN},
    **{(status, "merge"): "duplicate" for status in OPEN},
}


@given(st.sampled_from(get_args(Status)), st.sampled_from(get_args(Verb)))
def test_every_step_leads_where_it_should_or_is_refused(status: Status, verb: Verb) -> None:
    if (status, verb) in ALLOWED:
        assert after(status, verb) == ALLOWED[status, verb]
    else:
        with pytest.raises(Conflict) as refused:
            after(status, verb)
        assert refused.value.code == "invalid_transition"


def test_every_verb_has_its_steps() -> None:
    assert STEPS.keys() == set(get_args(Verb))


def test_a_complaint_can_be_reopened_for_a_while(now: datetime) -> None:
    require_reopenable(None, 0, now)
    require_reopenable(now - timedelta(days=30), 30, now)
    with pytest.raises(Conflict, match="30 days ago"):
        require_reopenable(now - timedelta(days=30, seconds=1), 30, now)
