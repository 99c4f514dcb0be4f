"""Deciding many messages at once: everything the gates look at is read in a few statements."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.channels import rules as channel_rules
from services.engagement.channels import usecases as channels
from services.engagement.channels.schemas import BY_HAND
from services.engagement.credits import usecases as credits
from services.engagement.credits.schemas import Key
from services.engagement.decisions import repository, rules
from services.engagement.decisions.schemas import Case, Decision, Route, Subject
from services.engagement.formats.rules import zone_of
from services.engagement.policies import usecases as policies
from services.engagement.policies.schemas import Policy
from services.engagement.suppressions import usecases as suppressions
from services.engagement.templates import usecases as templates
from services.engagement.templates.rules import chosen, missing
from services.engagement.templates.tables import TemplateVersion
from shared import linking
from shared.settings import Settings

LONGEST_CAP = timedelta(days=90)
Texts = Mapping[str, tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class _Ground:
    """What was read for a batch of subjects."""

    settings: Settings
    policy: Policy
    switched_off: Sequence[str]
    templates: Mapping[tuple[UUID, int], TemplateVersion]
    suppressed: Mapping[tuple[str, str], str]
    canonical: Mapping[UUID, UUID]
    counted: Mapping[UUID, list[tuple[str, datetime]]]
    counting: Sequence[str]  # channels on which each message needs a permission
    credits: dict[Key, int]


def decide(session: Session, settings: Settings, subjects: Sequence[Subject]) -> list[Decision]:
    """One decision for each subject, in their order: what goes out first counts for what comes after it."""
    if not subjects:
        return []
    ground, decisions = _ground(session, settings, subjects), []
    given: dict[tuple[str, UUID], UUID] = {}  # what a person gets once, and to which of their ids it goes
    for each in subjects:
        mine = (each.twin or "", ground.canonical[each.customer_id])
        subject = replace(each, duplicate=True) if given.get(mine, each.customer_id) != each.customer_id else each
        texts = _texts(ground, subject)
        case = _case(ground, subject, texts)
        decision = rules.decide(case)
        decision = replace(decision, route=_route(case, decision, texts))
        if decision.channel and each.twin:
            given[mine] = each.customer_id
        if decision.status == "queued" and decision.channel:
            _count(ground, subject, decision)
        decisions.append(decision)
    return decisions


def _count(ground: _Ground, subject: Subject, decision: Decision) -> None:
    """What goes out now uses up the cap, and the permission where one is needed."""
    if subject.purpose == "marketing" and decision.channel:
        ground.counted[ground.canonical[subject.customer_id]].append((decision.channel, subject.at))
    key = credit_of(decision.route) if decision.route and decision.channel in ground.counting else None
    if key in ground.credits:
        ground.credits[key] -= 1


def credit_of(route: Route) -> Key | None:
    """The permission that a message of this way would use, on a channel where it needs one."""
    template = route.text.get("provider_template")
    return credits.key_of(route.channel, route.contact.value, template) if route.contact and template else None


def _ground(session: Session, settings: Settings, subjects: Sequence[Subject]) -> _Ground:
    canonical = linking.canonical(session, {subject.customer_id for subject in subjects})
    addresses = {(c.channel, c.value) for subject in subjects if subject.person for c in subject.person.contacts}
    ways = channels.all_of(session)
    off = [kind for kind, way in ways.items() if not way.enabled or channel_rules.provider_of(way, settings) is None]
    counting = [kind for kind, way in ways.items() if channel_rules.needs_credit(way, settings)]
    frozen = templates.frozen(session, {(t, v) for t, v in (one.template for one in subjects) if v is not None})
    return _Ground(
        settings=settings,
        policy=policies.current(session),
        switched_off=off,
        templates=frozen,
        suppressed=suppressions.among(session, addresses),
        canonical=canonical,
        counted=repository.counted(session, set(canonical.values()), min(s.at for s in subjects) - LONGEST_CAP),
        counting=counting,
        credits=credits.left(session, _credits_wanted(addresses, frozen.values(), counting)),
    )


def _credits_wanted(
    addresses: Collection[tuple[str, str]], versions: Collection[TemplateVersion], counting: Collection[str]
) -> set[Key]:
    registered = {
        (channel, text["provider_template"])
        for version in versions
        for channel in counting
        for text in version.channels.get(channel, {}).values()
        if text.get("provider_template")
    }
    return {credits.key_of(on, address, one) for on, address in addresses for kind, one in registered if kind == on}


def _texts(ground: _Ground, subject: Subject) -> Texts | str:
    """Locale and text for each channel; or why there is none for any. Who calls or visits may do without one."""
    template_id, version = subject.template
    template = ground.templates.get((template_id, version)) if version is not None else None
    if template is None:
        return "unpublished"
    if missing(template.variables, subject.variables):
        return "variable_missing"
    default = ground.settings.default_locale
    locale = (subject.person and subject.person.locale) or default
    found = {channel: chosen(template.channels, channel, locale, default) for channel in subject.channels}
    unsaid: dict[str, tuple[str, Mapping[str, Any]]] = {
        channel: (locale, {}) for channel in subject.channels if channel in BY_HAND
    }
    return unsaid | {channel: text for channel, text in found.items() if text}


def _route(case: Case, decision: Decision, texts: Texts | str) -> Route | None:
    if decision.channel is None or case.person is None or isinstance(texts, str):
        return None
    contact, (locale, text) = rules.usable(case, decision.channel), texts[decision.channel]
    if contact is None and decision.channel not in rules.UNADDRESSED:
        return None
    return Route(decision.channel, case.person, contact, locale, text)


def _case(ground: _Ground, subject: Subject, texts: Texts | str) -> Case:
    suppressed: dict[str, dict[str, str]] = {}
    for contact in subject.person.contacts if subject.person else []:
        if reason := ground.suppressed.get((contact.channel, contact.value)):
            suppressed.setdefault(contact.channel, {})[contact.value] = reason
    if isinstance(texts, str):
        unwritable = dict.fromkeys(subject.channels, texts)
    else:
        unwritable = {channel: "unpublished" for channel in subject.channels if channel not in texts}
    return Case(
        purpose=subject.purpose,
        topic=subject.topic,
        channels=subject.channels,
        at=subject.at,
        expires_at=subject.expires_at,
        zone=zone_of(subject.person and subject.person.time_zone, ground.settings.business_time_zone),
        policy=ground.policy,
        person=subject.person,
        duplicate=subject.duplicate,
        unwritable=unwritable,
        switched_off=ground.switched_off,
        suppressed=suppressed,
        counted=ground.counted[ground.canonical[subject.customer_id]],
        credits={on: _credits(ground, subject, texts, on) for on in subject.channels if on in ground.counting},
    )


def _credits(ground: _Ground, subject: Subject, texts: Texts | str, channel: str) -> Mapping[str, int]:
    """What is left at each address of the person for the text that they would get on a channel."""
    found = texts.get(channel) if not isinstance(texts, str) else None
    template = found[1].get("provider_template") if found else None
    mine = [one.value for one in rules.contacts(subject.person, channel)] if subject.person and template else []
    return {one: ground.credits.get(credits.key_of(channel, one, str(template)), 0) for one in mine}
