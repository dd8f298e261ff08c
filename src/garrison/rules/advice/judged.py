"""Checks that say what one of AWS Config's managed rules says, as AWS has many: declared by the rule's identifier alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType

from garrison.items import Item
from garrison.rules import Compliance, managed_rules
from garrison.rules.advice.check import OURS, Category, Check, declare
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.result import Advised, Command, Status
from garrison.rules.advice.showing import colour

COLUMNS = ("Status", "Region", "Resource", "AWS Config Rule", "Input Parameters", "Last Updated Time")
"""AWS's, for every check that is one of Config's rules."""
CONTROL = ("Status", "Region", "Resource", "Last Updated Time")
"""AWS's, for every check that is a control of Security Hub's."""


def judged(
    aws_id: str | None,
    key: str,
    category: Category,
    rule: str,
    *,
    name: str,
    chinese_name: str,
    flagged: Status = Status.WARNING,
    parameters: Mapping[str, str] = MappingProxyType({}),
    columns: tuple[str, ...] = COLUMNS,
    savings: Callable[[Item, Inputs], Decimal | None] | None = None,
    commands: Callable[[Item], list[Command]] | None = None,
) -> None:
    """Declare a check that flags what a managed rule calls NON_COMPLIANT; what it reads, says and advises is the rule's.

    `columns` are some of AWS's for such checks, where a check has not all of them.
    """
    by = managed_rules()[rule]

    def function(*given: object) -> Advised | None:
        item, inputs = (given[0], given[1]) if len(given) > 1 else (None, given[0])
        assert isinstance(inputs, Inputs)
        assert item is None or isinstance(item, Item)
        verdict = inputs.verdict(rule, item, **parameters)
        if verdict.compliance is Compliance.NOT_APPLICABLE:
            return None
        if verdict.compliance is Compliance.COMPLIANT:
            return row(item, inputs, Status.OK, rule, parameters, columns)
        saved = savings(item, inputs) if savings and item else None
        return row(
            item,
            inputs,
            flagged,
            rule,
            parameters,
            columns,
            savings=saved,
            commands=commands(item) if commands and item else (),
        )

    declare(
        Check(
            id=aws_id or OURS + key,
            key=key,
            name=name,
            chinese_name=chinese_name,
            category=category,
            description=by.documentation,
            columns=columns,
            fix=by.fix,
            resource_types=by.resource_types,
            function=function,
            needs=by.reads,
        )
    )


def row(
    item: Item | None,
    inputs: Inputs,
    status: Status,
    rule: str,
    parameters: Mapping[str, str] = MappingProxyType({}),
    columns: tuple[str, ...] = COLUMNS,
    *,
    savings: Decimal | None = None,
    commands: list[Command] | tuple[Command, ...] = (),
) -> Advised:
    """What is said of an item (of the account: None) in the columns of Config's rules."""
    region = item.region if item else "global"
    told = ", ".join(f"{name}: {value}" for name, value in parameters.items())
    resource = item.arn if item else inputs.account
    said = (colour(status), region, resource, rule.lower().replace("_", "-"), told or None, inputs.now.isoformat())
    values = dict(zip(COLUMNS, said, strict=True))
    return Advised(
        item.resource_id if item else inputs.account,
        item.arn if item else f"arn:aws:iam::{inputs.account}:root",
        region,
        status,
        tuple(values[column] for column in columns),
        savings,
        tuple(commands),
    )
