"""Drafting, publishing and archiving templates."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.templates import repository, rules
from services.engagement.templates.schemas import NewTemplate, TemplatePatch
from services.engagement.templates.tables import Template, TemplateVersion
from shared.db import NOTHING, put
from shared.errors import Conflict, Invalid, NotFound
from shared.ids import new_id
from shared.web.versioned import archived, moved_on, patched, stamps

EDITED = ("purpose", "topic", "context", "variables", "channels")


def create(session: Session, draft: NewTemplate, now: datetime) -> Template:
    """Store a draft. Raises `template_invalid`, or `already_exists` for a code in use."""
    values = _values(draft)
    row = {
        **values,
        "template_id": new_id(),
        "code": draft.code,
        "published_version": None,
        **stamps(now),
    }
    if not put(session, Template, [row], on_conflict=NOTHING, key=["code"], returning=["template_id"]):
        raise Conflict("There is a template of that code already.", code="already_exists")
    return session.get_one(Template, row["template_id"])


def edit(session: Session, template_id: UUID, patch: TemplatePatch, if_match: int, now: datetime) -> Template:
    """Change a draft by a JSON Merge Patch. What runs keeps the published version."""
    template = get(session, template_id, locked=True)
    draft = patched(template, NewTemplate, patch, if_match)
    return moved_on(session, template, now, **_values(draft))


def publish(session: Session, template_id: UUID, now: datetime) -> Template:
    """Freeze the draft as the version that new messages use. Publishing it again changes nothing.

    Raises `template_invalid` for a text that exceeds a limit when it is tried with examples.
    """
    template = get(session, template_id, locked=True)
    if template.published_version == template.version:
        return template
    texts = rules.published(template.channels, template.purpose)
    if errors := rules.excesses(texts, template.context, template.variables):
        raise Invalid("The template would fail when it is sent.", code="template_invalid", errors=errors)
    moved_on(session, template, now)
    template.published_version = template.version
    session.flush()
    kept = {name: getattr(template, name) for name in ("template_id", "version", "code", *EDITED)}
    put(session, TemplateVersion, [{**kept, "channels": texts, "published_at": now}])
    return template


def archive(session: Session, template_id: UUID, now: datetime) -> None:
    """Take a template out of use: it stays readable, and messages that have begun keep it."""
    archived(session, get(session, template_id, locked=True), now)


def get(session: Session, template_id: UUID, *, locked: bool = False) -> Template:
    """One template, archived or not."""
    template = session.get(Template, template_id, with_for_update=locked)
    if template is None:
        raise NotFound("There is no such template.")
    return template


def ensure(session: Session, drafts: Sequence[NewTemplate], now: datetime) -> None:
    """Make and publish templates whose code is not in use yet."""
    known = repository.by_code(session, [draft.code for draft in drafts])
    for draft in drafts:
        if draft.code not in known:
            publish(session, create(session, draft, now).template_id, now)


def by_code(session: Session, codes: Collection[str]) -> dict[str, Template]:
    """Templates by code."""
    return repository.by_code(session, codes)


def frozen(session: Session, keys: Collection[tuple[UUID, int]]) -> dict[tuple[UUID, int], TemplateVersion]:
    """Published versions by template and version."""
    return repository.frozen(session, keys)


def _values(draft: NewTemplate) -> dict[str, Any]:
    """The draft as it is stored: only what was said, checked."""
    values = draft.model_dump(mode="json", include=set(EDITED))
    values["channels"] = {
        channel: {locale: {k: v for k, v in text.items() if v is not None} for locale, text in texts.items()}
        for channel, texts in values["channels"].items()
        if texts
    }
    errors = [*rules.unbuilt(draft.context), *rules.faults_of(values["channels"], draft.context, values["variables"])]
    if errors:
        raise Invalid("The template has mistakes.", code="template_invalid", errors=errors)
    return values
