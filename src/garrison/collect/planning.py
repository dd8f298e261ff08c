"""Say what a collection would call, and about how often, without calling anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from garrison.collect.catalog import chosen, services
from garrison.collect.declaration import Call, Service

ASSUMED_RESOURCES = 10
"""Resources of each kind and region that an estimate takes for granted where calls are made for each."""


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One operation."""

    service: str
    operation: str
    places: int
    """Regions in which it is called."""
    per: str
    """`region`, or the operation whose rows, or the type whose resources, it is called for one by one."""
    requests: int
    """Estimated: one page, and `ASSUMED_RESOURCES` where it is called for each resource."""


def plan(
    types: Sequence[str] = (), regions: int = 1, parts: Mapping[str, Iterable[str]] = MappingProxyType({})
) -> list[PlannedCall]:
    """The calls of a collection of these types in so many regions of one account, with these parts of them where it is not all.

    Raises `OperatorError` for unknown types.
    """
    names = chosen(types)
    planned: dict[tuple[str, str, str], PlannedCall] = {}
    for service in services():
        for call in _calls(service, names, 1 if service.is_global else regions, parts):
            planned.setdefault((call.service, call.operation, call.per), call)
    return list(planned.values())


def _calls(
    service: Service, names: Sequence[str], places: int, parts: Mapping[str, Iterable[str]]
) -> Iterator[PlannedCall]:
    for kind in service.types:
        if kind.name not in names:
            continue
        yield from _listing(service, kind.call, places)
        if kind.located is not None:
            requests = places * ASSUMED_RESOURCES
            yield PlannedCall(service.name, kind.located.call.operation, places, kind.name, requests)
        for part in kind.parts:
            if kind.name in parts and part.title not in parts[kind.name]:
                continue
            if part.on or not _varies(part.call):
                yield from _listing(service, part.call, places)
            else:
                name, requests = part.call.service or service.name, places * ASSUMED_RESOURCES
                yield PlannedCall(name, part.call.operation, places, kind.name, requests)


def _listing(service: Service, call: Call, places: int) -> Iterator[PlannedCall]:
    for earlier in (call.before, call.each):
        if earlier is not None:
            yield from _listing(service, earlier, places)
    per = call.each.operation if call.each is not None and call.batch is None else "region"
    requests = places * (ASSUMED_RESOURCES if per != "region" else 1)
    yield PlannedCall(call.service or service.name, call.operation, places, per, requests)


def _varies(call: Call) -> bool:
    """Whether a part's call differs from resource to resource."""
    return "At(" in repr(dict(call.params))
