"""Trusted Advisor's checks as functions over configuration items, metrics and prices.

    inputs = Inputs(Inventory("123456789012", items, at=clock.now()), measured, prices)
    for result in advise_all(checks().values(), inputs):
        print(result.check_id, result.status, result.monthly_savings)

Everything is pure: values in, values out; the time is the inventory's. One package a category, one file a service.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from garrison.rules.advice.check import CHECKS, OURS, Category, Check, check, needs
from garrison.rules.advice.engine import advise, advise_all
from garrison.rules.advice.inputs import Inputs, queries
from garrison.rules.advice.metrics import Measured, Metric, MetricQuery, Series
from garrison.rules.advice.prices import Prices
from garrison.rules.advice.result import FLAGGED, Advised, CheckResult, Command, Status

__all__ = [
    "CHECKS",
    "FLAGGED",
    "OURS",
    "Advised",
    "Category",
    "Check",
    "CheckResult",
    "Command",
    "Inputs",
    "Measured",
    "Metric",
    "MetricQuery",
    "Prices",
    "Series",
    "Status",
    "advise",
    "advise_all",
    "check",
    "checks",
    "needs",
    "queries",
]


def checks() -> Mapping[str, Check]:
    """Every check that there is, by id."""
    for category in Category:
        package = importlib.import_module(f"{__name__}.{category}")
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    return CHECKS
