"""Compare what a resource was made as with what it is now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.handlers import Kind
from garrison.templates.changes import value_text
from garrison.templates.changes.differences import differences

IN_SYNC, MODIFIED, DELETED, NOT_CHECKED = "IN_SYNC", "MODIFIED", "DELETED", "NOT_CHECKED"


def drift_of(
    kind: Kind, expected: Mapping[str, Any], shown: Mapping[str, Any], actual: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What of a resource has drifted, as it is kept: only what the stack has set, and nothing that is secret.

    `expected` are its true properties, `shown` the same masked; `actual` is None where it is gone.
    """
    if actual is None:
        return {"StackResourceDriftStatus": DELETED}
    names = [
        name
        for name in expected
        if name in actual and name not in kind.write_only and expected[name] == shown.get(name)
    ]
    found: list[dict[str, Any]] = []
    for name in names:
        before, after = _plain(name, expected[name]), _plain(name, actual[name])
        found += [_difference(*one) for one in differences(before, after, f"/{name}")]
    return {
        "StackResourceDriftStatus": MODIFIED if found else IN_SYNC,
        "ExpectedProperties": {name: expected[name] for name in names},
        "ActualProperties": {name: actual[name] for name in names},
        "PropertyDifferences": found,
    }


def _difference(path: str, before: Any, after: Any) -> dict[str, Any]:
    kind = "ADD" if before is None else "REMOVE" if after is None else "NOT_EQUAL"
    return {
        "PropertyPath": path,
        "ExpectedValue": value_text(before) or "null",
        "ActualValue": value_text(after) or "null",
        "DifferenceType": kind,
    }


def _plain(name: str, value: Any) -> Any:
    """A value without what makes no difference: the order of tags and of lists of texts, numbers as texts."""
    if name == "Tags" and isinstance(value, list):
        return {
            str(tag["Key"]): str(tag.get("Value", "")) for tag in value if isinstance(tag, Mapping) and "Key" in tag
        }
    if isinstance(value, Mapping):
        return {key: _plain("", each) for key, each in value.items() if each is not None}
    if isinstance(value, (list, tuple)):
        plain = [_plain("", each) for each in value]
        return sorted(plain) if all(isinstance(each, str) for each in plain) else plain
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return value
