"""Which ids are one person, as pure rules."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.profile.links.rules import acceptable, roots
from services.profile.links.schemas import Edge

IDS = [UUID(int=number) for number in range(6)]
EDGES = st.builds(Edge, st.sampled_from(IDS), st.sampled_from(IDS))


@given(st.lists(EDGES, max_size=12))
def test_accepted_edges_absorb_every_id_once_and_never_close_a_circle(edges: list[Edge]) -> None:
    accepted = acceptable(edges, {one: one for one in IDS})
    absorbed = [edge.absorbed_id for edge in accepted]
    assert len(absorbed) == len(set(absorbed))
    found = roots(IDS, accepted)
    assert all(found[root] == root for root in found.values())
    assert len(set(found.values())) == len(IDS) - len(accepted)


@given(st.lists(EDGES, max_size=12), st.randoms())
def test_the_order_of_accepted_edges_does_not_matter(edges: list[Edge], random: object) -> None:
    accepted = acceptable(edges, {one: one for one in IDS})
    shuffled = list(accepted)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert roots(IDS, shuffled) == roots(IDS, accepted)


def test_who_absorbs_an_absorber_has_them_all() -> None:
    a, b, c, *_ = IDS
    assert roots([a, b, c], [Edge(b, a), Edge(a, c)]) == {a: c, b: c, c: c}
    assert roots([a, b, c], [Edge(a, c)]) == {a: c, b: b, c: c}
