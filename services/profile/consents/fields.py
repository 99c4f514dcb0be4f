"""What segment rules may ask of consents: what counts for a purpose on a channel when a message is sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.profile.consents.schemas import ANY, CHANNELS, GRANTED, WITHDRAWN
from services.profile.fields.schemas import Bind, Condition, Field, Kind, Measure, People


@dataclass(frozen=True, slots=True, eq=False)
class Agreements:
    """What counts for each person: the exact purpose and channel, unless a wider entry withdraws later."""

    name: str = "consents"

    def join(self, wanted: Mapping[int, tuple[Field, Measure]], people: People, bind: Bind) -> str:
        """One row for each person who said anything, with the states `v…`."""
        purposes = bind(sorted({_purpose(measure) for _, measure in wanted.values()}), "text[]")
        columns = ", ".join(f"{self._state(measure, bind)} AS v{at}" for at, (_, measure) in wanted.items())
        said = (
            "SELECT p.id, f.purpose, f.channel, max(f.effective_at) AS latest, "
            f"max(f.effective_at) FILTER (WHERE f.state = '{WITHDRAWN}') AS withdrawn "
            f"FROM ({people.linked}) p JOIN consent f ON f.customer_id = p.member "
            f"WHERE f.purpose = ANY({purposes}) OR f.purpose IN "
            f"(SELECT purpose_class FROM consent_purpose WHERE purpose = ANY({purposes})) "
            "GROUP BY p.id, f.purpose, f.channel"
        )
        linked = (
            "SELECT max(m.recorded_at) AS at FROM customer_ref r JOIN link_change m ON m.customer_id = r.customer_id "
            "WHERE r.canonical_id = said.id AND r.customer_id <> r.canonical_id"
        )
        gone = (
            "said.withdrawn IS NOT NULL AND (said.withdrawn = said.latest OR coalesce(said.latest <= linked.at, false))"
        )
        return (
            f"LEFT JOIN (SELECT s.id, {columns} FROM (SELECT said.*, {gone} AS gone FROM ({said}) said "
            f"CROSS JOIN LATERAL ({linked}) linked) s GROUP BY s.id) {self.name} ON {self.name}.id = c.customer_id"
        )

    def value(self, wanted: Field, at: int) -> str:
        """Granted, withdrawn, or unknown when nothing was said."""
        return f"{self.name}.v{at}"

    def _state(self, measure: Measure, bind: Bind) -> str:
        purpose = bind(_purpose(measure), "text")
        channel = bind(measure.where[0].value if measure.where else ANY, "text")
        exact = f"s.purpose = {purpose} AND s.channel = {channel}"
        wider = (
            f"NOT ({exact}) AND s.channel IN ({channel}, '{ANY}') AND (s.purpose = {purpose} OR s.purpose = "
            f"(SELECT purpose_class FROM consent_purpose WHERE purpose = {purpose}))"
        )
        gone_at, given_at = (f"max({{at}}) FILTER (WHERE {wider} AND {gone})" for gone in ("s.gone", "NOT s.gone"))
        gone_at, given_at = gone_at.format(at="s.withdrawn"), given_at.format(at="s.latest")
        return (
            f"CASE WHEN bool_or({exact} AND s.gone) THEN '{WITHDRAWN}' "
            f"WHEN bool_or({exact}) THEN CASE WHEN {gone_at} >= max(s.latest) FILTER (WHERE {exact}) "
            f"THEN '{WITHDRAWN}' ELSE '{GRANTED}' END "
            f"WHEN {gone_at} >= coalesce({given_at}, '-infinity') THEN '{WITHDRAWN}' "
            f"WHEN {given_at} IS NOT NULL THEN '{GRANTED}' END"
        )


def _purpose(measure: Measure) -> str:
    return measure.name.split(".", 1)[1]


FIELDS = (
    Field(
        "consent",
        *(Kind.CODE, "同意状态", "Consent", Agreements()),
        values=(GRANTED, WITHDRAWN),
        parameter=True,
        conditions={"channel": Condition(Kind.CODE, "", values=(ANY, *CHANNELS))},
    ),
)
