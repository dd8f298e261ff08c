"""What checks look at in an account: what Config has recorded or `garrison` has collected of it, its metrics, and Garrison itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from garrison.advising.measuring import measure
from garrison.advising.prices import FILE, load_prices
from garrison.collect.failures import reason_of
from garrison.collect.upstream import Meter, Upstream, metering
from garrison.detect.periods import by_period
from garrison.detect.statistics import SIMPLE, extended_statistic
from garrison.errors import GarrisonError, OperatorError
from garrison.items import GLOBAL, Item
from garrison.logs import get_logger
from garrison.metrics import Metric, open_metric_data
from garrison.rules import Inventory
from garrison.rules.advice import Check, Inputs, MetricQuery, Prices, Series, needs, queries
from garrison.rules.unseen import unseen_of
from garrison.services.config.recorder.following import target_of
from garrison.services.config.rules.recorded import NEVER_RECORDED, history_of
from garrison.services.organizations.members import accounts_here
from garrison.services.trustedadvisor.looking import acting_for, looked_at
from garrison.services.trustedadvisor.own_state import PREFIX, OwnState

if TYPE_CHECKING:
    from garrison.metrics import MetricData
    from garrison.services.background import Workplace
    from garrison.services.call import Parts
    from garrison.setting_tables import CollectedAccount

NO_DATA = "nothing was ever measured"

_log = get_logger(__name__)


def inputs_of(place: Workplace, account: str, checks: Sequence[Check]) -> Inputs | str:
    """The inputs of checks, or why they cannot be read."""
    try:
        return _read(place, account, checks)
    except GarrisonError as problem:
        _log.warning("advice_inputs_unread", account=account, cause=str(problem))
        return f"The account's items cannot be read: {problem}"


def _read(place: Workplace, account: str, checks: Sequence[Check]) -> Inputs:
    now, types = place.clock.now(), needs(checks)
    items, unseen = _items(place, account, types)
    inventory = Inventory(account, items, at=now, unseen=unseen)
    asked = queries((metric for check in checks for metric in check.metrics), inventory)
    return Inputs(inventory, measured(place, account, asked, now), prices_of(place.parts))


def _items(place: Workplace, account: str, types: Mapping[str, frozenset[str]]) -> tuple[list[Item], dict[str, str]]:
    """The items of types, and of what types there may be more, or were never any looked for."""
    own = {kind for kind in types if kind.startswith(PREFIX)}
    wanted = {kind: parts for kind, parts in types.items() if kind not in own}
    state = OwnState(place, account).items(own)
    acting = acting_for(place, account) if wanted and account in accounts_here(place.parts) else None
    if acting is not None:
        seen, unseen = looked_at(place, acting, wanted, place.clock.now())
        return [*state, *seen], unseen
    recorded, unseen = _recorded(place, account, wanted)
    return [*state, *recorded], unseen


def _recorded(place: Workplace, account: str, wanted: Collection[str]) -> tuple[list[Item], dict[str, str]]:
    """What is recorded of the types."""
    history = history_of(place.parts)
    covered = {known: why for known, why in sorted(history.coverage(account).items()) if known[0] in wanted}
    known = {kind for kind, _ in covered}
    told = (
        (kind, region, f"{region}: {why}" if region != GLOBAL else why)
        for (kind, region), why in covered.items()
        if why
    )
    reasons, places = unseen_of(account, told, place.clock.now())
    items = [item for kind in sorted(known) for item in history.current(account, resource_type=kind)]
    return [*items, *places], dict.fromkeys(set(wanted) - known, NEVER_RECORDED) | reasons


def measured(
    place: Workplace, account: str, asked: Sequence[MetricQuery], now: datetime
) -> dict[MetricQuery, Series | str]:
    """What the account's metrics say, as they are kept here."""
    if not asked:
        return {}
    settings = place.parts.settings
    if account in settings.collected_accounts:
        return _measured_upstream(settings.collected_accounts[account], asked, now)
    data = open_metric_data(settings.home_path, sync=not settings.ephemeral)
    return {query: _series(data, account, query, now) for query in asked}


def _measured_upstream(
    known: CollectedAccount, asked: Sequence[MetricQuery], now: datetime
) -> dict[MetricQuery, Series | str]:
    """What CloudWatch of an account of AWS's says; that it cannot be asked is said of each metric."""
    token = metering.set(Meter())
    try:
        upstream = Upstream(target_of(known))

        def pages(region: str, parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
            return upstream.pages("cloudwatch", "GetMetricData", parameters, region)

        return measure(asked, pages, now=now)
    except Exception as failure:  # whatever credentials and networks do, the other checks go on
        return dict.fromkeys(asked, reason_of(failure))
    finally:
        metering.reset(token)


def _series(data: MetricData, account: str, query: MetricQuery, now: datetime) -> Series | str:
    metric = Metric(query.namespace, query.name, query.dimensions)
    period = int(query.period.total_seconds())
    end = int(now.timestamp()) // period * period  # periods that are over
    start = end - period * query.periods
    points = data.points(account, query.region, metric, start, end)
    if not points:
        return NO_DATA
    found = by_period([(point.at, point.summary) for point in points], start, end, period)
    statistic = SIMPLE.get(query.statistic) or extended_statistic(query.statistic)
    if statistic is None:
        return f"the statistic {query.statistic} is none of CloudWatch's"
    values = (found.get(start + number * period) for number in range(query.periods))
    return Series(tuple(statistic(summary) if summary is not None else None for summary in values))


def prices_of(parts: Parts) -> Prices:
    """The price table: Garrison's own, and over it the home's."""
    return _loaded(parts.settings.home_path, _stamp_of(parts.settings.home_path / FILE))


@lru_cache(maxsize=4)
def _loaded(home: Path, _stamp: int) -> Prices:
    try:
        return load_prices(home)
    except OperatorError as problem:  # advice without savings is better than none
        _log.warning("prices_unread", cause=str(problem))
        return Prices()


def _stamp_of(file: Path) -> int:
    """Which table lies there now; 0 for none."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0
