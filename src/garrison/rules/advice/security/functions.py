"""Lambda functions on runtimes that get no more security patches."""

from __future__ import annotations

from datetime import timedelta

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.dates import lambda_runtimes
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.metrics import Metric, of_id
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour
from garrison.rules.reading import Unseen, text

FUNCTION = "AWS::Lambda::Function"
SOON = timedelta(days=180)
DAYS = 30
INVOCATIONS = Metric(
    FUNCTION, "AWS/Lambda", "Invocations", of_id("FunctionName"), "Sum", DAYS, is_zero_where_absent=True
)


@check(
    "L4dfs2Q4C5", "aws-lambda-functions-using-deprecated-runtimes", Category.SECURITY, on=FUNCTION,
    metrics=(INVOCATIONS,),
    name="AWS Lambda Functions Using Deprecated Runtimes", chinese_name="使用已弃用运行时的 AWS Lambda 函数",
    columns=(
        "Status", "Region", "Function ARN", "Runtime", "Days to Deprecation", "Deprecation Date",
        "Average Daily Invokes", "Last Updated Time",
    ),
    fix="Move the function to a runtime that is supported (UpdateFunctionConfiguration).",
)  # fmt: skip
def deprecated_runtime(function: Item, inputs: Inputs) -> Advised | None:
    """A function that is no image has a runtime that is not deprecated (red) and will not be within 180 days (yellow).

    Source: AWS Support User Guide, "AWS Lambda Functions Using Deprecated Runtimes"; dates of data/lambda-runtimes.toml.
    """
    if text(function, "packageType") == "Image":
        return None
    runtime = text(function, "runtime")
    if runtime is None:
        raise Unseen("runtime: not in the configuration")
    known = lambda_runtimes()
    if runtime not in known:
        raise Unseen(f"when {runtime} is deprecated is not in the table")
    ends = known[runtime]
    left = ends - inputs.now.date() if ends else None
    status = Status.OK if left is None or left > SOON else Status.WARNING if left > timedelta() else Status.ERROR
    return advised(
        function, status, colour(status), function.region, function.arn, runtime,
        str(left.days) if left is not None else None, ends.isoformat() if ends else None,
        invocations(function, inputs), inputs.now.isoformat(),
    )  # fmt: skip


def invocations(function: Item, inputs: Inputs) -> str | None:
    """How often it is invoked a day; None where that was not measured."""
    try:
        found = inputs.series(INVOCATIONS, function).known
    except Unseen:
        return None
    return f"{sum(found) / DAYS:.1f}"
