"""From what an endpoint returns to the bytes and headers of the answer, in the endpoint's own thread."""

from typing import Any, get_args

import orjson
from fastapi._compat import ModelField
from pydantic import BaseModel
from starlette.responses import Response

from shared.web.csv_answers import columns_of
from shared.web.schemas import Listing

JSON = "application/json"
NO_CONTENT = 204
WITH_LOCATION = frozenset({201, 202})  # made, or begun: a job


class AnswerInvalid(Exception):
    """An endpoint returned what its declared answer does not allow; names the places, never the values."""


class Renderer:
    """Renders the answers of one route."""

    def __init__(self, field: ModelField | None, location: str | None, status: int) -> None:
        self._field = field
        self._location = f"/v1{location}" if location else None
        self._status = status
        item = _item_model(field)
        self.columns = [] if item is None else columns_of(item)
        self.versioned = "version" in getattr(_annotation(field), "model_fields", ())

    def validated(self, result: Any) -> Any:
        """The result as the declared model."""
        if self._field is None:
            return result
        value, faults = self._field.validate(result, {}, loc=("answer",))
        if faults:
            places = sorted({f"{'.'.join(map(str, fault['loc']))}: {fault['type']}" for fault in faults})
            raise AnswerInvalid("; ".join(places))
        return value

    def render(self, result: Any, declared: Response | None) -> Response:
        """The answer; `declared` is the Response on which the endpoint may have set a status or headers."""
        status = (declared.status_code if declared is not None else None) or self._status
        if status == NO_CONTENT:
            return Response(status_code=status)
        value = self.validated(result)
        content = orjson.dumps(value) if self._field is None else self._field.serialize_json(value)
        response = Response(content, status, self._headers(value, status), JSON)
        if declared is not None:
            response.raw_headers.extend(declared.raw_headers)
        return response

    def _headers(self, value: Any, status: int) -> dict[str, str]:
        headers = {}
        version = getattr(value, "version", None)
        if isinstance(version, int):
            headers["ETag"] = f'"{version}"'
        if status in WITH_LOCATION and self._location is not None:
            headers["Location"] = self._location.format_map(_Fields(value))
        return headers


class _Fields(dict[str, Any]):
    """The attributes of an answer, for a template."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self._value = value

    def __missing__(self, name: str) -> Any:
        return self._value[name] if isinstance(self._value, dict) else getattr(self._value, name)


def _annotation(field: ModelField | None) -> Any:
    return None if field is None else field.field_info.annotation


def _item_model(field: ModelField | None) -> type[BaseModel] | None:
    """The item type of a route that answers a Listing."""
    annotation = _annotation(field)
    if not isinstance(annotation, type) or not issubclass(annotation, Listing):
        return None
    (item,) = get_args(annotation.model_fields["items"].annotation)
    return item if isinstance(item, type) and issubclass(item, BaseModel) else None
