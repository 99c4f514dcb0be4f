"""HTTP: `/sla-policies`."""

from uuid import UUID

from services.engagement.slas.policies import usecases
from services.engagement.slas.policies.schemas import NewSlaPolicy, SlaPolicyOut, SlaPolicyPatch
from services.engagement.slas.policies.tables import SlaPolicy
from shared.web.dependencies import IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/sla-policies", tag="SLA policies")


@router.get("", scope="engagement:read")
def list_policies(session: ReadSession, page: Page) -> Listing[SlaPolicyOut]:
    """Policies by rank: the lowest that fits counts, else the default."""
    return usecases.listed(session, page)  # type: ignore[return-value]


@router.post("", scope="engagement:admin", status_code=201, location="/sla-policies/{id}", response_model=SlaPolicyOut)
def create_policy(body: NewSlaPolicy, session: WriteSession, now: Now) -> SlaPolicy:
    """Promise answers and ends in time, for what opens from now on."""
    return usecases.create(session, body, now)


@router.get("/{policy_id}", scope="engagement:read", response_model=SlaPolicyOut)
def read_policy(policy_id: UUID, session: ReadSession) -> SlaPolicy:
    """One policy."""
    return usecases.get(session, policy_id)


@router.patch("/{policy_id}", scope="engagement:admin", response_model=SlaPolicyOut)
def edit_policy(policy_id: UUID, body: SlaPolicyPatch, session: WriteSession, if_match: IfMatch, now: Now) -> SlaPolicy:
    """Change a policy (JSON Merge Patch); clocks that run already keep what was promised."""
    return usecases.edit(session, policy_id, body, if_match, now)


@router.delete("/{policy_id}", scope="engagement:admin")
def archive_policy(policy_id: UUID, session: WriteSession, now: Now) -> None:
    """Promise it no more; the default stays until another takes its place."""
    usecases.archive(session, policy_id, now)
