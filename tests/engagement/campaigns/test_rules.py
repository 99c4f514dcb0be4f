"""Groups are drawn by a hash: always the same, in the shares that were asked for."""

from collections import Counter
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.campaigns.rules import arm_of, draw_of

pytestmark = pytest.mark.capability("C-27")

AUTUMN, WINTER = UUID(int=7), UUID(int=8)
VARIANTS = [{"code": "a", "weight": 3, "template": "t"}, {"code": "b", "weight": 1, "template": "t"}]


def test_the_draw_is_the_declared_hash() -> None:
    ada = UUID(int=1)
    digest = sha256(f"{AUTUMN}:{ada}".encode()).hexdigest()
    assert draw_of(AUTUMN, ada) == int(digest[:16], 16) / 2**64


def test_groups_have_the_shares_that_were_asked_for_and_differ_between_campaigns() -> None:
    people = [UUID(int=one) for one in range(20_000)]
    drawn = {
        campaign: [arm_of(draw_of(campaign, one), 0.2, VARIANTS) for one in people] for campaign in (AUTUMN, WINTER)
    }
    shares = Counter(drawn[AUTUMN])
    for code, share in (("holdout", 0.2), ("a", 0.6), ("b", 0.2)):
        assert shares[code] / len(people) == pytest.approx(share, abs=0.015)
    both = sum(one == other == "holdout" for one, other in zip(drawn[AUTUMN], drawn[WINTER], strict=True))
    assert both / len(people) == pytest.approx(0.04, abs=0.01)


@given(st.floats(0, 1, exclude_max=True), st.floats(0, 0.5), st.lists(st.integers(1, 1000), min_size=1, max_size=10))
def test_everybody_has_a_group(draw: float, holdout: float, weights: list[int]) -> None:
    variants = [{"code": str(at), "weight": weight} for at, weight in enumerate(weights)]
    arm = arm_of(draw, holdout, variants)
    assert (arm == "holdout") == (draw < holdout)
    assert arm in {"holdout", *(variant["code"] for variant in variants)}
