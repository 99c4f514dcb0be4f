"""What segment rules may ask of declared attributes: free text and what is personal is encrypted, and cannot be."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.profile.attributes.rules import OPEN, Declared, place
from services.profile.attributes.schemas import NewAttribute
from services.profile.fields.schemas import Bind, Field, Kind, Measure, People

KINDS = {"choice": Kind.CODE, "text": Kind.CODE, "number": Kind.NUMBER, "bool": Kind.BOOL, "day": Kind.TIME}
TYPED = {
    Kind.NUMBER: "({})::numeric",
    Kind.BOOL: "({})::boolean",
    Kind.TIME: "(({})::timestamp AT TIME ZONE :zone)",
}


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """The values in the record that somebody counts as; a day begins at midnight of the merchant's zone."""

    name: str = "attributes"

    def join(self, wanted: Mapping[int, tuple[Field, Measure]], people: People, bind: Bind) -> str:
        """One row for each customer, with the values `v…`."""
        columns = ", ".join(f"{self._value(measure, bind)} AS v{at}" for at, (_, measure) in wanted.items())
        return f"CROSS JOIN LATERAL (SELECT {columns}) {self.name}"

    def value(self, wanted: Field, at: int) -> str:
        """The value, or null."""
        return f"{self.name}.v{at}"

    def _value(self, measure: Measure, bind: Bind) -> str:
        value = f"c.attributes ->> {bind(key_of(measure.name), 'text')}"
        return TYPED.get(measure.kind or Kind.CODE, "({})").format(value)


ATTRIBUTE = Field("attribute", Kind.CODE, "自定义属性", "Attribute", Values(), parameter=True, declared=True)
FIELDS = (ATTRIBUTE,)


def key_of(name: str) -> str:
    """The key in `attribute.<key>`."""
    return name.split(".", 1)[1]


def askable(attribute: NewAttribute) -> bool:
    """Whether its values stand in clear, so that they can be compared."""
    return place(attribute).startswith(f"{OPEN}.")


def words(declared: Declared) -> list[Field]:
    """Every declared attribute as a word of its own."""
    return [_word(one) for _, one in sorted(declared.items())]


def _word(one: NewAttribute) -> Field:
    zh, en = one.titles.zh or one.titles.en or one.key, one.titles.en or one.titles.zh or one.key
    relation = ATTRIBUTE.relation if askable(one) else None
    return Field(f"{ATTRIBUTE.name}.{one.key}", KINDS[one.type], zh, en, relation, values=tuple(one.values))
