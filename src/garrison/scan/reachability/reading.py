"""Read items whose names begin with a small letter, as Config's do, or with a capital, as some of its types and AWS's answers do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def value(holder: Any, *path: str) -> Any:
    """What stands at a path of names in lower camel case; None where there is nothing."""
    for name in path:
        if not isinstance(holder, Mapping):
            return None
        holder = holder.get(name, holder.get(name[:1].upper() + name[1:]))
    return holder


def text(holder: Any, *path: str) -> str:
    """A text; empty where there is none. Config wraps some as `{"value": …}`."""
    found = value(holder, *path)
    found = found.get("value") if isinstance(found, Mapping) else found
    return found if isinstance(found, str) else ""


def number(holder: Any, *path: str) -> int | None:
    """A number, which Config also writes as text."""
    found = value(holder, *path)
    if isinstance(found, bool):
        return None
    if isinstance(found, str) and found.lstrip("-").isascii() and found.lstrip("-").isdigit():
        return int(found)
    return int(found) if isinstance(found, int | float) else None


def flag(holder: Any, *path: str) -> bool:
    """A truth value, which Config also writes as text."""
    found = value(holder, *path)
    return found is True or (isinstance(found, str) and found.lower() == "true")


def rows(holder: Any, *path: str) -> list[Mapping[str, Any]]:
    """The objects of a list."""
    found = value(holder, *path)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def texts(holder: Any, *path: str) -> list[str]:
    """The texts of a list."""
    found = value(holder, *path)
    listed = found if isinstance(found, list) else []
    return [one for each in listed if (one := text({"it": each}, "it"))]
