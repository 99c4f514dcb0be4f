"""What is wrong with a draft, which way a survey may go, and what staff are told of one that was paused by itself."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

from services.engagement.alerts.schemas import Escalation
from services.engagement.surveys.schemas import NewSurvey, Question
from services.engagement.surveys.tables import Survey
from shared.errors import FieldError

STEPS: Mapping[str, tuple[str, ...]] = {
    "publish": ("draft", "live", "paused"),
    "pause": ("live",),
    "close": ("live", "paused"),
}


def faults(draft: NewSurvey) -> list[FieldError]:
    """Everything wrong with a draft that its parts alone do not show."""
    return [*_doubles(draft), *_wordless(draft), *_door(draft), *_scores(draft)]


def escalation(survey: Survey, now: datetime) -> Escalation:
    """That a survey, paused just now, names segments that do not count; once it is live again it may be told again."""
    key = f"survey:{survey.survey_id}:{survey.version}"
    facts = {"name": survey.code, "reason": (survey.hindrance or {}).get("code")}
    return Escalation(key, "survey_hindered", survey.survey_id, "lead", now, facts)


def _scores(draft: NewSurvey) -> Iterator[FieldError]:
    """A low score is one of a question that is asked, of somebody who can be called."""
    if draft.low_score is None:
        return
    if draft.kind == "public":
        yield FieldError("low_score", "not_allowed", "nobody knows who answers a public survey")
    asked = {question.kind for question in draft.questions}
    for kind in ("csat", "nps"):
        if getattr(draft.low_score, f"{kind}_at_most") is not None and kind not in asked:
            yield FieldError(f"low_score.{kind}_at_most", "not_allowed", f"the survey does not ask {kind}")


def _doubles(draft: NewSurvey) -> Iterator[FieldError]:
    codes = Counter(question.code for question in draft.questions)
    measures = Counter(_measure(question) for question in draft.questions)
    for at, question in enumerate(draft.questions):
        if codes[question.code] > 1:
            yield FieldError(f"questions.{at}.code", "duplicate", "another question has this code")
        if measures[_measure(question)] > 1:
            yield FieldError(f"questions.{at}.kind", "duplicate", "asked once already")
        if question.kind == "choice" and len({one.code for one in question.options}) < len(question.options):
            yield FieldError(f"questions.{at}.options", "duplicate", "two options have one code")


def _measure(question: Question) -> str:
    """What may be asked only once in a survey."""
    if question.kind == "rating":
        return f"rating:{question.aspect}"
    return question.kind if question.kind in ("csat", "nps") else f"code:{question.code}"


def _wordless(draft: NewSurvey) -> Iterator[FieldError]:
    if not draft.titles:
        yield FieldError("titles", "required", "say it in Chinese or English")
    own = {"quality", "attitude", "logistics", "price", "ease", "repurchase"}
    for at, question in enumerate(draft.questions):
        ours = question.kind in ("csat", "nps", "text") or (question.kind == "rating" and question.aspect in own)
        if not question.titles and not ours:
            yield FieldError(f"questions.{at}.titles", "required", "say it in Chinese or English")
        if question.kind == "choice" and not all(option.titles for option in question.options):
            yield FieldError(f"questions.{at}.options", "required", "every option needs words")


def _door(draft: NewSurvey) -> Iterator[FieldError]:
    """Who is invited needs a letter; who comes by a public link needs none."""
    if draft.kind == "invited":
        if draft.template is None:
            yield FieldError("template", "required", "an invitation needs a template")
        if not draft.channels:
            yield FieldError("channels", "required", "an invitation needs a channel")
        return
    for name in ("template", "channels", "reminder_days", "audience"):
        if getattr(draft, name) != NewSurvey.model_fields[name].get_default():
            yield FieldError(name, "not_allowed", "nobody is invited to a public survey")
    if draft.trigger.kind != "manual":
        yield FieldError("trigger", "not_allowed", "nobody is invited to a public survey")
