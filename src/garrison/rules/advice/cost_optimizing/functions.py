"""Lambda functions that cost more than they have to: failing, running into their timeouts, with more memory than they use."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from statistics import fmean

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.functions import (
    DAYS,
    DURATION,
    ERRORS,
    FUNCTION,
    INVOCATIONS,
    MEMORY,
    MEMORY_DAYS,
    MILLISECONDS,
    SLOWEST_TENTH,
    cost,
    memory_size,
)
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.metrics import DAY
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour, money, percent, plain
from garrison.rules.reading import Unseen, number, text

_MOST_ERRORS = 0.1
_DAYS_A_MONTH = 30
_LEAST_MEMORY, _MEMORY_STEP = 128, 64
_LOW_MEMORY_PERCENT = 50
_HEADROOM = 1.25


@check(
    "L4dfs2Q3C2", "lambda-functions-with-high-error-rates", Category.COST_OPTIMIZING, on=FUNCTION,
    metrics=(INVOCATIONS, ERRORS, DURATION),
    name="AWS Lambda Functions with High Error Rates", chinese_name="错误率高的 AWS Lambda 函数",
    columns=(
        "Status", "Region", "Function ARN", "Max Daily Error Rate", "Date for Max Error Rate", "Average Daily Error Rate",
        "Lost Daily Compute Cost", "Current Day Invokes", "Current Day Error Rate", "Average Daily Invokes",
        "Last Updated Time",
    ),
    fix="Find out from the function's log why it fails, and mend it: failed invocations are paid for, and tried again.",
)  # fmt: skip
def failing_function(function: Item, inputs: Inputs) -> Advised:
    """At most a tenth of a function's invocations fail, on each of the last seven days.

    The current day is the last one that is over.

    Source: AWS Support User Guide, "AWS Lambda functions with high error rates".
    """
    invocations = inputs.series(INVOCATIONS, function).known
    errors = inputs.series(ERRORS, function).known
    shares = [failed / made if made else 0.0 for made, failed in zip(invocations, errors, strict=True)]
    worst = max(range(len(shares)), key=shares.__getitem__)
    status = Status.WARNING if shares[worst] > _MOST_ERRORS else Status.OK
    lost = _lost(function, inputs, sum(errors)) if status is Status.WARNING else None
    return advised(
        function, status,
        colour(status), function.region, function.arn, percent(100 * shares[worst]), _day(inputs, worst),
        percent(100 * sum(shares) / len(shares)), money(lost), plain(invocations[-1]), percent(100 * shares[-1]),
        plain(round(sum(invocations) / len(invocations), 1)), inputs.now.isoformat(),
        savings=lost * _DAYS_A_MONTH if lost is not None else None,
    )  # fmt: skip


def _lost(function: Item, inputs: Inputs, failed: float) -> Decimal | None:
    """What the failed invocations of a day cost, as long as the function takes on average."""
    try:
        durations = inputs.series(DURATION, function).known
    except Unseen:
        return None
    lost = cost(function, inputs, failed, fmean(durations), memory_size(function))
    return None if lost is None else lost / DAYS


def _day(inputs: Inputs, index: int) -> str:
    return (inputs.now - timedelta(days=DAYS - index)).date().isoformat()


@check(
    "L4dfs2Q3C3", "lambda-functions-excessive-timeouts", Category.COST_OPTIMIZING, on=FUNCTION,
    metrics=(INVOCATIONS, SLOWEST_TENTH),
    name="AWS Lambda Functions with Excessive Timeouts", chinese_name="超时过多的 AWS Lambda 函数",
    columns=(
        "Status", "Region", "Function ARN", "Max Daily Timeout Rate", "Date of Max Daily Timeout Rate",
        "Average Daily Timeout Rate", "Function Timeout Settings (millisecond)", "Lost Daily Compute Cost",
        "Average Daily Invokes", "Current Day Invokes", "Current Day Timeout Rate", "Last Updated Time",
    ),
    fix="Find out what the function waits for, or give it the time that it needs.",
)  # fmt: skip
def slow_function(function: Item, inputs: Inputs) -> Advised | None:
    """At most a tenth of a function's invocations run into its timeout, on each of the last seven days.

    CloudWatch does not count timeouts; but where the slowest tenth lasts as long as the timeout, a tenth did.

    Source: AWS Support User Guide, "AWS Lambda functions with excessive timeouts".
    """
    invocations = inputs.series(INVOCATIONS, function).known
    if not any(invocations):
        return None
    limit = (number(function, "timeout") or 3) * MILLISECONDS
    slow = [one is not None and one >= limit for one in inputs.series(SLOWEST_TENTH, function).values]
    status = Status.WARNING if any(slow) else Status.OK
    rates = [">=10%" if one else "<10%" for one in slow]
    worst = slow.index(True) if any(slow) else 0
    made = sum(invocations)
    lost_days = [cost(function, inputs, made * _MOST_ERRORS, limit, memory_size(function))
                 for made, is_slow in zip(invocations, slow, strict=True) if is_slow]  # fmt: skip
    known = [one for one in lost_days if one is not None]
    lost = sum(known, Decimal()) / DAYS if known and len(known) == len(lost_days) else None
    return advised(
        function, status,
        colour(status), function.region, function.arn, rates[worst], _day(inputs, worst) if any(slow) else None, None,
        plain(limit), money(lost), plain(round(made / len(invocations), 1)), plain(invocations[-1]), rates[-1],
        inputs.now.isoformat(),
        savings=lost * _DAYS_A_MONTH if lost is not None else None,
    )  # fmt: skip


@check(
    "COr6dfpM05", "lambda-over-provisioned-memory", Category.COST_OPTIMIZING, on=FUNCTION,
    metrics=(INVOCATIONS, DURATION, MEMORY),
    name="AWS Lambda over-provisioned functions for memory size", chinese_name="内存过度预置的 AWS Lambda 函数",
    columns=(
        "Status", "Region", "Function Name", "Function Version", "Memory Size (MB)", "Recommended Memory Size (MB)",
        "Lookback Period (days)", "Savings Opportunity (%)", "Estimated Monthly Savings",
        "Estimated Monthly Savings Currency", "Last Updated Time",
    ),
    fix="Give the function less memory (UpdateFunctionConfiguration), and see that it does not take longer.",
)  # fmt: skip
def memory_to_spare(function: Item, inputs: Inputs) -> Advised | None:
    """A function that was invoked in the last seven days used half of its memory at least once in 14 days.

    AWS asks Compute Optimizer, whose algorithm is not public; Garrison goes by Lambda Insights' measure of memory, and advises the
    peak and a quarter.

    Source: AWS Support User Guide, "AWS Lambda over-provisioned functions for memory size".
    """
    invocations = inputs.series(INVOCATIONS, function).known
    if not any(invocations) or inputs.is_younger(function, MEMORY_DAYS * DAY):
        return None
    peak = max(inputs.series(MEMORY, function).known, default=None)
    if peak is None:
        raise Unseen("LambdaInsights memory_utilization: never measured")
    memory = memory_size(function)
    enough = max(_LEAST_MEMORY, -(-round(memory * peak / 100 * _HEADROOM) // _MEMORY_STEP) * _MEMORY_STEP)
    is_over = peak < _LOW_MEMORY_PERCENT and enough < memory
    status = Status.WARNING if is_over else Status.OK
    durations = inputs.series(DURATION, function).known
    average = fmean(durations)
    saved = cost(function, inputs, sum(invocations), average, memory - enough) if is_over else None
    savings = saved / DAYS * _DAYS_A_MONTH if saved is not None else None
    return advised(
        function, status,
        colour(status), function.region, function.resource_id, text(function, "version"), plain(memory),
        plain(enough if is_over else memory), str(MEMORY_DAYS),
        percent(100 * (memory - enough) / memory) if is_over else None, money(savings), "USD", inputs.now.isoformat(),
        savings=savings,
        commands=[
            ("lambda", "update-function-configuration", "--function-name", function.resource_id,
             "--memory-size", str(enough)),
        ] if is_over else (),
    )  # fmt: skip
