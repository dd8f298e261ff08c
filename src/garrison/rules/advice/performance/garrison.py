"""Garrison advises on itself: rules of Config's that take too long, or fail."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.result import Advised, Status
from garrison.rules.reading import finite, text

RULE = "Garrison::Own::ConfigRule"
SLOW_SECONDS, TOO_SLOW_SECONDS = 60.0, 600.0


@check(
    None, "own-slow-rules", Category.PERFORMANCE, on=RULE,
    name="Garrison: Slow or Failing Rules", chinese_name="Garrison：缓慢或失败的规则",
    columns=("Rule", "Region", "Seconds", "Error"),
    fix="Narrow the rule's scope, have it judge less often, or mend the program or policy behind it.",
)  # fmt: skip
def slow_rule(rule: Item, inputs: Inputs) -> Advised:
    """A Config rule of Garrison's own account judges within a minute, and without errors.

    Source: AWS Config API reference, "ConfigRuleEvaluationStatus".
    """
    seconds, error = finite(rule, "seconds"), text(rule, "error")
    if error:
        status = Status.ERROR
    elif seconds is not None and seconds >= SLOW_SECONDS:
        status = Status.ERROR if seconds >= TOO_SLOW_SECONDS else Status.WARNING
    else:
        status = Status.OK
    shown = None if seconds is None else f"{seconds:.0f}"
    return advised(rule, status, rule.resource_id, rule.region, shown, error)
