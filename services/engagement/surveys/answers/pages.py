"""The answer page, in Chinese and English, without scripts."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from services.engagement.surveys.answers.rules import SCALES, questions_of
from services.engagement.surveys.answers.schemas import LONGEST, PublicSurvey
from services.engagement.surveys.schemas import Question
from services.engagement.surveys.wording.pages import ASPECTS, FAULTS, MARKS, WORDS
from shared.errors import FieldError
from shared.web.pages import document

Form = Mapping[str, Sequence[str]]


def answer_page(
    shown: PublicSurvey, token: str, locale: str, *, given: Form | None = None, faults: Iterable[FieldError] = ()
) -> str:
    """The survey as a form that goes to `<its own path>/answers`, with what was given and is wrong with it."""
    say, title = WORDS[locale], _said(shown.titles, locale)
    wrong = {fault.field.removeprefix("answers."): FAULTS[locale].get(fault.code, say["wrong"]) for fault in faults}
    questions = questions_of(shown.questions)
    form = f'<form method="post" action="{escape(token)}/answers?locale={locale}">'
    asked = "".join(_question(one, locale, (given or {}).get(one.code, ()), wrong.get(one.code)) for one in questions)
    ticket = f'<input type="hidden" name="ticket" value="{escape(shown.ticket)}">' if shown.ticket else ""
    decline = f'<input type="hidden" name="decline" value="1"><button class="second">{say["decline"]}</button></form>'
    parts = [
        _other(locale),
        f"<h1>{_marked(title, locale)}</h1><p>{say['about']}</p>",
        _refusal(questions, wrong, locale) if wrong else "",
        f"{form}{ticket}{asked}<p><button>{say['send']}</button></p></form>",
        f'<div class="aside">{form}{decline}</div>' if shown.kind == "invited" else "",
        f'<p class="quiet">{say["kept" if shown.kind == "invited" else "anonymous"]}</p>',
    ]
    return document(("! " if wrong else "") + title[0], "".join(parts), locale)


def thanks_page(shown: PublicSurvey, locale: str, *, status: str) -> str:
    """What is left to say once it was answered, or declined."""
    say, title = WORDS[locale], _said(shown.titles, locale)
    content = (
        f"{_other(locale)}<h1>{_marked(title, locale)}</h1>"
        f'<section class="card"><p class="said" role="status">{say[status]}</p></section>'
    )
    return document(title[0], content, locale)


def _question(question: Question, locale: str, given: Sequence[str], fault: str | None) -> str:
    if question.kind == "text":
        return _text(question, locale, given, fault)
    code = escape(question.code)
    inside = _options(question, locale, given) if question.kind == "choice" else _scale(question, locale, given)
    told = f'<p class="fault" id="f-{code}">{escape(fault)}</p>' if fault else ""
    described = f' aria-describedby="f-{code}"' if fault else ""
    return (
        f'<fieldset class="card" id="q-{code}"{described}><legend>{_title(question, locale)}</legend>'
        f"{told}{inside}</fieldset>"
    )


def _title(question: Question, locale: str) -> str:
    needed = f' <span class="quiet">{WORDS[locale]["needed"]}</span>' if question.required else ""
    return _marked(_words(question, locale), locale) + needed


def _words(question: Question, locale: str) -> tuple[str, str]:
    if question.titles:
        return _said(question.titles, locale)
    if question.kind == "rating":
        return ASPECTS[locale].get(question.aspect, question.aspect), locale
    return WORDS[locale][question.kind], locale


def _scale(question: Question, locale: str, given: Sequence[str]) -> str:
    low, high = SCALES[question.kind]
    words, wide = MARKS[locale].get(question.kind, MARKS[locale]["rating"]), question.kind == "nps"
    marks = "".join(
        f'<label class="mark"><input type="radio" name="{escape(question.code)}" value="{value}"'
        f"{_if(str(value) in given, 'checked')}{_if(question.required, 'required')}>"
        f"<span>{value}</span>{'' if wide else _word(words[value])}</label>"
        for value in range(low, high + 1)
    )
    ends = f'<p class="ends"><span>{low}: {words[low]}</span><span>{high}: {words[high]}</span></p>' if wide else ""
    return f'<div class="scale{" wide" * wide}">{marks}</div>{ends}'


def _word(word: str) -> str:
    return f'<span class="word">{word}</span>'


def _options(question: Any, locale: str, given: Sequence[str]) -> str:
    kind = "checkbox" if question.multiple else "radio"
    needed = question.required and not question.multiple
    return "".join(
        f'<label class="choice"><input type="{kind}" name="{escape(question.code)}" value="{escape(one.code)}"'
        f"{_if(one.code in given, 'checked')}{_if(needed, 'required')}>"
        f"<span>{_marked(_said(one.titles, locale), locale)}</span></label>"
        for one in question.options
    )


def _text(question: Question, locale: str, given: Sequence[str], fault: str | None) -> str:
    code = escape(question.code)
    told = f'<span class="fault" id="f-{code}">{escape(fault)}</span>' if fault else ""
    described = f' aria-describedby="f-{code}" aria-invalid="true"' if fault else ""
    return (
        f'<section class="card"><label class="field"><span class="asked">{_title(question, locale)}</span>{told}'
        f'<textarea id="q-{code}" name="{code}" rows="4" maxlength="{LONGEST}"'
        f"{_if(question.required, 'required')}{described}>{escape(next(iter(given), ''))}</textarea></label></section>"
    )


def _refusal(questions: Sequence[Question], wrong: Mapping[str, str], locale: str) -> str:
    named = {one.code: _words(one, locale) for one in questions}
    items = "".join(
        f'<li><a href="#q-{escape(code)}">{_marked(named[code], locale)}</a>: {escape(fault)}</li>'
        if code in named
        else f"<li>{escape(fault)}</li>"
        for code, fault in wrong.items()
    )
    return f'<section class="card refused" role="alert"><h2>{WORDS[locale]["again"]}</h2><ul>{items}</ul></section>'


def _said(titles: Any, locale: str) -> tuple[str, str]:
    """The words in this language, else in the other one, and which it is."""
    other = "en" if locale == "zh" else "zh"
    own = getattr(titles, locale)
    return (own, locale) if own else (getattr(titles, other) or "", other)


def _marked(said: tuple[str, str], locale: str) -> str:
    words, spoken = escape(said[0]), said[1]
    return words if spoken == locale else f'<span lang="{spoken}">{words}</span>'


def _other(locale: str) -> str:
    other = "en" if locale == "zh" else "zh"
    return f'<p class="other"><a href="?locale={other}" lang="{other}">{WORDS[locale]["other"]}</a></p>'


def _if(holds: bool, attribute: str) -> str:
    return f" {attribute}" if holds else ""
