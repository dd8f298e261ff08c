"""Narrow what is looked at: a condition of the file's own columns and signatures that every resource that meets the query meets too.

It never loses a resource that `matching` would take; where it knows nothing (NOT, an order of values) it says nothing.
"""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

from garrison.inventory.select import expressions
from garrison.inventory.select.expressions import STRUCTURES, Compare, Condition, Like
from garrison.inventory.select.matching import address_block, number_of
from garrison.inventory.select.signatures import Signature, merged, wanted

EQUAL = {"resourceType": "r.type", "awsRegion": "r.region", "accountId": "r.account"}
"""Properties whose columns are compared with a value."""
BEGINNING = {"resourceType": "r.type", "resourceId": "r.resource_id", "resourceName": "r.name", "arn": "r.arn"}
"""Properties whose columns are compared with what a value begins with."""
SIGNED = frozenset({"resourceType", "resourceId", "resourceName", "arn", *STRUCTURES})
"""Properties at the top that signatures tell of."""
MOST_ALTERNATIVES = 64
"""Alternatives of one condition that are worth asking the file for."""
_AFTER_ALL = "\U0010ffff"


class Narrowed(NamedTuple):
    """A condition in SQL with its parameters; `signed` where it asks signatures for more than the type."""

    sql: str
    words: tuple[str | int, ...]
    signed: bool


def narrowed(condition: Condition | None) -> Narrowed | None:
    """What every resource that meets the condition meets; None where nothing is known of them."""
    match condition:
        case expressions.All(parts):
            return _all(parts)
        case expressions.Any(parts):
            alternatives = [one for part in parts if (one := narrowed(part)) is not None]
            useful = len(parts) == len(alternatives) <= MOST_ALTERNATIVES
            return _joined(" OR ", alternatives) if useful else None
        case Compare() if (found := _pointed_at((condition,))) is not None:
            return found
        case Compare(of, "=", value) if of.name in EQUAL:
            return Narrowed(f"{EQUAL[of.name]} = ?", (str(value),), False)
        case Compare():
            signature = _bits_of(condition)
            return _signed(signature) if signature is not None else None
        case Like(of, prefix) if of.name in BEGINNING:
            column = BEGINNING[of.name]
            return Narrowed(f"({column} >= ? AND {column} < ?)", (prefix, prefix + _AFTER_ALL), False)
        case _:
            return None


def _all(parts: tuple[Condition, ...]) -> Narrowed | None:
    """What points at a resource alone, where there is any; else single values together: all their bits in one look, with the type's."""
    if (pointed := _pointed_at(parts)) is not None:
        return pointed
    signatures = [bits for part in parts if (bits := _bits_of(part)) is not None]
    found = [one for part in parts if _bits_of(part) is None and (one := narrowed(part)) is not None]
    if signatures:
        types = [_value_bits(part) for part in parts if isinstance(part, Compare) and part.of.name == "resourceType"]
        found.append(_signed(reduce(merged, [*signatures, *(bits for bits in types if bits is not None)])))
    return _joined(" AND ", found) if found else None


def _pointed_at(parts: tuple[Condition, ...]) -> Narrowed | None:
    """By an ARN, or by type and id, which the file has indexes of; a number is left to signatures, as it equals other texts too."""
    named = {
        part.of.name: part.value
        for part in parts
        if isinstance(part, Compare) and part.sign == "=" and isinstance(part.value, str) and _is_plain(part.value)
    }
    if "arn" in named:
        return Narrowed("(r.arn = ?)", (named["arn"],), False)
    if "resourceType" in named and "resourceId" in named:
        return Narrowed("(r.type = ? AND r.resource_id = ?)", (named["resourceType"], named["resourceId"]), False)
    return None


def _is_plain(value: str) -> bool:
    return number_of(value) is None and address_block(value) is None and value.lower() not in {"true", "false"}


def _bits_of(part: Condition) -> Signature | None:
    """What a resource's signature has where it meets the part; None where that is not known, or a column tells better."""
    if not isinstance(part, Compare) or part.of.name in EQUAL or part.of.path[0] not in SIGNED:
        return None
    return _value_bits(part)


def _value_bits(part: Compare) -> Signature | None:
    if part.sign != "=" or address_block(part.value) is not None:
        return None
    return wanted(part.of.path, part.value)


def _signed(bits: Signature) -> Narrowed:
    used = [(place, word) for place, word in enumerate(bits) if word]
    sql = " AND ".join(f"(s.w{place} & ?) = ?" for place, _ in used)
    return Narrowed(f"({sql})", tuple(word for _, word in used for _ in range(2)), True)


def _joined(by: str, found: list[Narrowed]) -> Narrowed:
    sql = by.join(one.sql for one in found)
    return Narrowed(f"({sql})", tuple(word for one in found for word in one.words), any(one.signed for one in found))
