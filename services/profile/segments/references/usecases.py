"""Refusing rules that name what is not there."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.attributes import usecases as attributes
from services.profile.attributes.fields import ATTRIBUTE, words
from services.profile.consents import usecases as consents
from services.profile.managers.fields import ASSIGNMENT
from services.profile.regions import usecases as regions
from services.profile.segments.language.fields import FIELDS
from services.profile.segments.language.rules import leaves, vocabulary
from services.profile.segments.language.schemas import FieldOut, Node
from services.profile.segments.references import repository, rules
from services.profile.signals import usecases as signals
from services.profile.signals.fields import DIMENSION
from shared.errors import FieldError

CONSENT = "consent."


def words_known(session: Session) -> list[FieldOut]:
    """Everything that rules may ask, every declared attribute and dimension by its name."""
    return vocabulary([*words(attributes.declared(session)), *signals.dimensions(session)])


def faults(session: Session, node: Node) -> list[FieldError]:
    """What a rule names that nobody keeps, by JSON pointers."""
    named = [*_purposes(session, node), *_attributes(session, node), *_dimensions(session, node)]
    return [*named, *_owners(session, node), *_regions(session, node)]


def _purposes(session: Session, node: Node) -> list[FieldError]:
    asked = list(leaves(node, CONSENT))
    known = {one.purpose for one in consents.purposes(session)} if asked else set()
    return [
        FieldError(f"{leaf.pointer}/field", "unknown", f"There is no consent purpose {name[:64]}.")
        for name, leaf in asked
        if name not in known
    ]


def _attributes(session: Session, node: Node) -> list[FieldError]:
    asked = any(leaves(node, f"{ATTRIBUTE.name}."))
    return rules.unfit_attributes(node, attributes.declared(session)) if asked else []


def _dimensions(session: Session, node: Node) -> list[FieldError]:
    asked = [leaf for _, leaf in leaves(node, f"{DIMENSION.name}.") if leaf.measure.name not in FIELDS]
    known = {one.name for one in signals.dimensions(session)} if asked else set()
    return [
        FieldError(f"{leaf.pointer}/field", "unknown", f"There is no {leaf.measure.name[:64]}; scoring declares them.")
        for leaf in asked
        if leaf.measure.name not in known
    ]


def _owners(session: Session, node: Node) -> list[FieldError]:
    asked = [(name, leaf, UUID(one)) for name, leaf in leaves(node, ASSIGNMENT) for one in leaf.value or ()]
    known = repository.known(session, {one for _, _, one in asked}) if asked else {}
    return [
        FieldError(f"{leaf.pointer}/value", "reference_not_found", f"There is nobody and nothing of id {one}.")
        for name, leaf, one in asked
        if one not in known[name]
    ]


def _regions(session: Session, node: Node) -> list[FieldError]:
    asked = [leaf for _, leaf in leaves(node, "") if leaf.op == "in_region"]
    unknown = set(regions.unknown(session, {code for leaf in asked for code in leaf.value})) if asked else set()
    return [
        FieldError(f"{leaf.pointer}/value", "reference_not_found", f"There is no region {code}.")
        for leaf in asked
        for code in leaf.value
        if code in unknown
    ]
