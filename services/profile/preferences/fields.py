"""What segment rules may ask of what customers prefer."""

from services.profile.fields.rules import Facts
from services.profile.fields.schemas import Field, Kind

PAUSES = Facts("pauses", "pause f", "true", "f.said_at")  # of all linked ids; what was said last counts

FIELDS = (
    Field(
        "preference.paused_until",
        *(Kind.TIME, "暂停联系至", "Wants to hear nothing until", PAUSES),
        "(array_agg(f.until ORDER BY f.said_at DESC, f.customer_id))[1]",
    ),
)
