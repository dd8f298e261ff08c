"""Check the rules of a web ACL or rule group: by themselves, and with what they refer to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from garrison.services.wafv2.documents import bodies_of, rules_of
from garrison.services.wafv2.faults import invalid
from garrison.services.wafv2.referring import checked_references, used_capacity
from garrison.services.wafv2.resources import Entity, RuleGroup
from garrison.waf.validation import Problem, rule_problems

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.wafv2.naming import Request


class Checked(NamedTuple):
    """What is known of rules that were found right."""

    refers: tuple[str, ...]
    """The ARNs of what they refer to."""
    capacity: int
    """The web ACL capacity units that they use."""


def checked_rules(call: Call, request: Request, scope: str, holder: type[Entity]) -> Checked:
    """The rules of a request, which are refused for the first thing that is wrong with them."""
    try:
        rules, bodies = rules_of(request), bodies_of(request)
    except msgspec.ValidationError as problem:
        raise invalid("STATEMENT", "Rules", str(problem)) from None
    check(rule_problems(rules, bodies, in_group=holder is RuleGroup))
    return Checked(checked_references(call, rules, scope, holder), used_capacity(call, rules))


def check(problems: Iterable[Problem]) -> None:
    """Refuse a request for the first of its problems."""
    for problem in problems:
        raise invalid(problem.field, problem.parameter, problem.reason)
