"""What Config's managed rules say of the resources that a template would make, each by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from garrison.assess import choose
from garrison.cli.template.found import Found
from garrison.rules import ActiveRule, Compliance, Inventory, RuleSet, managed_rules
from garrison.templates import Scope
from garrison.templates.items import known_parts, resource_items

_OF_USE = frozenset(
    {
        "CLOUDWATCH_ALARM_ACTION_CHECK",
        "EC2_VOLUME_INUSE_CHECK",
        "IAM_GROUP_HAS_USERS_CHECK",
        "IAM_USER_GROUP_MEMBERSHIP_CHECK",
        "S3_BUCKET_MFA_DELETE_ENABLED",
    }
)
"""Rules about how resources are used later, or about what CloudFormation cannot set."""
_LOOKING_AROUND = frozenset({"S3_BUCKET_PUBLIC_READ_PROHIBITED", "S3_BUCKET_PUBLIC_WRITE_PROHIBITED"})
"""Rules that look at other resources too, and can judge a bucket without them."""


def judged(scope: Scope, patterns: Sequence[str], at: datetime) -> tuple[list[Found], int]:
    """The failures, and how many pairs of rule and resource were decided."""
    made = resource_items(scope, at)
    rules = _applicable(choose(managed_rules(), patterns=patterns).rules, known_parts())
    names = {one.item.arn: one.logical_id for one in made}
    inventory = Inventory(str(scope.pseudo["AWS::AccountId"]), [one.item for one in made], at=at)
    evaluations = [each for one in made for each in RuleSet(rules).judge_item(one.item, inventory)]
    decided = [
        each for each in evaluations if each.verdict.compliance in (Compliance.COMPLIANT, Compliance.NON_COMPLIANT)
    ]
    found = [
        Found(
            source="config-rule",
            code=each.active.name,
            severity=each.active.rule.severity,
            message=each.verdict.annotation or "not obeyed",
            path=("Resources", names[each.item.arn]),
            remedy=each.active.rule.fix,
        )
        for each in decided
        if each.verdict.compliance is Compliance.NON_COMPLIANT and each.item is not None
    ]
    return found, len(decided)


def _applicable(rules: Sequence[ActiveRule], parts: Mapping[str, frozenset[str]]) -> list[ActiveRule]:
    """Those of the rules that read nothing beyond what a template tells."""
    return [one for one in rules if any(_ for _ in _types(one, parts))]


def _types(one: ActiveRule, parts: Mapping[str, frozenset[str]]) -> Iterator[str]:
    name = one.rule.identifier
    if name in _OF_USE or (one.rule.looks_around and name not in _LOOKING_AROUND):
        return
    for kind in one.resource_types:
        if kind in parts and one.rule.reads.get(kind, frozenset()) <= parts[kind]:
            yield kind
