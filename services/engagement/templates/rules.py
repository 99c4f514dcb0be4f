"""What is wrong with a draft, what publishing makes of it, and which of its texts a person gets."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.engagement.formats.rules import fallbacks
from services.engagement.language.rules import examples, faults, past_limit, vocabulary
from services.engagement.language.schemas import UNBUILT
from services.engagement.markup.rules import excess, prepare
from shared.errors import FieldError

Texts = Mapping[str, Mapping[str, Mapping[str, Any]]]

TYPES: dict[str, type | tuple[type, ...]] = {"string": str, "number": (int, float), "boolean": bool}
UNSUBSCRIBE = "links.unsubscribe"
FOOTERS = {
    "zh": ("不想再收到这类消息？", "退订", "修改偏好"),
    "en": ("You would rather not get messages like this?", "Unsubscribe", "Change your preferences"),
}


def faults_of(channels: Texts, context: Sequence[str], variables: Mapping[str, Any]) -> list[FieldError]:
    """Everything wrong with a draft's texts, each under its path such as `channels.email.zh.html`."""
    names = vocabulary(context, list(variables))
    found = [
        FieldError(path, fault.code, fault.message)
        for path, source in _sources(channels)
        for fault in faults(source, names)
    ]
    html = [(path, excess(source)) for path, source in _sources(channels) if path.endswith(".html")]
    return found + [FieldError(path, "too_large", said) for path, said in html if said]


def unbuilt(context: Sequence[str]) -> list[FieldError]:
    """Blocks that nothing fills yet: whoever reads the message would miss what it speaks of."""
    return [
        FieldError(f"context.{at}", "not_allowed", f"{block} is not available yet")
        for at, block in enumerate(context)
        if block in UNBUILT
    ]


def excesses(channels: Texts, context: Sequence[str], variables: Mapping[str, Any]) -> list[FieldError]:
    """Texts that exceed a limit of the language when tried with examples of what they may name."""
    tried_with = examples(context, {name: variable["type"] for name, variable in variables.items()})
    return [
        FieldError(path, fault.code, fault.message)
        for path, source in _sources(channels)
        for fault in past_limit(source, tried_with, escape=path.endswith(".html"))
    ]


def published(channels: Texts, purpose: str) -> dict[str, Any]:
    """The texts as they are sent: HTML cleaned and styled in place, a way out added to marketing without one."""
    done = {channel: {locale: dict(text) for locale, text in texts.items()} for channel, texts in channels.items()}
    for locale, text in done.get("email", {}).items():
        if purpose == "marketing":
            text.update(_with_a_way_out(text, locale))
        text["html"] = prepare(text["html"])
    return done


def chosen(channels: Texts, channel: str, locale: str, default: str) -> tuple[str, Mapping[str, Any]] | None:
    """The locale and text for a person: their locale, its language, the default locale; None when there is none."""
    texts = channels.get(channel, {})
    return next(((candidate, texts[candidate]) for candidate in fallbacks(locale, default) if candidate in texts), None)


def missing(variables: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """Required variables that were not given."""
    return [name for name, variable in variables.items() if variable["required"] and given.get(name) in (None, "")]


def misfits(variables: Mapping[str, Any], given: Mapping[str, Any]) -> list[FieldError]:
    """Given values that the template does not declare, or of another type."""
    found = []
    for name, value in given.items():
        if name not in variables:
            found.append(FieldError(f"variables.{name}", "unknown", f"the template has no variable {name}"))
        elif value is not None and not _fits(value, variables[name]["type"]):
            found.append(FieldError(f"variables.{name}", "type", f"{name} must be a {variables[name]['type']}"))
    return found


def _fits(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and isinstance(value, bool) == (kind == "boolean")


def _sources(channels: Texts) -> Iterator[tuple[str, str]]:
    """Every text that the template language reads, with its path."""
    for channel, texts in channels.items():
        for locale, text in texts.items():
            for name, value in text.items():
                if isinstance(value, Mapping):
                    for key, source in value.items():
                        yield f"channels.{channel}.{locale}.{name}.{key}", source
                elif value and name != "provider_template":
                    yield f"channels.{channel}.{locale}.{name}", value


def _with_a_way_out(text: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """What is added so that marketing can be left, where the author forgot it and profile has a page for it."""
    question, leave, change = FOOTERS["zh" if locale.startswith("zh") else "en"]
    added: dict[str, Any] = {}
    if UNSUBSCRIBE not in text["html"]:
        links = f'<a href="{{{{ {UNSUBSCRIBE} }}}}">{leave}</a> · <a href="{{{{ links.preferences }}}}">{change}</a>'
        footer = f'<p style="color:#6b6b6b;font-size:12px">{question} {links}</p>'
        added["html"] = f"{text['html']}{_if_there_is_one(footer)}"
    if text.get("text") and UNSUBSCRIBE not in text["text"]:
        added["text"] = text["text"] + _if_there_is_one(f"\n\n{question}\n{leave}: {{{{ {UNSUBSCRIBE} }}}}\n")
    return added


def _if_there_is_one(footer: str) -> str:
    return f"{{% if {UNSUBSCRIBE} %}}{footer}{{% endif %}}"
