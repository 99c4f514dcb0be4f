"""The mapping that says what the columns of a file mean."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from services.profile.instants.schemas import ZoneCode
from shared.web.schemas import Body

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Words = Annotated[dict[Text, Text], Field(max_length=200)]
MOST_COLUMNS = 500
EXAMPLE: dict[str, Any] = {
    "columns": {"订单号": "order_id", "状态": "status", "手机": "phone", "备注": None},
    "defaults": {"source": "shop", "currency": "CNY"},
    "values": {"status": {"已完成": "delivered"}},
    "time_zone": "Asia/Shanghai",
    "decimal": ".",
}


class ImportMapping(Body):
    """What the columns of a file mean: which field each fills, and how its cells are read."""

    model_config = {"json_schema_extra": {"examples": [EXAMPLE]}}

    columns: dict[Name, Name | None] = Field(
        default={}, max_length=MOST_COLUMNS, description="The field of each column; null or absent: not read."
    )
    defaults: dict[Name, Text] = Field(default={}, max_length=100, description="By field, where a cell is empty.")
    values: dict[Name, Words] = Field(default={}, max_length=20, description="By field, what its words stand for.")
    time_zone: ZoneCode = Field(default="Asia/Shanghai", description="Of times that name none.")
    decimal: Literal[".", ","] = Field(default=".", description="What separates decimals; the other one groups.")
