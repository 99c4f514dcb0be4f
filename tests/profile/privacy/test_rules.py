"""When an erasure is complete, what proves it, and whom the ledger bars."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.identities.rules import is_barred
from services.profile.identities.schemas import Claim, Key
from services.profile.privacy.rules import ANSWERING, counted, is_answered, proof_of
from shared.contracts.base import Origin

pytestmark = pytest.mark.capability("C-09")

MEMBERS = [uuid4() for _ in range(3)]
ALL = [(service, member) for service in ANSWERING for member in MEMBERS]
ERASED_AT = datetime.fromisoformat("2026-11-20T00:00:00Z")
PHONE, OTHER, DEVICE = (
    Key(kind, "", name.encode()) for kind, name in (("phone", "p"), ("email", "o"), ("device", "d"))
)


def answer(service: str, member: UUID, **counts: int) -> dict[str, Any]:
    return {"service": service, "customer_id": member, "counts": counts}


@given(st.sets(st.sampled_from(ALL)))
def test_an_erasure_is_complete_with_the_last_answer_and_not_before(given_: set[tuple[str, UUID]]) -> None:
    assert is_answered(MEMBERS, [answer(*one) for one in given_]) == (given_ == set(ALL))


@given(st.permutations(ALL))
def test_the_proof_is_the_same_in_whatever_order_the_answers_came(order: list[tuple[str, UUID]]) -> None:
    counts = counted([answer(service, member, score=1, message=2) for service, member in order])
    assert counts == {service: {"message": 6, "score": 3} for service in ("engagement", "scoring")}
    plain = json.dumps(counts, sort_keys=True, separators=(",", ":"))
    assert proof_of(counts) == hashlib.sha256(plain.encode()).hexdigest()


def claim(origin: Origin, minutes: int) -> Claim:
    return Claim("shop", (), True, origin, ERASED_AT + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("origin", "minutes", "barred"),
    [
        (Origin.LIVE, 0, True),
        (Origin.LIVE, -1, True),
        (Origin.LIVE, 1, False),  # whoever comes back is a stranger
        (Origin.IMPORT, 1, True),
        (Origin.REPUBLISH, 1, True),
    ],
)
def test_the_past_of_somebody_erased_is_barred(origin: Origin, minutes: int, *, barred: bool) -> None:
    assert is_barred(claim(origin, minutes), [PHONE], {PHONE: ERASED_AT}) is barred


def test_a_shared_device_bars_nobody_who_is_somebody_else() -> None:
    erased = {DEVICE: ERASED_AT}
    assert is_barred(claim(Origin.LIVE, -1), [DEVICE], erased)
    assert not is_barred(claim(Origin.LIVE, -1), [OTHER, DEVICE], erased)
    assert not is_barred(claim(Origin.LIVE, -1), [OTHER], {PHONE: ERASED_AT})
