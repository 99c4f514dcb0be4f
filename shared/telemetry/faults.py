"""An exception as a log line may show it: where it happened and what kind it is, but no value it quotes."""

import traceback
from types import TracebackType

from shared.errors import GuanxiError

# What Python says with these is about code; other texts may quote a phone number or a row.
ABOUT_CODE = (AttributeError, TypeError, NameError, AssertionError, ImportError, NotImplementedError, GuanxiError)
DEEPEST_FRAMES = 30


def described(error: BaseException) -> list[str]:
    """The exception and what caused it, the first cause last; each with its innermost frames."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines += [_said(current), *_frames(current.__traceback__)]
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return lines


def _said(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, ABOUT_CODE):
        return f"{name}: {error}"
    return name + _of_database(error)


def _of_database(error: BaseException) -> str:
    """State and names from a database error; its text and detail quote values."""
    named = getattr(error, "diag", None)
    parts = {"state": getattr(error, "sqlstate", None)}
    parts |= {"table": getattr(named, "table_name", None), "constraint": getattr(named, "constraint_name", None)}
    known = [f"{name} {value}" for name, value in parts.items() if value]
    return f" ({', '.join(known)})" if known else ""


def _frames(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-DEEPEST_FRAMES:]
    return [f"  {frame.filename}:{frame.lineno} {frame.name}: {frame.line}" for frame in frames]
