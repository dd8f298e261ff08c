"""Decide whether a resource meets a condition: any of a property's values may meet a comparison; NOT turns the whole answer.

Texts are compared as they are, numbers as numbers also where one side is written as a text, and a block of addresses
(`10.0.0.0/24`) with an address as the range that it is. Source: AWS Config Developer Guide, "Querying the Current Configuration State
of AWS Resources".
"""

from __future__ import annotations

import ipaddress
import math
import operator
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from garrison.inventory.select import expressions
from garrison.inventory.select.documents import Document
from garrison.inventory.select.expressions import Between, Compare, Condition, Like, Not, Scalar

Predicate = Callable[[Document], bool]
_Test = Callable[[Any], bool]
_Range = tuple[int, int, int]
"""IP version, first and last address."""
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def predicate(condition: Condition | None) -> Predicate:
    """What decides a condition."""
    match condition:
        case None:
            return lambda _: True
        case expressions.All(parts):
            needed = [predicate(part) for part in parts]
            return lambda document: all(meets(document) for meets in needed)
        case expressions.Any(parts):
            enough = [predicate(part) for part in parts]
            return lambda document: any(meets(document) for meets in enough)
        case Not(part):
            inner = predicate(part)
            return lambda document: not inner(document)
        case Compare() | Between() | Like():
            test, of = _test(condition), condition.of
            return lambda document: any(test(value) for value in document.values(of))


def _test(condition: Compare | Between | Like) -> _Test:
    match condition:
        case Compare(_, sign, value):
            return _comparing(sign, value)
        case Between(_, low, high):
            return _between(low, high)
        case Like():
            return lambda found: isinstance(found, str) and _is_like(found, condition)


def _comparing(sign: str, value: Scalar) -> _Test:
    block, compare = address_block(value), _SIGNS[sign]

    def test(found: Any) -> bool:
        if block is not None and isinstance(found, str) and "/" in found:
            other = _range(found)
            if other is not None:
                return other[0] == block[0] and _block_is(other, sign, block)
        left, right = _alike(found, value)
        return left is not None and compare(left, right)

    return test


def _between(low: Scalar, high: Scalar) -> _Test:
    first, last = address_block(low), address_block(high)
    at_least, at_most = _comparing(">=", low), _comparing("<=", high)

    def test(found: Any) -> bool:
        if first is not None and last is not None and isinstance(found, str) and "/" in found:
            block = _range(found)
            if block is not None:
                return block[0] == first[0] == last[0] and block[1] <= last[2] and block[2] >= first[1]
        return at_least(found) and at_most(found)

    return test


def _block_is(found: _Range, sign: str, given: _Range) -> bool:
    """Whether a range has addresses that are so: `=` all that are given, `<` any below them."""
    _, first, last = found
    if sign == "=":
        return first <= given[1] and last >= given[2]
    if sign in {"<", "<="}:
        return first < given[1] or (sign == "<=" and first <= given[2])
    return last > given[2] or (sign == ">=" and last >= given[1])


def _is_like(found: str, like: Like) -> bool:
    if not found.startswith(like.prefix):
        return False
    more = len(found) - len(like.prefix)
    return more >= like.more if like.open_ended else more == like.more


def _alike(found: Any, value: Scalar) -> tuple[Any, Any]:
    """Both as values that can be compared; None and None where they cannot."""
    if isinstance(found, bool) or isinstance(value, bool):
        return _word(found), _word(value)
    if isinstance(found, str) and isinstance(value, str):
        return found, value
    left, right = number_of(found), number_of(value)
    if left is None or right is None:
        return (found, str(value)) if isinstance(found, str) else (None, None)
    return left, right


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.lower() if isinstance(value, str) else str(value)


def number_of(value: Any) -> int | float | None:
    """A number, also where it is written as a text; None for anything else."""
    if isinstance(value, int | float):
        return value
    if not isinstance(value, str) or not value or not (value[0].isdigit() or value[0] in "+-."):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def address_block(value: Scalar) -> _Range | None:
    """The addresses that a value of a query stands for, where it is an address or a block of them."""
    return _range(value) if isinstance(value, str) else None


@lru_cache(maxsize=4096)
def _range(text: str) -> _Range | None:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    return network.version, int(network.network_address), int(network.broadcast_address)
