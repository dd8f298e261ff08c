"""Collect single resources again, as those that an event touched, and no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import uuid4

import msgspec

from garrison.clock import Clock, SystemClock
from garrison.collect.answers import Asked
from garrison.collect.catalog import services
from garrison.collect.declaration import Service, Type
from garrison.collect.results import Result, Seen
from garrison.collect.touching import Touched
from garrison.collect.upstream import HOME_REGION, Target
from garrison.collect.work import Work, collected, collected_from
from garrison.items import GLOBAL, Item


@dataclass(slots=True)
class Again:
    """What single resources are now."""

    items: list[Item] = field(default_factory=list)
    gone: list[Touched] = field(default_factory=list)
    """Those that are there no more, or never were of that type."""
    unknown: list[tuple[Touched, str]] = field(default_factory=list)
    """Those that could not be seen, with the reason."""
    requests: int = 0


def collect_again(
    target: Target,
    touched: Iterable[Touched],
    *,
    before: Callable[[Item], Item | None] = lambda item: None,
    partition: str = "aws",
    clock: Clock | None = None,
    with_secrets: bool = False,
    reach: Callable[[], Asked] | None = None,
) -> Again:
    """Collect the resources that were touched, all of one account. Raises nothing that an account answers.

    `reach` gives what answers in place of the target.

    `before` gives what is known of a resource: ties that others tell of are kept, since those others are not looked at.
    """
    at, run, made = (clock or SystemClock()).now(), uuid4().hex, Again()
    for service, region, wanted in _places(touched):
        names = {
            one.resource_type: frozenset(each.name for each in wanted if each.resource_type == one.resource_type)
            for one in wanted
        }
        work = Work(
            run=run,
            target=target,
            account=wanted[0].account,
            partition=partition,
            service=service.name,
            region=region,
            regions=(),
            types=tuple({**names, **dict.fromkeys(_tied_to(service, names))}),
            at=at,
            with_secrets=with_secrets,
            only=tuple(names.items()),
        )
        _take(made, collected(work) if reach is None else collected_from(reach, work), wanted, before)
    return made


def _take(made: Again, result: Result, wanted: list[Touched], before: Callable[[Item], Item | None]) -> None:
    made.requests += result.requests
    unseen = {one.resource_type: one.reason for one in result.outcomes if one.seen is Seen.UNKNOWN}
    asked = {one.resource_type for one in wanted}
    items = [item for item in result.items if item.resource_type in asked]
    made.items += [_with_known_ties(item, before(item)) for item in items]
    for one in wanted:
        found = any(
            one.name in (item.resource_id, item.arn, item.resource_name, item.account)
            for item in items
            if item.resource_type == one.resource_type
        )
        if one.resource_type in unseen:
            made.unknown.append((one, unseen[one.resource_type]))
        elif not found:
            made.gone.append(one)


def _places(touched: Iterable[Touched]) -> list[tuple[Service, str, list[Touched]]]:
    """What to ask for, by service and region."""
    places: dict[tuple[str, str], tuple[Service, str, list[Touched]]] = {}
    for one in dict.fromkeys(touched):
        for service in services():
            if any(kind.name == one.resource_type and _is_meant(kind, one) for kind in service.types):
                region = HOME_REGION if service.is_global or one.region == GLOBAL else one.region
                places.setdefault((service.name, region), (service, region, []))[2].append(one)
    return list(places.values())


def _is_meant(kind: Type, touched: Touched) -> bool:
    """Of the account there are several declarations: IAM's is of no region, EC2's of each."""
    return kind.name != "AWS::::Account" or (kind.region == GLOBAL) == (touched.region == GLOBAL)


def _tied_to(service: Service, names: Iterable[str]) -> list[str]:
    """The service's types that are needed to tell ties which hold only to what is known."""
    kept = {kind.name for kind in service.types}
    return [
        tie.resource_type
        for kind in service.types
        if kind.name in names
        for tie in kind.ties
        if tie.known and tie.resource_type in kept
    ]


def _with_known_ties(item: Item, before: Item | None) -> Item:
    if before is None:
        return item
    own = {
        tie.name
        for service in services()
        for kind in service.types
        if kind.name == item.resource_type
        for tie in kind.ties
    }
    told = {(tie.name, tie.resource_type, tie.resource_id) for tie in item.relationships}
    kept = tuple(
        tie
        for tie in before.relationships
        if tie.name not in own and (tie.name, tie.resource_type, tie.resource_id) not in told
    )
    return msgspec.structs.replace(item, relationships=item.relationships + kept) if kept else item
