"""Fitting the model of purchases, and reading the models that count."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.scoring.horizons import usecases as horizons
from services.scoring.horizons.rules import Horizons
from services.scoring.models import repository, rules
from services.scoring.models.rules import PurchaseModel, Standards
from services.scoring.models.tables import Model, ModelStatus
from shared.errors import Conflict, NotFound

PURCHASES = "purchases"
T = TypeVar("T")
_KEPT: dict[str, tuple[UUID, Any]] = {}  # a model never changes, so what was made of it holds
CHALLENGERS = frozenset({"churn", "spend", "high_value", "high_ticket"})  # the kinds that come and go by choice


def standards(session: Session) -> Standards:
    """What counts now, schemes and models: read once where several answers shall rest on the same."""
    return repository.standards(session)


def purchases(session: Session, known: Standards | None = None) -> PurchaseModel:
    """The model of purchases that counts; the prior before the first review."""
    return loaded(session, PURCHASES, PurchaseModel.load, known) or rules.prior()


def loaded(
    session: Session, kind: str, load: Callable[[Mapping[str, Any]], T], known: Standards | None = None
) -> T | None:
    """What `load` makes of the model that counts, kept in this process as long as that model does."""
    model_id = repository.id_in_force(session, kind) if known is None else known.models.get(kind)
    if model_id is None:
        return None
    if _KEPT.get(kind, (None, None))[0] != model_id:
        _KEPT[kind] = model_id, load(repository.get(session, model_id).content)
    kept: T = _KEPT[kind][1]
    return kept


def in_use(session: Session) -> PurchaseModel:
    """The model of purchases with the usual horizon: the scheme's, else the measured one."""
    return with_horizons(session)[0]


def with_horizons(session: Session) -> tuple[PurchaseModel, Horizons]:
    """The same, and the rule that the horizon of each customer follows from."""
    model = purchases(session)
    rule = horizons.in_force(session, model.horizon_days)
    return replace(model, horizon_days=rule.usual), rule


def fit_purchases(session: Session, zone: ZoneInfo, now: datetime) -> PurchaseModel:
    """Learn from everybody who has bought, and put it in force."""
    base = rules.Base(
        histories=repository.histories(session, now.astimezone(zone).date().isoformat()),
        spend=repository.spend(session),
        usual_gap=repository.usual_gap(session, str(zone)),
        margin=repository.margin(session),
    )
    if not base.histories:
        return rules.prior()
    model, card = rules.fitted(base)
    put_in_force(session, PURCHASES, model.content(), card, now)
    return model


def in_force(session: Session, kind: str) -> Model | None:
    """The model of a kind that counts."""
    return repository.in_force(session, kind)


def put_in_force(session: Session, kind: str, content: dict[str, Any], card: dict[str, Any], now: datetime) -> Model:
    """Store a fit that counts from now on."""
    model = repository.add(session, kind, content, card, now)
    repository.promote(session, model)
    return model


def offer(session: Session, kind: str, content: dict[str, Any], card: dict[str, Any], now: datetime) -> Model:
    """Store a fit as a candidate: it counts once it is promoted."""
    return repository.add(session, kind, content, card, now)


def newest(session: Session, kinds: Sequence[str]) -> dict[str, datetime]:
    """When each kind was fitted last, whatever became of it; a kind that never was is absent."""
    return repository.fitted_at(session, kinds)


def latest(session: Session, kind: str) -> Model:
    """The newest fit of a kind, whatever became of it; raises NotFound."""
    return repository.latest(session, kind)


def promote(session: Session, model_id: UUID) -> Model:
    """Put a candidate or a retired challenger in force. Raises NotFound, and Conflict for models of other kinds."""
    model = repository.get(session, model_id)
    if model.kind not in CHALLENGERS:
        raise Conflict(f"Models of kind {model.kind} change with their own job only.", code="invalid_transition")
    if model.status is not ModelStatus.IN_FORCE:
        repository.promote(session, model)
    return model


def fall_back(session: Session, kind: str) -> None:
    """Use no challenger of a kind: what needs no training answers again. Raises NotFound when none is in force."""
    if kind not in CHALLENGERS or repository.in_force(session, kind) is None:
        raise NotFound(f"No challenger of kind {kind} is in force.")
    repository.retire(session, kind)
