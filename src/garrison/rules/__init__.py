"""AWS Config's managed rules as functions over configuration items, and what applies many of them at once.

    rules = RuleSet([activate(managed_rules()["S3_BUCKET_VERSIONING_ENABLED"])])
    inventory = Inventory("123456789012", items, at=clock.now())
    for evaluation in rules.judge_all(inventory):
        print(evaluation.active.name, evaluation.item, evaluation.verdict)

Everything is pure: values in, values out; the time is the inventory's.
"""

from __future__ import annotations

from collections.abc import Mapping

from garrison.rules.engine import ActiveRule, Evaluation, RuleSet, activate, score
from garrison.rules.inventory import Inventory
from garrison.rules.needs import needs
from garrison.rules.registry import RULES, InvalidParameters, Rule, Trigger
from garrison.rules.verdict import Compliance, Severity, Verdict

__all__ = [
    "ActiveRule",
    "Compliance",
    "Evaluation",
    "InvalidParameters",
    "Inventory",
    "Rule",
    "RuleSet",
    "Severity",
    "Trigger",
    "Verdict",
    "activate",
    "managed_rules",
    "needs",
    "score",
]


def managed_rules() -> Mapping[str, Rule]:
    """Every managed rule that is implemented, by AWS's identifier."""
    from garrison.rules import managed

    managed.load()
    return RULES
