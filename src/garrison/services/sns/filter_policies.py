"""Filter policies: which messages a subscription wants, read into matchers.

SNS Developer Guide, "Amazon SNS subscription filter policies" and its pages on matching, constraints, AND/OR logic and payloads.
"""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from garrison import codec
from garrison.services.sns.failures import invalid

MESSAGE_ATTRIBUTES, MESSAGE_BODY = "MessageAttributes", "MessageBody"
LARGEST_POLICY_BYTES = 256 * 1024
MOST_COMBINATIONS = 150
"""Product of the numbers of values, each times its level for the message's body ("Filter policy constraints")."""
MOST_NAMES = 5
MOST_LEVELS = 10
LARGEST_NUMBER = 10**9
_OR = "$or"

Rule = Callable[[list[Any]], bool]
"""Told the values that stand at a place, none where there is nothing there, says whether they will do."""
Matches = Callable[[Mapping[str, Any]], bool]
"""Told attributes or a body, says whether the policy accepts them."""


@lru_cache(maxsize=4096)
def read_filter_policy(text: str, scope: str) -> Matches:
    """A filter policy as a matcher; InvalidParameter where it is none."""
    if len(text.encode()) > LARGEST_POLICY_BYTES:
        raise _wrong("policy is too large")
    try:
        policy = codec.decode(text)
    except (ValueError, RecursionError):
        raise _wrong("failed to parse JSON.") from None
    if not isinstance(policy, dict):
        raise _wrong("Filter policy must be a JSON object")
    reader = _Reader(scope)
    matches = reader.read(policy, 1)
    reader.check()
    return matches


class _Reader:
    """Reads one policy, and counts what there are limits for."""

    def __init__(self, scope: str) -> None:
        self._is_body = scope == MESSAGE_BODY
        self._names = 0
        self._combinations = 1

    def check(self) -> None:
        """Refuse what is too much."""
        if self._names > MOST_NAMES:
            raise _wrong(f"Filter policy can not have more than {MOST_NAMES} keys")
        if self._combinations > MOST_COMBINATIONS:
            raise _wrong("Filter policy is too complex")

    def read(self, policy: dict[str, Any], level: int) -> Matches:
        """All names of an object must match."""
        if level > MOST_LEVELS:
            raise _wrong("Filter policy is nested too deeply")
        parts = [self._read_name(name, value, level) for name, value in policy.items()]
        return lambda found: all(part(found) for part in parts)

    def _read_name(self, name: str, value: Any, level: int) -> Matches:
        if name == _OR and _is_alternative(value):
            alternatives = [self.read(each, level) for each in value]
            return lambda found: any(alternative(found) for alternative in alternatives)
        if isinstance(value, dict):
            if not self._is_body:
                raise _wrong("Filter policy scope MessageAttributes does not support nested filter policy")
            if not value:
                raise _wrong(f'Empty objects are not allowed: "{name[:100]}"')
            nested = self.read(value, level + 1)
            return lambda found: any(isinstance(item, dict) and nested(item) for item in _values(found, name))
        if not isinstance(value, list):
            raise _wrong(f'"{name[:100]}" must be an object or an array')
        if not value:
            raise _wrong(f'Empty arrays are not allowed: "{name[:100]}"')
        self._names += 1
        self._combinations *= len(value) * (level if self._is_body else 1)
        self.check()
        rules = [_rule(each) for each in value]
        return lambda found: any(rule(_values(found, name)) for rule in rules)


def _is_alternative(value: Any) -> bool:
    """Whether `$or` is the operator here: two objects or more, of which no name is an operator's."""
    return (
        isinstance(value, list)
        and len(value) > 1
        and all(isinstance(each, dict) and each and not each.keys() & _OPERATORS.keys() for each in value)
    )


def _values(found: Mapping[str, Any], name: str) -> list[Any]:
    """The values at a name: an array's elements, or the one that there is."""
    if name not in found:
        return []
    value = found[name]
    return value if isinstance(value, list) else [value]


def _rule(value: Any) -> Rule:
    if not isinstance(value, dict):
        return _any_of(_equals(_checked_scalar(value)))
    if len(value) != 1:
        raise _wrong("A match type must have exactly one operator")
    ((operator, operand),) = value.items()
    if operator not in _OPERATORS:
        raise _wrong(f"Unrecognized match type {operator[:100]}")
    return _OPERATORS[operator](operand)


