"""The criteria of one customer, and all customers by value."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, RowMapping
from sqlalchemy.orm import Session

from services.scoring.criteria import repository, rules
from services.scoring.criteria.schemas import CODES, NAMES, By, ClassesOut, ClassMemberOut, ClassOut, CriteriaOut
from services.scoring.estimators.histories import Floats
from services.scoring.evidence.rules import Evidence
from services.scoring.levels import usecases as levels
from services.scoring.levels.rules import Held
from services.scoring.models.rules import PurchaseModel
from services.scoring.schemes import usecases as schemes
from services.scoring.scores import usecases as scores
from services.scoring.scores.tables import Score
from services.scoring.values import rules as values
from shared.auth.caller import Caller
from shared.errors import FieldError, Invalid
from shared.money import rounded
from shared.web.dependencies import PageRequest
from shared.web.schemas import Listing, MoneyOut


def of(session: Session, evidence: Evidence, model: PurchaseModel, currency: str) -> CriteriaOut:
    """The criteria as assessed last, with the amounts behind the first. Raises NotFound before that."""
    customer_id = evidence.customer_ids[0]
    score, held = scores.of(session, customer_id), levels.at(session, customer_id, evidence.now)
    in_force = schemes.newest_version(session)
    return answer(evidence, values.predicted(evidence, model), score, held, in_force=in_force, currency=currency)


def answer(
    evidence: Evidence,
    numbers: Mapping[str, Floats],
    score: Score | Row[Any],
    held: Mapping[str, Held],
    *,
    in_force: int,
    currency: str,
) -> CriteriaOut:
    """The criteria of the one customer of the evidence, who has this score and holds these levels.

    `in_force` is the newest version of the schemes.
    """
    value_class = held.get("value_class")
    direct = float(rules.direct(evidence, numbers)[0])
    bought = bool(evidence.buyers[0])
    return CriteriaOut.model_validate(
        {
            "customer_id": evidence.customer_ids[0],
            "as_of": score.as_of,
            "scheme_version": value_class.scheme_version if value_class else in_force,
            **{name: _short(getattr(score, f"criterion_{name}")) for name in NAMES},
            "composite": _short(score.composite),
            "value_class": (value_class.level if value_class else None) or "unknown",
            "direct_value": _money(direct, currency) if bought else None,
            "indirect_value": _money(float(evidence.known("referred_spend")[0]), currency) if bought else None,
            "basis": "revenue" if score.margin_12m is None else "margin",
        }
    )


def classes(session: Session, currency: str) -> ClassesOut:
    """All customers by class, by ABC and as a pyramid."""
    ranked = repository.by_rank(session)
    return ClassesOut(
        classes=_shares([dict(row) for row in repository.by_class(session)], currency),
        abc=_shares(_grouped(ranked, "abc", CODES["abc"]), currency),
        pyramid=_shares(_grouped(ranked, "pyramid", CODES["pyramid"]), currency),
    )


def members(session: Session, by: By, code: str, page: PageRequest, caller: Caller, *, currency: str) -> Listing[Any]:
    """One page of the customers of a class, of a group by ABC or of the pyramid, whom the caller may see.

    Raises Invalid for a code that is none.
    """
    if code not in CODES[by]:
        message = f"By {by}, the code is one of {', '.join(CODES[by])}."
        raise Invalid(message, errors=[FieldError("code", "not_allowed", message)])
    wanted = repository.in_class(code) if by == "class" else repository.in_group(by, code)
    found = repository.listed(session, wanted, page, caller)
    items = [
        ClassMemberOut(
            customer_id=row.customer_id,
            composite=_short(row.composite),
            clv_12m=None if row.clv_12m is None else _money(row.clv_12m, currency),
            net_spend=MoneyOut.of(row.net_spend, currency),
        )
        for row in found.items
    ]
    return Listing(items=items, next_cursor=found.next_cursor)


def _grouped(rows: Iterable[RowMapping], by: str, codes: Sequence[str]) -> list[dict[str, Any]]:
    sums: dict[str, dict[str, Any]] = {code: {"code": code, "customers": 0, "net_spend": Decimal(0)} for code in codes}
    for row in rows:
        sums[row[by]]["customers"] += row["customers"]
        sums[row[by]]["net_spend"] += row["net_spend"]
    return list(sums.values())


def _shares(rows: Sequence[Mapping[str, Any]], currency: str) -> list[ClassOut]:
    customers = sum(row["customers"] for row in rows) or 1
    spend = sum((row["net_spend"] for row in rows), Decimal(0)) or Decimal(1)
    return [
        ClassOut(
            code=row["code"] or "unknown",
            customers=row["customers"],
            share_of_customers=round(row["customers"] / customers, 4),
            net_spend=MoneyOut.of(row["net_spend"], currency),
            share_of_spend=round(float(row["net_spend"] / spend), 4),
        )
        for row in rows
    ]


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _money(amount: float, currency: str) -> MoneyOut:
    return MoneyOut.of(rounded(Decimal(str(amount)), currency), currency)
