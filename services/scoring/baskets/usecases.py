"""Mining what is bought together: the job, and when it is due."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.scoring.baskets import repository, rules
from services.scoring.baskets.rules import Mined, Tally, Terms
from services.scoring.baskets.schemas import CompanionOut, CompanionReason, CompanionsOut, NewMining
from services.scoring.baskets.tables import Level
from services.scoring.facts import repository as facts
from shared import jobs
from shared.errors import NotFound
from shared.jobs import Job, JobRun
from shared.runtime import Runtime

MINE = "product_rules.mine"
USUAL_SUPPORT = {Level.SKU: 0.001, Level.CATEGORY: 0.01}
FEWEST_ORDERS = 20  # before anything is mined unasked
NIGHT = range(2, 6)  # hours of the business zone


def start(session: Session, service: str, wanted: NewMining, now: datetime) -> Job:
    """Queue a mining. Raises Conflict `job_running` while another one is not finished."""
    return jobs.get(session, jobs.start(session, service, MINE, wanted.model_dump(mode="json"), now))


def consider(runtime: Runtime) -> int:
    """Queue a mining when it is time: at first, then each night that follows new orders; 1 when that happened."""
    now = runtime.now()
    with runtime.database.transaction() as session:
        if not facts.is_quiet(session, now) or jobs.is_unfinished(session, MINE) or not _is_due(session, runtime, now):
            return 0
        start(session, runtime.service, NewMining(), now)
    return 1


def mined_at(session: Session, level: Level) -> datetime | None:
    """Up to when orders were seen by the mining that counts."""
    found = repository.latest(session, level)
    return found.as_of if found else None


def baskets_mined(session: Session) -> int:
    """How many baskets of products the mining that counts has seen."""
    found = repository.latest(session, Level.SKU)
    return found.baskets if found else 0


def mine(runtime: Runtime, job: JobRun) -> dict[str, Any]:
    """Read the baskets, find rules and pairs, and put them in the place of those before; per level what there is."""
    wanted, now = NewMining.model_validate(job.args), runtime.now()
    levels = [wanted.level] if wanted.level else list(Level)
    return {level.value: _mine(runtime, job, level, wanted, now) for level in levels}


def companions(session: Session, sku: str, limit: int) -> CompanionsOut:
    """What is bought together with a product. Raises NotFound for one that nobody knows."""
    if not repository.is_known(session, sku):
        raise NotFound(f"There is no product {sku}.")
    mining = repository.latest(session, Level.SKU)
    found = repository.companions(session, sku, mining.baskets, limit) if mining else []
    return CompanionsOut(sku=sku, items=[_companion(row._asdict()) for row in found], as_of=mining and mining.as_of)


def _companion(row: Mapping[str, Any]) -> CompanionOut:
    numbers = {name: row[name] for name in ("confidence", "lift", "support", "baskets")}
    return CompanionOut(**row, reasons=[CompanionReason(values=numbers)])


def _is_due(session: Session, runtime: Runtime, now: datetime) -> bool:
    last, zone = mined_at(session, Level.SKU), runtime.settings.zone
    if last is None:
        return repository.has_orders(session, FEWEST_ORDERS)
    local = now.astimezone(zone)
    today = last.astimezone(zone).date() == local.date()
    return not today and local.hour in NIGHT and repository.has_new_orders(session, last)


def _mine(runtime: Runtime, job: JobRun, level: Level, wanted: NewMining, now: datetime) -> dict[str, Any]:
    since, tally = now - timedelta(days=wanted.window_days), Tally()
    with runtime.database.reading() as session:
        for portion in repository.baskets(session, level, since, now):
            tally.add(portion)
            job.progress(len(tally))
        known = repository.sold(session, since, now) if level is Level.SKU else {}
    mined = rules.mined(tally, Terms(wanted.min_support or USUAL_SUPPORT[level], wanted.min_confidence))
    with runtime.database.transaction() as session:
        before = repository.latest(session, level)
        row = _row(level, mined, wanted, now) | {"generation": before.generation + 1 if before else 1}
        repository.store(session, row, mined, known)
    job.progress(len(tally), len(tally))
    return {name: row[name] for name in ("generation", "baskets", "items", "pairs", "rules", "min_support")}


def _row(level: Level, mined: Mined, wanted: NewMining, now: datetime) -> dict[str, Any]:
    return {
        "level": level,
        "min_support": mined.min_support,
        "min_confidence": wanted.min_confidence,
        "window_days": wanted.window_days,
        "baskets": mined.baskets,
        "items": len(mined.items),
        "pairs": len(mined.pairs["item"]) if mined.pairs else 0,
        "rules": len(mined.rules.get("item", ())),
        "as_of": now,
    }
