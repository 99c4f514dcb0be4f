"""Time zones on the wire."""

from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, StringConstraints


def _known_zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("a zone of the IANA database such as Asia/Shanghai")
    return value


ZoneCode = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]
