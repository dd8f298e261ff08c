"""What is measured of Lambda functions: shared by the checks of cost and of performance."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from garrison.items import Item
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.metrics import Metric, of_id
from garrison.rules.reading import number, texts

FUNCTION = "AWS::Lambda::Function"
DAYS, MEMORY_DAYS = 7, 14
MIB_A_GIB = 1024
MILLISECONDS = 1000


def _insights(function: Item) -> Mapping[str, str]:
    return {"function_name": function.resource_id}


INVOCATIONS = Metric(
    FUNCTION, "AWS/Lambda", "Invocations", of_id("FunctionName"), "Sum", DAYS, is_zero_where_absent=True
)
ERRORS = Metric(FUNCTION, "AWS/Lambda", "Errors", of_id("FunctionName"), "Sum", DAYS, is_zero_where_absent=True)
DURATION = Metric(FUNCTION, "AWS/Lambda", "Duration", of_id("FunctionName"), "Average", DAYS, most_gaps=1.0)
SLOWEST_TENTH = Metric(FUNCTION, "AWS/Lambda", "Duration", of_id("FunctionName"), "p90", DAYS, most_gaps=1.0)
MEMORY = Metric(FUNCTION, "LambdaInsights", "memory_utilization", _insights, "Maximum", MEMORY_DAYS, most_gaps=1.0)
"""In percent; measured only where Lambda Insights is on."""


def cost(function: Item, inputs: Inputs, invocations: float, milliseconds: float, mebibytes: float) -> Decimal | None:
    """US dollars for so many invocations of a duration with so much memory; None where the price is not known."""
    architecture = next(iter(texts(function, "architectures")), "x86_64")
    price = inputs.prices.unit("lambda-gb-second", function.region, architecture)
    if price is None:
        return None
    return price * Decimal(str(invocations * milliseconds / MILLISECONDS * mebibytes / MIB_A_GIB))


def memory_size(function: Item) -> float:
    """In mebibytes; 128 where it is not said, as Lambda takes it."""
    return number(function, "memorySize") or 128
