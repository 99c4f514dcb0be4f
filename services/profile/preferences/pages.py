"""The preference centre and the way out as pages, in Chinese and English."""

from collections.abc import Iterable, Mapping
from html import escape
from zoneinfo import ZoneInfo

from babel.dates import format_date

from services.profile.consents.schemas import MARKETING
from services.profile.preferences.rules import KEEP, LOCALES, PAUSES, cell_of
from services.profile.preferences.schemas import PreferencesOut, Subscription, TopicOut
from shared.web.pages import document

NAMES = {"zh-CN": "简体中文", "en": "English"}
DATES = {"zh": "zh", "en": "en_GB"}
WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "title": "消息偏好",
        "about": "您可以在这里决定收到哪些消息，以及通过什么方式收到。更改立即生效。",
        "other": "English",
        "saved": "已保存。",
        "topics": "想收到的消息",
        "nowhere": "我们还没有您的联系方式，所以不会给您发消息。",
        "ways": "时间与方式",
        "pause": "暂停",
        "pause_none": "不暂停",
        "pause_days": "暂停{n}天",
        "pause_keep": "暂停到{day}",
        "pause_note": "暂停期间只发送收据、验证码等必要通知。",
        "preferred": "首选方式",
        "preferred_none": "没有偏好",
        "language": "消息语言",
        "save": "保存",
        "leave": "退订全部营销信息",
        "leave_note": "与订单和服务有关的通知不受影响。您随时可以回来重新订阅。",
        "leave_button": "全部退订",
        "out": "退订",
        "out_ask": "不再通过{channel}接收“{topic}”？",
        "out_button": "确认退订",
        "out_done": "您已退订：不会再通过{channel}收到“{topic}”。",
        "out_change": "管理其他消息偏好",
        "email": "电子邮件",
        "sms": "短信",
        "wechat": "微信",
        "push": "应用推送",
        "phone": "电话",
        "visit": "上门拜访",
        "any": "任何方式",
    },
    "en": {
        "title": "Message preferences",
        "about": "Choose what you hear from us, and how. Changes count at once.",
        "other": "中文",
        "saved": "Saved.",
        "topics": "What you would like to receive",
        "nowhere": "We know no way to reach you, so we will not write to you.",
        "ways": "When and how",
        "pause": "Pause",
        "pause_none": "No pause",
        "pause_days": "Pause for {n} days",
        "pause_keep": "Pause until {day}",
        "pause_note": "During a pause we only send what is necessary, such as receipts and sign-in codes.",
        "preferred": "Preferred way",
        "preferred_none": "No preference",
        "language": "Language of messages",
        "save": "Save",
        "leave": "Stop all marketing",
        "leave_note": "Notices about your orders and requests are not affected. You can come back at any time.",
        "leave_button": "Unsubscribe from everything",
        "out": "Unsubscribe",
        "out_ask": "Stop receiving “{topic}” by {channel}?",
        "out_button": "Unsubscribe",
        "out_done": "Done: you will not receive “{topic}” by {channel} any more.",
        "out_change": "Change other preferences",
        "email": "e-mail",
        "sms": "text message",
        "wechat": "WeChat",
        "push": "app notification",
        "phone": "phone call",
        "visit": "visit",
        "any": "any way",
    },
}


def centre(present: PreferencesOut, token: str, locale: str, zone: ZoneInfo, *, saved: bool) -> str:
    """The preference centre; its form goes to its own path."""
    say = WORDS[locale]
    form = f'<form method="post" action="{escape(token)}">'
    parts = [
        _other(locale),
        f"<h1>{say['title']}</h1><p>{say['about']}</p>",
        f'<p class="said" role="status">{say["saved"]}</p>' if saved else "",
        f'{form}<section class="card"><h2>{say["topics"]}</h2>{_topics(present, locale)}</section>',
        f'<section class="card"><h2>{say["ways"]}</h2>{_ways(present, locale, zone)}</section>',
        f"<p><button>{say['save']}</button></p></form>",
        f'{form}<section class="card"><h2>{say["leave"]}</h2><p>{say["leave_note"]}</p>',
        f'<button class="second" name="leave" value="{MARKETING}">{say["leave_button"]}</button></section></form>',
    ]
    return document(say["title"], "".join(parts), locale)


