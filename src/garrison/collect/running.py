"""Collect accounts: share the work among an executor's workers, keep to the budget of requests, and tell how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import uuid4

from garrison.clock import Clock, SystemClock
from garrison.collect.catalog import chosen, services
from garrison.collect.declaration import Service
from garrison.collect.failures import reason_of
from garrison.collect.results import Outcome, Progress, Result, Seen
from garrison.collect.upstream import Meter, Target, Upstream, metering
from garrison.collect.work import Work, collected, upstream_of
from garrison.items import GLOBAL

WORKERS = 8
"""Pieces of work that are under way at a time."""
ALL_REGIONS = "all"
"""Asked for as a region: every one that the account has enabled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be collected."""

    targets: Sequence[Target] = (Target(),)
    regions: Sequence[str] = ()
    """By default the one of each target; `all` for every enabled one."""
    types: Sequence[str] = ()
    """Names or patterns; all by default."""
    most_requests: int | None = None
    """Beyond which nothing is called: what was not seen by then is unknown."""
    with_secrets: bool = False
    """Whether to keep what may hold secrets, as Lambda environments do."""
    parts: Mapping[str, Iterable[str]] = field(default_factory=dict)
    """Of some types only these parts (`{"AWS::S3::Bucket": ["BucketPolicy"]}`): others cost no request."""


def collect(
    wanted: Wanted,
    *,
    executor: Executor | None = None,
    workers: int = WORKERS,
    progress: Callable[[Progress], None] | None = None,
    clock: Clock | None = None,
) -> Iterator[Result]:
    """Collect, giving the result of each piece of work as soon as it is there.

    `executor` is any of `concurrent.futures`' interface; threads of this process by default. Raises `OperatorError` for types that are
    not known; whatever an account answers stands in the outcomes.
    """
    at = (clock or SystemClock()).now()
    names = chosen(wanted.types)
    opening = Meter(wanted.most_requests)
    works, failed = _works(wanted, names, at, opening)
    yield from failed
    if executor is not None:
        yield from _run(works, wanted, opening.sent, executor, workers, progress)
        return
    with ThreadPoolExecutor(workers) as threads:
        yield from _run(works, wanted, opening.sent, threads, workers, progress)


def _works(wanted: Wanted, names: Sequence[str], at: datetime, opening: Meter) -> tuple[list[Work], list[Result]]:
    """All pieces of work, and results that say which accounts could not be reached."""
    run, works, failed = uuid4().hex, [], []
    parts = tuple((kind, frozenset(names)) for kind, names in wanted.parts.items())
    token = metering.set(opening)
    try:
        for target in wanted.targets:
            before = opening.sent
            try:
                upstream = upstream_of(run, target)
                account, partition = upstream.identity()
                regions = _regions(wanted.regions, upstream)
            except Exception as failure:  # one account that cannot be reached does not keep the others away
                failed.append(_unreached(target, names, failure, opening.sent - before))
                continue
            for service, region in _places(names, regions, upstream):
                works.append(
                    Work(
                        run=run,
                        target=target,
                        account=account,
                        partition=partition,
                        service=service.name,
                        region=region,
                        regions=tuple(regions),
                        types=tuple(kind.name for kind in service.types if kind.name in names),
                        at=at,
                        with_secrets=wanted.with_secrets,
                        parts=parts,
                    )
                )
            failed.append(_reached(account, opening.sent - before))
    finally:
        metering.reset(token)
    return works, failed


def _regions(asked: Sequence[str], upstream: Upstream) -> list[str]:
    if ALL_REGIONS in asked:
        return upstream.enabled_regions()
    return list(dict.fromkeys(asked)) or [upstream.home_region]


def _places(names: Sequence[str], regions: Sequence[str], upstream: Upstream) -> Iterator[tuple[Service, str]]:
    """Every service with each region in which to ask it."""
    for service in services():
        if not any(kind.name in names for kind in service.types):
            continue
        if service.is_global:
            yield service, upstream.home_region
        else:
            yield from ((service, region) for region in regions if upstream.has(service.name, region))


def _run(
    works: list[Work],
    wanted: Wanted,
    sent: int,
    executor: Executor,
    workers: int,
    progress: Callable[[Progress], None] | None,
) -> Iterator[Result]:
    """Results as they come. Each work gets a share of the budget, and what one leaves others may use."""
    left = None if wanted.most_requests is None else max(0, wanted.most_requests - sent)
    waiting, done, items = list(works), 0, 0
    running: dict[Future[Result], Work] = {}
    while waiting or running:
        while waiting and len(running) < workers:
            share = None if left is None else left // len(waiting)
            left = None if left is None else left - (share or 0)
            work = replace(waiting.pop(0), most_requests=share)
            running[executor.submit(collected, work)] = work
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            work = running.pop(future)
            result = _result(future, work)
            done, items, sent = done + 1, items + len(result.items), sent + result.requests
            left = None if left is None else left + (work.most_requests or 0) - result.requests
            if progress is not None:
                what = f"{work.service} {result.region} {work.account}"
                progress(Progress(done=done, total=len(works), what=what, items=items, requests=sent))
            yield result


def _result(future: Future[Result], work: Work) -> Result:
    """What a piece of work gave; where its worker was lost, nothing was seen."""
    failure = future.exception()
    if failure is None:
        return future.result()
    return _nothing(work.account, work.region, work.service, work.types, failure, 0)


def _reached(account: str, requests: int) -> Result:
    return Result(account=account, region=GLOBAL, service="sts", items=[], outcomes=[], requests=requests)


def _unreached(target: Target, names: Iterable[str], failure: Exception, requests: int) -> Result:
    return _nothing(target.role_arn or target.profile or "", GLOBAL, "sts", names, failure, requests)


def _nothing(
    account: str, region: str, service: str, names: Iterable[str], failure: BaseException, requests: int
) -> Result:
    """The result of what could not be done at all."""
    outcomes = [
        Outcome(
            account=account,
            region=region,
            covers=(region,),
            resource_type=name,
            seen=Seen.UNKNOWN,
            items=0,
            reason=reason_of(failure),
        )
        for name in names
    ]
    return Result(account=account, region=region, service=service, items=[], outcomes=outcomes, requests=requests)
