"""Collect one service in one region of one account: the piece of work that an executor runs, here or on another machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from garrison.collect.answers import Answers, Asked
from garrison.collect.catalog import service_named
from garrison.collect.declaration import Type
from garrison.collect.failures import BudgetSpent, reason_of
from garrison.collect.making import Maker
from garrison.collect.parallel import each
from garrison.collect.paths import Row, first
from garrison.collect.results import Outcome, Result, Seen
from garrison.collect.ties import tied
from garrison.collect.upstream import Meter, Target, Upstream, metering
from garrison.items import GLOBAL, Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A piece of work; it can be pickled."""

    run: str
    """Of the collection: works of one share clients and credentials."""
    target: Target
    account: str
    partition: str
    service: str
    region: str
    regions: tuple[str, ...]
    """Asked for; of a global service, resources elsewhere are left out."""
    types: tuple[str, ...]
    at: datetime
    most_requests: int | None = None
    with_secrets: bool = False
    parts: tuple[tuple[str, frozenset[str]], ...] = ()
    """By type, the parts that are wanted where it is not all."""
    only: tuple[tuple[str, frozenset[str]], ...] = ()
    """By type, the ids, names or ARNs of the resources that are wanted where it is not all."""


@lru_cache(maxsize=64)
def upstream_of(run: str, target: Target) -> Upstream:
    """The account's clients, shared by the works of one collection in this process."""
    return Upstream(target)


def collected(work: Work) -> Result:
    """Do a piece of work. It raises nothing: what went wrong stands in the outcomes."""
    return collected_from(lambda: upstream_of(work.run, work.target), work)


def collected_from(reach: Callable[[], Asked], work: Work) -> Result:
    """Do a piece of work with what answers it, once it is reached."""
    meter = Meter(work.most_requests)
    token = metering.set(meter)
    try:
        items, outcomes = _collected(work, reach)
    finally:
        metering.reset(token)
    return Result(
        account=work.account,
        region=work.region,
        service=work.service,
        items=tied(items),
        outcomes=outcomes,
        requests=meter.sent,
    )


def _collected(work: Work, reach: Callable[[], Asked]) -> tuple[list[Item], list[Outcome]]:
    service = service_named(work.service)
    shown = GLOBAL if service.is_global else work.region
    items: list[Item] = []
    outcomes = []
    types = [kind for kind in service.types if kind.name in work.types]
    try:
        answers = Answers(reach(), service.name, work.region, work.account)
    except Exception as failure:  # no credentials, an endpoint that is none: nothing of this was seen
        return [], [_outcome(work, shown, kind, 0, [failure]) for kind in types]
    maker = Maker(answers, work.partition, work.at, work.with_secrets, dict(work.parts))
    for kind in types:
        found, failures = _of_type(kind, maker, work, dict(work.only).get(kind.name))
        items += found
        outcomes.append(_outcome(work, shown, kind, len(found), failures))
    return items, outcomes


def _of_type(kind: Type, maker: Maker, work: Work, names: frozenset[str] | None) -> tuple[list[Item], list[Exception]]:
    """The items of a type (where names are given, of those), and what kept others from being seen."""
    try:
        rows, failures = maker.answers.rows(kind.call) if names is None else maker.answers.rows_about(kind, names)
        rows = [row for row in rows if _is_of_account(kind, row, work.account) and _is_told_here(kind, row, work)]
        if names is not None:
            rows = [row for row in rows if maker.is_called(kind, row, names)]
    except Exception as failure:  # an answer that is not as the model says
        return [], [failure]
    failures = list(failures)
    items: dict[str, Item] = {}
    for made in each(rows, lambda row: _made(maker, kind, row, work.regions)):
        if isinstance(made, Item):
            items[made.resource_id] = made  # an endpoint may list one twice
        elif made is not None:
            failures.append(made)
    return list(items.values()), failures


def _made(maker: Maker, kind: Type, row: Row, regions: tuple[str, ...]) -> Item | Exception | None:
    try:
        return maker.item(kind, row, regions if kind.region else ())
    except Exception as failure:  # one odd answer does not lose the others
        return failure


def _is_of_account(kind: Type, row: Row, account: str) -> bool:
    if kind.owner is not None and first(row, kind.owner) not in (None, account):
        return False
    return kind.keep is None or kind.keep(row.value)


def _is_told_here(kind: Type, row: Row, work: Work) -> bool:
    """Whether a resource that several regions list is told by this one: its own, or the first of those that are looked at."""
    home = first(row, kind.home) if kind.home else None
    if home in (None, work.region):
        return True
    return bool(work.regions) and home not in work.regions and work.region == work.regions[0]


def _outcome(work: Work, region: str, kind: Type, items: int, failures: list[Exception]) -> Outcome:
    spent = [failure for failure in failures if isinstance(failure, BudgetSpent)]
    return Outcome(
        account=work.account,
        region=region,
        covers=_covers(kind, work),
        resource_type=kind.name,
        seen=Seen.UNKNOWN if failures else Seen.ALL,
        items=items,
        reason=reason_of((spent or failures)[0]) if failures else "",
    )


def _covers(kind: Type, work: Work) -> tuple[str, ...]:
    """Where the type's items lie that the work can give."""
    if kind.region is None:
        return (work.region,)
    return (GLOBAL,) if kind.region == GLOBAL else (*work.regions, GLOBAL)