def way_out(left: Subscription, preferences: str, token: str, locale: str) -> str:
    """The page behind the link in a message: it asks, and after the form was sent it says that it is done."""
    say = WORDS[locale]
    names = {"topic": escape(_title(left, locale)), "channel": say[left.channel]}
    asking = (
        f'<p>{say["out_ask"].format(**names)}</p><form method="post" action="{escape(token)}">'
        f'<input type="hidden" name="List-Unsubscribe" value="One-Click"><button>{say["out_button"]}</button></form>'
    )
    done = f'<p class="said" role="status">{say["out_done"].format(**names)}</p>'
    content = (
        f'{_other(locale)}<h1>{say["out"]}</h1><section class="card">'
        f"{asking if left.state == 'granted' else done}</section>"
        f'<p><a href="{escape(preferences)}">{say["out_change"]}</a></p>'
    )
    return document(say["out"], content, locale)


def _other(locale: str) -> str:
    other = "en" if locale == "zh" else "zh"
    return f'<p class="other"><a href="?locale={other}" lang="{other}">{WORDS[locale]["other"]}</a></p>'


def _topics(present: PreferencesOut, locale: str) -> str:
    if not present.topics:
        return f'<p class="quiet">{WORDS[locale]["nowhere"]}</p>'
    addresses = {place.channel: place.address for place in present.places}
    groups: dict[str, list[TopicOut]] = {}
    for one in present.topics:
        groups.setdefault(_title(one, locale), []).append(one)
    return "".join(_group(title, some, addresses, locale) for title, some in groups.items())


def _group(title: str, some: Iterable[TopicOut], addresses: Mapping[str, str], locale: str) -> str:
    boxes = "".join(_box(one, addresses[one.channel], locale) for one in some)
    return f"<fieldset><legend>{escape(title)}</legend>{boxes}</fieldset>"


def _box(one: TopicOut, address: str, locale: str) -> str:
    cell, ticked = escape(cell_of(one)), " checked" * (one.state == "granted")
    return (
        f'<input type="hidden" name="shown" value="{cell}">'
        f'<label class="choice"><input type="checkbox" name="topic" value="{cell}"{ticked}>'
        f'<span>{_label(one.channel, locale)} <span class="quiet">{escape(address)}</span></span></label>'
    )


def _ways(present: PreferencesOut, locale: str, zone: ZoneInfo) -> str:
    say = WORDS[locale]
    pauses = [(n, say["pause_days"].format(n=n) if days else say["pause_none"]) for n, days in PAUSES.items()]
    if present.pause_until is not None:
        day = format_date(present.pause_until.astimezone(zone), "long", locale=DATES[locale])
        pauses.insert(0, (KEEP, say["pause_keep"].format(day=day)))
    ways = [("", say["preferred_none"]), *((one.channel, _label(one.channel, locale)) for one in present.places)]
    if present.preferred_channel is not None and present.preferred_channel not in dict(ways):
        ways.append((present.preferred_channel, _label(present.preferred_channel, locale)))
    languages = [(one, NAMES[one]) for one in LOCALES]
    if not present.locale.startswith(("zh", "en")):
        languages.append((present.locale, present.locale))
    spoken = next((one for one in LOCALES if present.locale.startswith(one[:2])), present.locale)
    return (
        _field(say["pause"], "pause", pauses, pauses[0][0], say["pause_note"])
        + _field(say["preferred"], "preferred_channel", ways, present.preferred_channel or "")
        + _field(say["language"], "locale", languages, spoken)
    )


def _field(label: str, name: str, options: Iterable[tuple[str, str]], chosen: str, note: str = "") -> str:
    inside = "".join(
        f'<option value="{escape(value)}"{_spoken(value)}{" selected" * (value == chosen)}>{escape(text)}</option>'
        for value, text in options
    )
    described = f' aria-describedby="{name}-note"' if note else ""
    extra = f'<span class="quiet" id="{name}-note">{note}</span>' if note else ""
    return f'<label class="field"><span>{label}</span><select name="{name}"{described}>{inside}</select>{extra}</label>'


def _label(channel: str, locale: str) -> str:
    word = WORDS[locale][channel]
    return word[0].upper() + word[1:]


def _spoken(value: str) -> str:
    return f' lang="{value}"' if value in NAMES else ""


def _title(one: TopicOut | Subscription, locale: str) -> str:
    return one.titles.get(locale) or next(iter(one.titles.values()), one.purpose)