def _any_of(test: Callable[[Any], bool]) -> Rule:
    return lambda values: any(test(value) for value in values)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _checked_scalar(value: Any) -> Any:
    if _is_number(value):
        return _checked_number(value)
    if value is not None and not isinstance(value, (str, bool)):
        raise _wrong("Match value must be String, number, true, false, or null")
    return value


def _checked_number(value: Any) -> float:
    if not _is_number(value) or not math.isfinite(value) or abs(value) > LARGEST_NUMBER:
        raise _wrong(f"Value must be a number from -{LARGEST_NUMBER} to {LARGEST_NUMBER}")
    return float(round(value, 5))


def _equals(wanted: Any) -> Callable[[Any], bool]:
    if _is_number(wanted):
        return lambda value: _is_number(value) and round(value, 5) == wanted
    return lambda value: type(value) is type(wanted) and value == wanted


def _text_test(operand: Any, operator: str, test: Callable[[str, str], bool]) -> Callable[[Any], bool]:
    if not isinstance(operand, str):
        raise _wrong(f"{operator} match pattern must be a string")
    return lambda value: isinstance(value, str) and test(value, operand)


def _prefix(operand: Any) -> Rule:
    return _any_of(_text_test(operand, "prefix", str.startswith))


def _suffix(operand: Any) -> Rule:
    return _any_of(_text_test(operand, "suffix", str.endswith))


def _same_but_for_case(operand: Any) -> Rule:
    return _any_of(_text_test(operand, "equals-ignore-case", lambda value, wanted: value.lower() == wanted.lower()))


def _anything_but(operand: Any) -> Rule:
    """Some value that is none of these: an array that has any other one will do."""
    if isinstance(operand, dict):
        if len(operand) != 1 or not operand.keys() <= {"prefix", "suffix"}:
            raise _wrong("anything-but takes values, a prefix or a suffix")
        ((operator, text),) = operand.items()
        tests = [_text_test(text, operator, str.startswith if operator == "prefix" else str.endswith)]
    else:
        listed = operand if isinstance(operand, list) else [operand]
        if not listed or not all(isinstance(each, str) or _is_number(each) for each in listed):
            raise _wrong("anything-but takes strings or numbers")
        tests = [_equals(_checked_scalar(each)) for each in listed]
    return _any_of(lambda value: not isinstance(value, dict) and not any(test(value) for test in tests))


def _exists(operand: Any) -> Rule:
    if not isinstance(operand, bool):
        raise _wrong("exists match pattern must be either true or false.")
    return lambda values: bool(values) is operand


def _cidr(operand: Any) -> Rule:
    try:
        network = ipaddress.ip_network(operand, strict=False) if isinstance(operand, str) and "/" in operand else None
    except ValueError:
        network = None
    if network is None:
        raise _wrong("Malformed CIDR")
    return _any_of(lambda value: _is_within(value, network))


def _is_within(value: Any, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    try:
        return isinstance(value, str) and ipaddress.ip_address(value) in network
    except ValueError:
        return False


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "=": lambda value, bound: value == bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
}


def _numeric(operand: Any) -> Rule:
    """`["=", 3]`, one bound, or a lower and then an upper one."""
    if not isinstance(operand, list) or len(operand) not in (2, 4):
        raise _wrong("Value of numeric must be an array of one or two comparisons")
    signs = tuple(operand[::2])
    is_range = len(signs) == 2 and signs[0] in (">", ">=") and signs[1] in ("<", "<=")
    if not all(isinstance(sign, str) for sign in signs) or not (
        is_range or (len(signs) == 1 and signs[0] in _COMPARISONS)
    ):
        raise _wrong(f"Unrecognized numeric range operator: {str(signs)[:100]}")
    bounds = [_checked_number(bound) for bound in operand[1::2]]
    if is_range and bounds[0] > bounds[1]:
        raise _wrong("Bottom must be less than top")
    tests = [(_COMPARISONS[sign], bound) for sign, bound in zip(signs, bounds, strict=True)]
    return _any_of(lambda value: _is_number(value) and all(test(round(value, 5), bound) for test, bound in tests))


_OPERATORS: dict[str, Callable[[Any], Rule]] = {
    "anything-but": _anything_but,
    "cidr": _cidr,
    "equals-ignore-case": _same_but_for_case,
    "exists": _exists,
    "numeric": _numeric,
    "prefix": _prefix,
    "suffix": _suffix,
}


def _wrong(reason: str) -> Exception:
    return invalid(f"FilterPolicy: {reason}")
