"""What segment rules may ask of who looks after a customer, in any role unless one is named."""

from services.profile.fields.rules import Facts
from services.profile.fields.schemas import Condition, Field, Kind

ASSIGNMENT = "assignment."
OWNERS = Facts("owners", "customer_owner f", "f.customer_id = p.id", "f.valid_from")
NAMES = {
    "manager_id": ("客户经理", "Account manager"),
    "team_id": ("团队", "Team"),
    "territory_id": ("辖区", "Territory"),
}

FIELDS = tuple(
    Field(
        f"{ASSIGNMENT}{name}",
        *(Kind.LIST, zh, en, OWNERS),
        f"coalesce(jsonb_agg(DISTINCT f.{name}) FILTER (WHERE f.{name} IS NOT NULL AND {{when}}), '[]')",
        empty="'[]'",
        conditions={"role": Condition(Kind.CODE, "f.role")},
        identifiers=True,
    )
    for name, (zh, en) in NAMES.items()
)
