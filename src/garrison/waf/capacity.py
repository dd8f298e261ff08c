"""Web ACL capacity units (WCU): what rules cost, as AWS WAF counts it.

A text transformation that is applied to the same component in several statements is charged once: the components are transformed once
for all of them. Sources: https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html,
https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-match.html and the pages of each statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from garrison.waf.document import Matching, RateBasedStatement, Rule, Statement
from garrison.waf.document.statements import (
    ByteMatchStatement,
    IPSetReferenceStatement,
    ManagedRuleGroupStatement,
    RegexMatchStatement,
    RegexPatternSetReferenceStatement,
    RuleGroupReferenceStatement,
    SizeConstraintStatement,
    SqliMatchStatement,
    XssMatchStatement,
)

MOST = 5000
"""Of a web ACL, and of a rule group."""
TRANSFORMATION = 10
ALL_ARGUMENTS = 10
CUSTOM_KEY = 30
RATE_BASED = 2
FORWARDED_ANY = 4

_BYTE_MATCH = {"EXACTLY": 2, "STARTS_WITH": 2, "ENDS_WITH": 2, "CONTAINS": 10, "CONTAINS_WORD": 10}
_SQLI = {"LOW": 20, "HIGH": 30}
_BASE: dict[type[Matching], Callable[[Any], int]] = {
    ByteMatchStatement: lambda statement: _BYTE_MATCH[statement.positional_constraint],
    SqliMatchStatement: lambda statement: _SQLI[statement.sensitivity_level],
    XssMatchStatement: lambda _: 40,
    SizeConstraintStatement: lambda _: 1,
    RegexMatchStatement: lambda _: 3,
    RegexPatternSetReferenceStatement: lambda _: 25,
}

GroupCapacity = Callable[[RuleGroupReferenceStatement | ManagedRuleGroupStatement], int]
"""Gives the fixed capacity of a rule group that a statement refers to."""
Transformed = tuple[Any, ...]
"""A component with the transformations applied to it so far."""


def capacity(rules: Iterable[Rule], of_group: GroupCapacity) -> int:
    """What rules cost together; at least 1 WCU where there is a rule."""
    charged: set[Transformed] = set()
    total = sum(_statement(rule.statement, of_group, charged) for rule in rules)
    return total + TRANSFORMATION * len(charged)


def _statement(statement: Statement, of_group: GroupCapacity, charged: set[Transformed]) -> int:
    """What a statement costs besides the transformations, which are put to those that are charged."""
    total = 0
    for member in _members(statement):
        match member:
            case Matching():
                total += _matching(member, charged)
            case IPSetReferenceStatement(forwarded_ip_config=forwarded):
                total += 1 + (FORWARDED_ANY if forwarded is not None and forwarded.position == "ANY" else 0)
            case RateBasedStatement():
                total += RATE_BASED + CUSTOM_KEY * len(member.custom_keys)
                total += _nested(member.scope_down_statement, of_group, charged)
            case RuleGroupReferenceStatement():
                total += of_group(member)
            case ManagedRuleGroupStatement():
                total += of_group(member) + _nested(member.scope_down_statement, of_group, charged)
            case _ if hasattr(member, "statements") or hasattr(member, "statement"):
                inner = getattr(member, "statements", None) or (member.statement,)
                total += sum(_statement(one, of_group, charged) for one in inner)
            case _:
                total += 1  # country, network number, label
    return total


def _nested(statement: Statement | None, of_group: GroupCapacity, charged: set[Transformed]) -> int:
    return 0 if statement is None else _statement(statement, of_group, charged)


def _members(statement: Statement) -> Iterator[Any]:
    for name in statement.__struct_fields__:
        member = getattr(statement, name)
        if member is not None:
            yield member


def _matching(statement: Matching, charged: set[Transformed]) -> int:
    field = statement.field_to_match
    cost = _BASE[type(statement)](statement)
    if field.json_body is not None:
        cost *= 2
    if field.all_query_arguments is not None:
        cost += ALL_ARGUMENTS
    before = tuple(one.type for one in _ordered(statement.pre_parse_text_transformations))
    charged.update((field, before[:end], ()) for end in range(1, len(before) + 1))
    types = [one.type for one in _ordered(statement.text_transformations) if one.type != "NONE"]
    charged.update((field, before, tuple(types[:end])) for end in range(1, len(types) + 1))
    return cost


def _ordered(transformations: Iterable[Any]) -> list[Any]:
    return sorted(transformations, key=lambda one: one.priority)
