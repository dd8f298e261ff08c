"""Comparing what a host has with what a rule wants, in OVAL's words. Source: OVAL 5.11, OperationEnumeration."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

from garrison.scan.benchmarks.outcome import BadRule
from garrison.scan.benchmarks.patterns import Pattern

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "greater than": operator.gt,
    "greater than or equal": operator.ge,
    "less than": operator.lt,
    "less than or equal": operator.le,
}


def number(text: str) -> int | None:
    """A whole number as configuration files write it; None where it is none."""
    text = text.strip()
    return int(text) if _WHOLE.fullmatch(text) else None


def holds(found: str, operation: str, wanted: str) -> bool:
    """Whether `found` stands to `wanted` as the operation says; orders compare whole numbers, and what is none does not hold."""
    if operation in ("equals", ""):
        return found == wanted or ((mine := number(found)) is not None and mine == number(wanted))
    if operation == "not equal":
        return not holds(found, "equals", wanted)
    if operation == "pattern match":
        return Pattern(wanted).is_in(found)
    if operation not in _ORDERS:
        raise BadRule(f"operation {operation} is not known")
    limit = number(wanted)
    if limit is None:
        raise BadRule(f"{wanted} is no whole number")
    mine = number(found)
    return mine is not None and _ORDERS[operation](mine, limit)
