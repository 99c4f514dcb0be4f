"""Links end in the same star whatever the order in which their events arrive."""

from collections.abc import Callable, Sequence
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from shared import linking
from shared.ids import new_id
from shared.linking import CustomerRef

PEOPLE = [new_id() for _ in range(4)]
LINKS = st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)), max_size=12)

Link = tuple[UUID, UUID, int]


@pytest.fixture
def session(session_of: Callable[[str], Session]) -> Session:
    return session_of("shared")


def numbered(links: Sequence[tuple[UUID, UUID]]) -> list[Link]:
    """Links as the owner publishes them: each with the next version of its customer."""
    seen: dict[UUID, int] = {}
    numbered: list[Link] = []
    for customer, to in links:
        seen[customer] = seen.get(customer, 0) + 1
        numbered.append((customer, to, seen[customer]))
    return numbered


def stars(session: Session) -> dict[UUID, UUID]:
    return {
        row.customer_id: row.canonical_id
        for row in session.execute(select(CustomerRef.customer_id, CustomerRef.canonical_id))
    }


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    LINKS.flatmap(lambda some: st.tuples(st.just(numbered(some)), st.permutations(numbered(some) * 2))),
    st.integers(1, 5),
)
def test_links_converge_under_any_order_and_repetition(
    session: Session, pair: tuple[list[Link], list[Link]], size: int
) -> None:
    links, shuffled = pair
    with session.begin_nested() as attempt:
        for start in range(0, len(shuffled) + 1, size):
            linking.point(session, shuffled[start : start + size])
            linking.ensure(session, PEOPLE)
        assert stars(session) == {person: person for person in PEOPLE} | {customer: to for customer, to, _ in links}
        attempt.rollback()


def test_a_stub_never_undoes_a_link(session: Session) -> None:
    customer, other = PEOPLE[:2]
    linking.point(session, [(customer, other, 1)])
    linking.ensure(session, [customer, other])
    assert linking.canonical(session, [customer]) == {customer: other}


def test_the_old_and_the_new_canonical_id_are_told(session: Session) -> None:
    customer, first, second, unheard = PEOPLE
    assert linking.point(session, [(customer, first, 1)]) == {customer, first}
    assert linking.point(session, [(customer, second, 2)]) == {first, second}
    assert linking.point(session, [(customer, first, 1)]) == set()
    assert linking.point(session, [(customer, customer, 3)]) == {second, customer}
    assert linking.canonical(session, [unheard]) == {unheard: unheard}


def test_members_are_all_ids_that_count_as_one(session: Session) -> None:
    a, b, c, unheard = PEOPLE
    linking.ensure(session, [a, b, c])
    linking.point(session, [(b, a, 1)])
    assert linking.members(session, [a, c, unheard]) == {a: sorted([a, b]), c: [c], unheard: [unheard]}
    linking.point(session, [(b, b, 2)])
    assert linking.members(session, [a]) == {a: [a]}


def test_a_statement_finds_the_person_behind_any_of_their_ids(session: Session) -> None:
    root, absorbed, unheard_of = PEOPLE[:3]
    linking.ensure(session, [root])
    linking.point(session, [(absorbed, root, 1)])
    for asked, canonical, members in (
        (root, root, {root, absorbed}),
        (absorbed, root, {root, absorbed}),
        (unheard_of, unheard_of, {unheard_of}),
    ):
        one = literal(asked)
        assert session.scalar(select(linking.counts_as(one))) == canonical
        assert set(session.scalars(linking.person_of(one))) == members
