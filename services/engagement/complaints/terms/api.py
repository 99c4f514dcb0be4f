"""HTTP: `/complaint-categories` and `/root-causes`."""

from uuid import UUID

from services.engagement.complaints.terms import usecases
from services.engagement.complaints.terms.schemas import NewTerm, TermKind, TermOut, TermPatch
from services.engagement.complaints.terms.tables import ComplaintTerm
from shared.web.dependencies import IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import ALL, OWN, Router
from shared.web.schemas import Listing


def _router(path: str, tag: str, kind: TermKind) -> Router:
    """The five routes of one tree."""
    routes = Router(path, tag=tag)

    @routes.get("", scope="engagement:read", member=OWN, managers=ALL)
    def list_terms(session: ReadSession, page: Page) -> Listing[TermOut]:
        """The tree, by code: what stands below a code follows it."""
        return usecases.listed(session, kind, page)  # type: ignore[return-value]

    @routes.post("", scope="engagement:write", status_code=201, location=f"{path}/{{id}}", response_model=TermOut)
    def create_term(body: NewTerm, session: WriteSession, now: Now) -> ComplaintTerm:
        """Add a place to the tree."""
        return usecases.create(session, kind, body, now)

    @routes.get("/{term_id}", scope="engagement:read", response_model=TermOut, managers=ALL)
    def read_term(term_id: UUID, session: ReadSession) -> ComplaintTerm:
        """One place of the tree."""
        return usecases.get(session, kind, term_id)

    @routes.patch("/{term_id}", scope="engagement:write", response_model=TermOut)
    def edit_term(term_id: UUID, body: TermPatch, session: WriteSession, if_match: IfMatch, now: Now) -> ComplaintTerm:
        """Change what a place is called (JSON Merge Patch)."""
        return usecases.edit(session, kind, term_id, body, if_match=if_match, now=now)

    @routes.delete("/{term_id}", scope="engagement:write")
    def archive_term(term_id: UUID, session: WriteSession, now: Now) -> None:
        """Use a place no more. What has it keeps it."""
        usecases.archive(session, kind, term_id, now)

    return routes


categories = _router("/complaint-categories", "Complaint categories", "category")
causes = _router("/root-causes", "Root causes", "cause")
