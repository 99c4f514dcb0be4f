"""Reading answers against their questions, and which are low. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter

from services.engagement.surveys.answers.schemas import LONGEST, Taken
from services.engagement.surveys.schemas import Question
from shared.errors import FieldError, Invalid

SCALES = {"csat": (1, 5), "rating": (1, 5), "nps": (0, 10)}
QUESTIONS: TypeAdapter[list[Question]] = TypeAdapter(list[Question])

Form = Mapping[str, Sequence[str]]


def questions_of(stored: Any) -> list[Question]:
    """The questions of a version."""
    return QUESTIONS.validate_python(stored)


def from_form(questions: Sequence[Question], form: Form) -> dict[str, Any]:
    """The answers of a sent page, as a front end would send them; an empty field is no answer."""
    found: dict[str, Any] = {}
    for question in questions:
        values = [value.strip() for value in form.get(question.code, ()) if value.strip()]
        if not values:
            continue
        if question.kind == "choice" and question.multiple:
            found[question.code] = values
        else:
            number = question.kind in SCALES and values[0].isascii() and values[0].isdigit() and len(values[0]) <= 2
            found[question.code] = int(values[0]) if number else values[0]
    return found


def read(questions: Sequence[Question], given: Mapping[str, Any]) -> Taken:
    """Answers that fit their questions. Raises Invalid with a fault for each that does not, and for none at all."""
    known = {question.code: question for question in questions}
    present = {code: value for code, value in given.items() if value not in (None, "", [])}
    faults = [_fault(code, "unknown", "no such question") for code in given if code not in known]
    faults += [
        _fault(q.code, "required", "this needs an answer") for q in questions if q.required and q.code not in present
    ]
    answered = {code: value for code, value in present.items() if code in known}
    faults += [fault for code, value in answered.items() if (fault := _misfit(known[code], value))]
    if not faults and not answered:
        faults.append(FieldError("answers", "required", "answer at least one question"))
    if faults:
        raise Invalid("Some answers do not fit.", errors=faults)
    return _taken(known, answered)


def is_low(taken: Taken, low_score: Mapping[str, Any] | None) -> bool:
    """Whether somebody should care at once."""
    bounds = low_score or {}
    return any(
        value is not None and bound is not None and value <= bound
        for value, bound in ((taken.csat, bounds.get("csat_at_most")), (taken.nps, bounds.get("nps_at_most")))
    )


def stored(taken: Taken) -> dict[str, Any]:
    """The answers as columns."""
    return asdict(taken)


def _misfit(question: Question, value: Any) -> FieldError | None:
    if question.kind in SCALES:
        return _off_scale(question, value)
    return _unspeakable(question, value) if question.kind == "text" else _unchoosable(question, value)


def _off_scale(question: Question, value: Any) -> FieldError | None:
    low, high = SCALES[question.kind]
    if isinstance(value, bool) or not isinstance(value, int):
        return _fault(question.code, "type", "this is a number")
    if low <= value <= high:
        return None
    return _fault(question.code, "too_small" if value < low else "too_large", f"from {low} to {high}")


def _unspeakable(question: Question, value: Any) -> FieldError | None:
    if not isinstance(value, str):
        return _fault(question.code, "type", "this is words")
    return _fault(question.code, "too_long", f"up to {LONGEST} characters") if len(value) > LONGEST else None


def _unchoosable(question: Any, value: Any) -> FieldError | None:
    chosen = value if isinstance(value, list) else [value]
    if isinstance(value, list) and not question.multiple:
        return _fault(question.code, "type", "choose one")
    if set(chosen) <= {option.code for option in question.options} and len(set(chosen)) == len(chosen):
        return None
    return _fault(question.code, "not_allowed", "that is not to choose from")


def _taken(known: Mapping[str, Question], answered: Mapping[str, Any]) -> Taken:
    taken = Taken(
        nps=next((value for code, value in answered.items() if known[code].kind == "nps"), None),
        csat=next((value for code, value in answered.items() if known[code].kind == "csat"), None),
    )
    for code, value in answered.items():
        question = known[code]
        if question.kind == "rating":
            taken.ratings[question.aspect] = value
        elif question.kind == "choice":
            taken.choices[code] = value if isinstance(value, list) else [value]
        elif question.kind == "text":
            taken.texts[code] = value
    return taken


def _fault(code: str, kind: str, message: str) -> FieldError:
    return FieldError(f"answers.{code}", kind, message)
