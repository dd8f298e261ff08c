"""Single changes of a policy's JSON: an element more or less in one of its lists, a condition or a statement away."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .document import Statement
from .sources import CompiledSource
from .world import Edit, written

Change = Callable[[dict[str, Any]], None]


def edited(
    source: CompiledSource,
    statement: Statement,
    summary: str,
    change: Change | None,
    breadth: int,
) -> Edit:
    """One statement of a policy changed in place, or taken away where `change` is None."""
    document = json.loads(source.document.text)
    present = document["Statement"]
    statements = list(present) if isinstance(present, list) else [present]
    if change is None:
        del statements[statement.index]
    else:
        change(statements[statement.index])
    after = None
    if statements:
        document["Statement"] = statements if isinstance(present, list) else statements[0]
        after = written(document)
    where = f"statement {statement.sid or statement.index + 1} of {source.name}"
    return Edit(source.kind, source.name, f"{where}: {summary}", source.document.text, after, breadth)


def adding(element: str, value: str) -> Change:
    """Add a value to a list, which may be a single text."""

    def change(raw: dict[str, Any]) -> None:
        raw[element] = [*_listed(raw[element]), value]

    return change


def removing(element: str, value: str) -> Change:
    """Take a value out of a list."""

    def change(raw: dict[str, Any]) -> None:
        raw[element] = [one for one in _listed(raw[element]) if one != value]

    return change


def adding_value(operator: str, key: str, value: str) -> Change:
    """Let a condition on a key take one more value."""

    def change(raw: dict[str, Any]) -> None:
        raw["Condition"][operator][key] = [*_listed(raw["Condition"][operator][key]), value]

    return change


def removing_value(operator: str, key: str, value: str) -> Change:
    """Let a condition on a key take one value less."""

    def change(raw: dict[str, Any]) -> None:
        raw["Condition"][operator][key] = [one for one in _listed(raw["Condition"][operator][key]) if one != value]

    return change


def dropping(operator: str, key: str) -> Change:
    """Drop the condition on a key."""

    def change(raw: dict[str, Any]) -> None:
        del raw["Condition"][operator][key]
        if not raw["Condition"][operator]:
            del raw["Condition"][operator]
        if not raw["Condition"]:
            del raw["Condition"]

    return change


def adding_principal(principal: dict[str, str]) -> Change:
    """Name one more principal."""

    def change(raw: dict[str, Any]) -> None:
        for kind, name in principal.items():
            raw["Principal"][kind] = [*_listed(raw["Principal"].get(kind, [])), name]

    return change


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
