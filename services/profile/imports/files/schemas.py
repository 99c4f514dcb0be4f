"""How a file may be written."""

from dataclasses import dataclass
from typing import Literal

Encoding = Literal["utf-8", "utf-16", "gb18030", "big5", "windows-1252"]
Delimiter = Literal["comma", "semicolon", "tab", "pipe"]
Format = Literal["csv", "jsonl"]


@dataclass(frozen=True, slots=True)
class Layout:
    """How the text of a file is to be read: a table by its delimiter, JSON lines by none."""

    format: Format
    delimiter: Delimiter | None = None
