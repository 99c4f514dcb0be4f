"""A merchant with teams, managers and rules."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from services.profile.assignment_rules import usecases as assignment_rules
from services.profile.assignment_rules.schemas import NewRule
from services.profile.customers import usecases as customers
from services.profile.customers.schemas import STAFF, Change
from services.profile.managers import usecases as managers
from services.profile.managers.schemas import NewManager
from services.profile.teams import usecases as teams
from services.profile.teams.schemas import NewTeam
from shared.runtime import Runtime
from shared.settings import Settings
from shared.testing.databases import Within
from tests.profile.conftest import NewCustomer
from tests.profile.served import _doors, doors

__all__ = ["_doors", "doors"]


class Merchant:
    """Makes what assignments need, by short names."""

    def __init__(self, session: Session, now: datetime, customer: NewCustomer) -> None:
        self.session, self.now, self._customer = session, now, customer

    def team(self, code: str, parent_id: UUID | None = None) -> UUID:
        return teams.create(self.session, NewTeam(code=code, name=code, parent_id=parent_id), self.now).team_id

    def manager(self, code: str, team_id: UUID, **fields: Any) -> UUID:
        body = NewManager(code=code, name=f"name of {code}", team_id=team_id, **fields)
        return managers.create(self.session, body, self.now).manager_id

    def rule(self, code: str, **fields: Any) -> UUID:
        body = NewRule(code=code, name=code, **{"priority": 10, **fields})
        return assignment_rules.create(self.session, body, self.now).rule_id

    def customer(self, region: str | None = None) -> UUID:
        made = self._customer()
        if region:
            self.move(made, region)
        return made

    def move(self, customer_id: UUID, region: str) -> None:
        customers.change(self.session, [Change(customer_id, {"region": region}, STAFF, self.now)], self.now)

    def runtime(self, now: datetime | None = None) -> Runtime:
        return Runtime("profile", Settings(env="test"), Within(self.session), lambda: now or self.now)


@pytest.fixture
def merchant(profile: Session, now: datetime, customer: Callable[..., UUID]) -> Merchant:
    return Merchant(profile, now, customer)
