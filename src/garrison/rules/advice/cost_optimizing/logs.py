"""Log groups that keep everything for ever."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour, plain
from garrison.rules.reading import number

_LOG_GROUP = "AWS::Logs::LogGroup"


@check(
    None, "logs-without-retention", Category.COST_OPTIMIZING, on=_LOG_GROUP,
    name="Amazon CloudWatch log groups that never expire", chinese_name="永不过期的 Amazon CloudWatch 日志组",
    columns=("Status", "Region", "Log Group", "Retention (days)"),
    fix="Give the log group a retention (PutRetentionPolicy) as long as its events are needed.",
)  # fmt: skip
def without_retention(group: Item, inputs: Inputs) -> Advised:
    """A log group forgets events after a time; one without a retention keeps them, and is paid for, for ever.

    Source: Amazon CloudWatch Logs User Guide, "Change log data retention"; AWS has no such check of cost.
    """
    kept = number(group, "retentionInDays")
    status = Status.OK if kept else Status.WARNING
    return advised(
        group, status,
        colour(status), group.region, group.resource_id, plain(kept),
        commands=[
            ("logs", "put-retention-policy", "--log-group-name", group.resource_id, "--retention-in-days", "DAYS"),
        ] if status is Status.WARNING else (),
    )  # fmt: skip
