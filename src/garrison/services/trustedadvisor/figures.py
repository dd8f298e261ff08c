"""The metrics that Trusted Advisor publishes of each refresh, in the namespace AWS/TrustedAdvisor of the home region.

Source: AWS Support User Guide, "Creating Amazon CloudWatch alarms to monitor AWS Trusted Advisor metrics".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from garrison.advised import Advice, Standing, listing
from garrison.advised.kept import ERROR, OK, WARNING
from garrison.detect.summary import of_values
from garrison.metrics import Datum, Metric, Source, open_metric_data
from garrison.rules.advice import Category
from garrison.rules.advice.quotas import DEFAULT
from garrison.services.trustedadvisor.catalog import catalog

if TYPE_CHECKING:
    from garrison.services.background import Workplace

NAMESPACE = "AWS/TrustedAdvisor"
_CHECKS = {OK: "GreenChecks", WARNING: "YellowChecks", ERROR: "RedChecks"}
_REGION, _SERVICE, _LIMIT, _AMOUNT, _USED = "Region", "Service", "Limit Name", "Limit Amount", "Current Usage"
"""Columns of AWS's checks of service limits."""


def put_figures(place: Workplace, kept: Advice, account: str, run: int, now: datetime) -> None:
    """Put what a run found; put again after a crash it counts once."""
    settings = place.parts.settings
    with kept.reading() as db:
        standings = {name: one for name, one in listing.standings(db, account).items() if name in catalog()}
        usage = [
            datum
            for name in standings
            if catalog()[name].category is Category.SERVICE_LIMITS
            for one in listing.resources(db, account, name, limit=-1)
            for datum in _usage(catalog()[name].columns, one.metadata, now)
        ]
    data = open_metric_data(settings.home_path, sync=not settings.ephemeral)
    source = Source(f"trustedadvisor/{account}", run)
    data.put(account, settings.region, [*_counts(standings, now), *usage], received_at=now, source=source)


def _counts(standings: Mapping[str, Standing], now: datetime) -> Iterator[Datum]:
    by_category: Counter[tuple[str, str]] = Counter()
    for name, one in standings.items():
        check = catalog()[name]
        if one.status not in _CHECKS:
            continue
        by_category[_CHECKS[one.status], check.category.value] += 1
        yield _datum("YellowResources", {"CheckName": check.name}, one.warning, now)
        yield _datum("RedResources", {"CheckName": check.name}, one.error, now)
    for category in Category:
        for metric in _CHECKS.values():
            yield _datum(metric, {"Category": category.value}, by_category[metric, category.value], now)


def _usage(columns: tuple[str, ...], values: tuple[str | None, ...], now: datetime) -> Iterator[Datum]:
    """How much of a limit is used: 1 is all of it, as AWS's metric has it, which its documentation calls a percentage."""
    told = {name: value for name, value in zip(columns, values, strict=False) if value is not None}
    if told.keys() >= {_REGION, _SERVICE, _LIMIT, _AMOUNT, _USED}:
        with suppress(ValueError, ZeroDivisionError):
            share = float(told[_USED].replace(",", "")) / float(told[_AMOUNT].replace(",", ""))
            where = {
                "Region": told[_REGION],
                "ServiceName": told[_SERVICE],
                "ServiceLimit": told[_LIMIT].removesuffix(DEFAULT),
            }
            yield _datum("ServiceLimitUsage", where, share, now, "None")


def _datum(name: str, dimensions: Mapping[str, str], value: float, now: datetime, unit: str = "Count") -> Datum:
    metric = Metric(NAMESPACE, name, tuple(sorted(dimensions.items())))
    return Datum(metric, now, of_values([float(value)]), unit)
