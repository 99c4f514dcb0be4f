"""Models as plain JSON: numbers and names, with a version, and nothing that runs when it is read."""

from typing import Any

FORMAT, VERSION = "guanxi.model", 1


def begun(kind: str) -> dict[str, Any]:
    """The head of a document."""
    return {"format": FORMAT, "version": VERSION, "kind": kind}


def require(document: Any, kind: str) -> None:
    """ValueError unless this is a document of such a model in a version that we read."""
    head = {name: document.get(name) for name in ("format", "version", "kind")} if isinstance(document, dict) else None
    if head != begun(kind):
        raise ValueError(f"This is no {kind} model of version {VERSION}: {head}.")
