"""HTTP: `/templates`. Previews live in `rendering`, which knows customers too."""

from uuid import UUID

from services.engagement.templates import repository, usecases
from services.engagement.templates.schemas import NewTemplate, Purpose, TemplateOut, TemplatePatch, TemplateVersionOut
from services.engagement.templates.tables import Template
from shared.contracts.base import Code
from shared.web.dependencies import IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import ALL, Router
from shared.web.schemas import Listing, Many

router = Router("/templates", tag="Templates")


@router.get("", scope="engagement:read", managers=ALL)
def list_templates(
    session: ReadSession, page: Page, purpose: Many[Purpose] | None = None, topic: Code | None = None
) -> Listing[TemplateOut]:
    """Templates in use, newest first."""
    return repository.listed(session, page, purpose=purpose, topic=topic)  # type: ignore[return-value]


@router.post("", scope="engagement:write", status_code=201, location="/templates/{id}", response_model=TemplateOut)
def create_template(body: NewTemplate, session: WriteSession, now: Now) -> Template:
    """Draft a template. Names that it does not declare are refused as `template_invalid`."""
    return usecases.create(session, body, now)


@router.get("/{template_id}", scope="engagement:read", managers=ALL, response_model=TemplateOut)
def read_template(template_id: UUID, session: ReadSession) -> Template:
    """One template's draft."""
    return usecases.get(session, template_id)


@router.patch("/{template_id}", scope="engagement:write", response_model=TemplateOut)
def edit_template(
    template_id: UUID, body: TemplatePatch, session: WriteSession, if_match: IfMatch, now: Now
) -> Template:
    """Change the draft (JSON Merge Patch)."""
    return usecases.edit(session, template_id, body, if_match, now)


@router.delete("/{template_id}", scope="engagement:write")
def archive_template(template_id: UUID, session: WriteSession, now: Now) -> None:
    """Take a template out of use."""
    usecases.archive(session, template_id, now)


@router.post("/{template_id}/publish", scope="engagement:write", response_model=TemplateOut)
def publish_template(template_id: UUID, session: WriteSession, now: Now) -> Template:
    """Make the draft what new messages say: HTML is cleaned, its styles moved into the tags.

    Texts are tried with examples first: those that loop or write beyond the limits are refused as `template_invalid`.
    """
    return usecases.publish(session, template_id, now)


@router.get("/{template_id}/versions", scope="engagement:read", managers=ALL)
def list_versions(template_id: UUID, session: ReadSession, page: Page) -> Listing[TemplateVersionOut]:
    """What was published, newest first."""
    usecases.get(session, template_id)
    return repository.versions(session, template_id, page)  # type: ignore[return-value]
