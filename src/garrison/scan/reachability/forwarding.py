"""Where a listener of a load balancer sends what comes: its rules by their priority, then its default action.

Sources: Elastic Load Balancing API reference, "Rule", "RuleCondition", "ActionTypeEnum"; Application Load Balancers, "Listener rules".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from garrison.items import Item
from garrison.scan.reachability.network import addresses_of
from garrison.scan.reachability.ranges import LAST, Ranges, intersection
from garrison.scan.reachability.reading import number, rows, text, texts, value

ANYWHERE: Ranges = ((0, LAST[4]),)
_CONFIGURATIONS = {
    "host-header": "hostHeaderConfig",
    "path-pattern": "pathPatternConfig",
    "http-header": "httpHeaderConfig",
    "http-request-method": "httpRequestMethodConfig",
    "query-string": "queryStringConfig",
    "source-ip": "sourceIpConfig",
}
_WORDS = {"host-header": "host", "path-pattern": "path", "http-request-method": "method", "source-ip": "from"}
_EVERYTHING = {"host-header": {"*"}, "path-pattern": {"*", "/*"}, "source-ip": {"0.0.0.0/0"}}
"""Values that whatever comes has."""
_MOST_SAID = 5
"""Values of one condition that are told."""
_LAST = 100_000
"""Behind every priority that AWS allows."""


@dataclass(frozen=True, slots=True)
class Forwarding:
    """A target group that a listener sends to, and when."""

    group: str
    """The target group's ARN."""
    rule: str = ""
    """The rule's ARN; empty for the listener's default action."""
    said: str = ""
    """`host a.example.com, path /admin/*`; what else has to be so."""
    clients: Ranges = ANYWHERE
    """IPv4 addresses of those whom the rule is about."""


def forwardings(listener: Item, rules: list[Item]) -> Iterator[Forwarding]:
    """The target groups of a listener, in the order of its rules; none behind a rule that takes whatever comes."""
    own = [rule for rule in rules if value(rule.configuration, "isDefault") is not True]
    for rule in sorted(own, key=lambda each: _priority(each.configuration)):
        conditions = rows(rule.configuration, "conditions")
        actions = rows(rule.configuration, "actions")
        said = ", ".join([*map(_said, conditions), *_signing_in(actions)])
        for group in _groups(actions):
            yield Forwarding(group, rule.arn, said, _clients(conditions))
        if all(map(_is_everything, conditions)):
            return
    actions = rows(listener.configuration, "defaultActions")
    for group in _groups(actions):
        yield Forwarding(group, said=", ".join(_signing_in(actions)))


def _priority(rule: Mapping[str, Any]) -> int:
    found = number(rule, "priority")
    return _LAST if found is None else found


def _values(condition: Mapping[str, Any]) -> list[str]:
    """A condition's values, in the new form or the old one."""
    name = _CONFIGURATIONS.get(text(condition, "field"), "")
    found = texts(condition, name, "values") or texts(condition, "values")
    pairs = (f"{text(one, 'key')}={text(one, 'value')}".removeprefix("=") for one in rows(condition, name, "values"))
    return found or list(pairs)


def _said(condition: Mapping[str, Any]) -> str:
    field, found = text(condition, "field"), _values(condition)
    word = text(condition, "httpHeaderConfig", "httpHeaderName") or _WORDS.get(field, field)
    more = f" and {len(found) - _MOST_SAID} more" if len(found) > _MOST_SAID else ""
    return f"{word} {' or '.join(found[:_MOST_SAID])}{more}"


def _is_everything(condition: Mapping[str, Any]) -> bool:
    return bool(_EVERYTHING.get(text(condition, "field"), set()).intersection(_values(condition)))


def _clients(conditions: list[Mapping[str, Any]]) -> Ranges:
    found = ANYWHERE
    for condition in conditions:
        if text(condition, "field") == "source-ip":
            found = intersection(found, addresses_of(_values(condition), 4))
    return found


def _signing_in(actions: list[Mapping[str, Any]]) -> list[str]:
    return ["after signing in"] if any(text(one, "type").startswith("authenticate-") for one in actions) else []


def _groups(actions: list[Mapping[str, Any]]) -> dict[str, None]:
    """The target groups of actions that forward, each once; those of weight 0 get nothing."""
    found: dict[str, None] = {}
    for action in actions:
        weighted = rows(action, "forwardConfig", "targetGroups")
        for one in weighted:
            if number(one, "weight") != 0:
                found[text(one, "targetGroupArn")] = None
        if text(action, "targetGroupArn") and not weighted:
            found[text(action, "targetGroupArn")] = None
    return found
