"""Whether a version lies in what an advisory names: ranges made ready once, compared as bytes."""

from __future__ import annotations

from typing import NamedTuple

from garrison.scan.vulnerabilities.advisory import Range
from garrison.scan.vulnerabilities.ecosystems import MODULAR
from garrison.scan.vulnerabilities.versions import Unordered, key


class _Stretch(NamedTuple):
    low: bytes
    is_after: bool
    high: bytes | None
    """None: no end is known."""
    is_last: bool
    """Whether `high` itself is affected."""
    fixed: str


class Rule(NamedTuple):
    """A range made ready for one order of versions."""

    advisory: int
    stretches: tuple[_Stretch, ...]
    versions: frozenset[str]
    status: str
    severity: str
    modules: frozenset[str]
    """The streams that it is about; none for all."""
    is_modular: bool | None
    """For packages of RHEL's family: whether the fix is of a module, or of none; None where that says nothing."""


class Hit(NamedTuple):
    """An advisory that names a package's version."""

    advisory: int
    fixed: str
    status: str
    severity: str


def rule_of(scheme: str, advisory: int, found: Range) -> Rule:
    """Make a range ready; raises `Unordered` where a bound is no version of the scheme."""
    stretches = []
    for each in found.intervals:
        end = each.fixed or each.last
        stretches.append(
            _Stretch(
                key(scheme, each.introduced) if each.introduced else b"",
                each.is_after,
                key(scheme, end) if end else None,
                bool(each.last and not each.fixed),
                each.fixed,
            )
        )
    fixes = [each.fixed for each in found.intervals if each.fixed]
    is_modular = any(MODULAR in each for each in fixes) if scheme == "rpm" and fixes else None
    versions, modules = frozenset(found.versions), frozenset(found.modules)
    return Rule(advisory, tuple(stretches), versions, found.status, found.severity, modules, is_modular)


def hits(rules: tuple[Rule, ...], scheme: str, version: str, module: str = "") -> tuple[Hit, ...]:
    """The advisories that name a version; raises `Unordered` where the scheme does not know it and no list has it.

    `module` is the stream that the package is of (`nodejs:18`). A module's package of which nothing tells the stream may be of any.
    """
    try:
        at = key(scheme, version)
    except Unordered:
        listed = tuple(Hit(rule.advisory, "", rule.status, rule.severity) for rule in rules if version in rule.versions)
        if not listed:
            raise
        return listed
    modular = bool(module) or MODULAR in version
    found = []
    for rule in rules:
        if rule.is_modular is not None and rule.is_modular is not modular:
            continue  # a module's package and the one outside it are two lines, whose versions say nothing of each other
        if module and rule.modules and module not in rule.modules:
            continue  # and so are two streams
        fixed = _fix(rule, at, version)
        if fixed is not None:
            found.append(Hit(rule.advisory, fixed, _status(rule.status, fixed), rule.severity))
    return tuple(found)


def _fix(rule: Rule, at: bytes, version: str) -> str | None:
    """What fixes it, empty where nothing does; None where the version is not affected."""
    for low, is_after, high, is_last, fixed in rule.stretches:
        if at < low or (is_after and at == low):
            continue
        if high is None or at < high or (is_last and at == high):
            return fixed
    if version in rule.versions:
        later = [(each.high, each.fixed) for each in rule.stretches if each.fixed and each.high and each.high > at]
        return min(later)[1] if later else ""
    return None


def _status(status: str, fixed: str) -> str:
    return status if fixed or status != "affected" else "unfixed"
