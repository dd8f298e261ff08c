"""The versions that an OSV record names: events in any order drawn as intervals, and listed versions that lie in none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from garrison.scan.vulnerabilities import ratings
from garrison.scan.vulnerabilities.advisory import Interval, Range
from garrison.scan.vulnerabilities.ecosystems import MODULAR, scheme_of
from garrison.scan.vulnerabilities.versions import MOST_LENGTH, key

MOST_EVENTS = 2_000
MOST_VERSIONS = 20_000


class Event(msgspec.Struct):
    """One turn of a range; just one of its members is there."""

    introduced: str | None = None
    fixed: str | None = None
    last_affected: str | None = None
    limit: str | None = None


class _Ranges(msgspec.Struct):
    type: str
    events: list[Event] | None = None


class _Package(msgspec.Struct):
    ecosystem: str
    name: str


class Severity(msgspec.Struct):
    """A score, or a distribution's word."""

    type: str
    score: str


class Affected(msgspec.Struct):
    """A package with what is affected of it."""

    package: _Package | None = None
    ranges: list[_Ranges] | None = None
    versions: list[str] | None = None
    severity: list[Severity] | None = None
    ecosystem_specific: Any = None
    database_specific: Any = None


def merged(one: Range, other: Range) -> Range:
    """Two ranges of a package as one."""
    return Range(
        tuple(dict.fromkeys(one.intervals + other.intervals)),
        tuple(dict.fromkeys(one.versions + other.versions)),
        one.status,
        one.severity or other.severity,
        tuple(dict.fromkeys(one.modules + other.modules)),
    )


def of_streams(found: Range, streams: tuple[str, ...]) -> Range:
    """A range of a package of RHEL's family, for these streams alone where what fixes it is of a module."""
    if streams and any(MODULAR in each.fixed for each in found.intervals):
        return msgspec.structs.replace(found, modules=streams)
    return found


def range_of(ecosystem: str, entry: Affected) -> Range | None:
    """The versions that an entry names; None where it names none, raises `ValueError` for bounds that are no versions."""
    scheme = scheme_of(ecosystem)
    intervals: list[Interval] = []
    for ranges in entry.ranges or ():
        if ranges.type != "GIT":
            intervals += intervals_of(scheme, ranges.events or [])
    versions = entry.versions or []
    if len(versions) > MOST_VERSIONS:
        raise ValueError(f"more than {MOST_VERSIONS} versions")
    others = tuple(sorted(set(_outside(scheme, versions, intervals)))) if versions else ()
    if not intervals and not others:
        return None
    severity, status = _stated(ecosystem, entry)
    return Range(tuple(intervals), others, status, severity)


def listed(entry: Affected) -> Range | None:
    """The versions that an entry lists, where its ranges cannot be read."""
    versions = [each for each in entry.versions or () if len(each) <= MOST_LENGTH]
    return Range(versions=tuple(versions)) if 0 < len(versions) <= MOST_VERSIONS else None


def intervals_of(scheme: str, events: list[Event]) -> list[Interval]:
    """The stretches that a list of events draws; raises `ValueError` for bounds that are no versions."""
    if len(events) > MOST_EVENTS:
        raise ValueError(f"more than {MOST_EVENTS} events")
    found: list[Interval] = []
    opened: str | None = None
    for _, kind, version in sorted(_turns(scheme, events)):
        if kind == _OPENS:
            opened = version if opened is None else opened
        elif opened is not None:
            found.append(Interval(opened, fixed=version) if kind == _FIXES else Interval(opened, last=version))
            opened = None
    if opened is not None:
        found.append(Interval(opened))
    return found


_FIXES, _OPENS, _ENDS = 0, 1, 2


def _turns(scheme: str, events: Iterable[Event]) -> Iterator[tuple[bytes, int, str]]:
    for event in events:
        if event.introduced is not None:
            first = event.introduced == "0"
            yield (b"" if first else key(scheme, event.introduced)), _OPENS, "" if first else event.introduced
        elif event.fixed is not None:
            yield key(scheme, event.fixed), _FIXES, event.fixed
        elif event.last_affected is not None:
            yield key(scheme, event.last_affected), _ENDS, event.last_affected


def _outside(scheme: str, versions: Iterable[str], intervals: Iterable[Interval]) -> Iterator[str]:
    """Those of listed versions that no interval has: the others need no listing."""
    bounds = [
        (
            key(scheme, each.introduced) if each.introduced else b"",
            key(scheme, each.fixed) if each.fixed else None,
            key(scheme, each.last) if each.last else None,
        )
        for each in intervals
    ]
    for version in versions:
        try:
            at = key(scheme, version)
        except ValueError:
            if len(version) <= MOST_LENGTH:
                yield version
            continue
        if not any(
            low <= at and (fixed is None or at < fixed) and (last is None or at <= last) for low, fixed, last in bounds
        ):
            yield version


def _stated(ecosystem: str, entry: Affected) -> tuple[str, str]:
    """The distribution's severity and what it does about it. Source: Debian's `urgency` in its OSV export."""
    for specific in (entry.ecosystem_specific, entry.database_specific):
        urgency = specific.get("urgency") if isinstance(specific, dict) else None
        if isinstance(urgency, str) and ecosystem.startswith("Debian"):
            return ratings.word(urgency), "end-of-life" if urgency == "end-of-life" else "affected"
    return "", "affected"
