"""Judge an inventory: every package looked up, grouped by vulnerability, with what is not known said as gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from garrison.scan.inventory.facts import Inventory, Listener, Package, Platform
from garrison.scan.vulnerabilities import kernels
from garrison.scan.vulnerabilities.ecosystems import SIGNED, SYSTEM, Target, target_of
from garrison.scan.vulnerabilities.matching import Hit
from garrison.scan.vulnerabilities.owners import Owners
from garrison.scan.vulnerabilities.versions import Unordered, key
from garrison.scan.vulnerabilities.vulnerability import Affected, Gap, Vulnerability

if TYPE_CHECKING:
    from garrison.scan.vulnerabilities.database import Opened

Names = Collection[tuple[str, str]]
"""Packages by ecosystem and name, as the database writes them."""


@dataclass(slots=True)
class Assessment:
    """What is known of an inventory."""

    vulnerabilities: list[Vulnerability] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    suppressed: list[tuple[Vulnerability, str]] = field(default_factory=list)
    """What VEX statements say does not concern it, with the reason."""


class Case(NamedTuple):
    """A package that an advisory names."""

    hit: Hit
    package: Package
    target: Target


class LookedUp(NamedTuple):
    """What is known of a package on a platform, whichever host has it."""

    target: Target | None
    """None where no ecosystem that is known judges it."""
    cases: tuple[Case, ...]
    trouble: tuple[str, str] | None
    """Why it could not be judged: of what, and the reason."""


class Judged(NamedTuple):
    """Vulnerabilities by id with the packages that have them, and what could not be judged."""

    cases: dict[str, list[Case]]
    behind: list[tuple[Package, Target, str]]
    """Packages that a security archive has a later version of, where no advisories tell why."""
    gaps: list[Gap]


def judge(opened: Opened, inventory: Inventory, only: Names | None) -> Judged:
    """Look every package up."""
    packages, idle_kernels = kernels.counting(inventory.packages, inventory.platform)
    judged = Judged(defaultdict(list), [], [])
    missing = _Missing()
    owners = Owners(inventory, opened.ecosystems)
    if idle_kernels and inventory.platform.kernel:
        missing.add(f"kernel {inventory.platform.kernel}", "no installed package has the kernel that runs")
    cases: list[Case] = []
    for package in packages if only is None else _maybe_of(packages, only):
        target, named, trouble = opened.look_up(package, inventory.platform)
        if target is None or only is None or any((target.ecosystem, name) in only for name in target.names):
            if trouble is not None:
                missing.add(*trouble)
            elif target is not None and target.ecosystem not in opened.ecosystems:
                _compare_with_archive(opened, package, target, judged, missing)
            elif named and (target is None or target.is_distribution or not owners.have(package)):
                cases += named
    advisories = [case.hit.advisory for case in cases]
    opened.fetch_advisories(advisories)
    for case, advisory in zip(cases, advisories, strict=True):
        for each in opened.facts(advisory)[1].ids:
            judged.cases[each].append(case)
    judged.gaps.extend(missing.gaps())
    return judged


def _maybe_of(packages: list[Package], only: Names) -> Iterator[Package]:
    """The packages that may be among those named, told quickly: most of a host's are not."""
    names = {name for _, name in only}
    has_languages = any(":" not in ecosystem for ecosystem, _ in only)
    for package in packages:
        if package.ecosystem not in SYSTEM:
            if has_languages:
                yield package
        elif package.name in names or package.source in names or SIGNED.match(package.source):
            yield package


def look_up(opened: Opened, package: Package, platform: Platform) -> LookedUp:
    """What is known of a package on a platform, whichever host has it."""
    target = target_of(package, platform)
    if target is None:
        return LookedUp(None, (), (package.ecosystem, "the database knows no such ecosystem"))
    if target.ecosystem not in opened.ecosystems:
        return LookedUp(target, (), None)
    try:
        asked = target.version, target.module
        found = [hit for name in target.names for hit in opened.hits(target.ecosystem, name, *asked)]
    except Unordered:
        reason = f"the version of {package.name} is none of its order: {target.version[:60]}"
        return LookedUp(target, (), (target.shown, reason))
    return LookedUp(target, tuple(Case(hit, package, target) for hit in found), None)


def _compare_with_archive(opened: Opened, package: Package, target: Target, judged: Judged, missing: _Missing) -> None:
    if target.ecosystem not in opened.held:
        missing.add(target.shown, f"no data for {target.shown}")
        return
    missing.add(target.shown, "no advisories: only compared with its security archive")
    later = opened.held_version(target.ecosystem, package.name)
    try:
        if later and key(target.scheme, package.version) < key(target.scheme, later):
            judged.behind.append((package, target, later))
    except Unordered:
        missing.add(target.shown, f"the version of {package.name} is none of its order: {package.version[:60]}")


class _Missing:
    """Counts what could not be judged, by what it is of and why."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], int] = {}

    def add(self, subject: str, reason: str) -> None:
        self._counts[subject, reason] = self._counts.get((subject, reason), 0) + 1

    def gaps(self) -> Iterator[Gap]:
        for (subject, reason), count in self._counts.items():
            yield Gap(subject=subject, reason=reason, packages=count)


def affected(cases: Sequence[Case]) -> tuple[Affected, ...]:
    """The packages of a vulnerability, each once: a fix that some advisory knows counts over none."""
    if len(cases) == 1:  # nearly all of them
        return (_affected(cases[0]),)
    best: dict[tuple[str, str], Case] = {}
    for case in cases:
        at = (
            case.package.purl or f"{case.package.ecosystem}/{case.package.name}@{case.package.version}",
            case.package.path,
        )
        held = best.get(at)
        if held is None or (case.hit.fixed and not held.hit.fixed):
            best[at] = case
    return tuple(_affected(case) for case in best.values())


def _affected(case: Case) -> Affected:
    package, target = case.package, case.target
    return Affected(
        purl=package.purl,
        name=package.name,
        version=package.version,
        fixed_in=case.hit.fixed,
        status=case.hit.status,
        path=package.path,
        manager=target.manager,
        architecture=package.architecture,
        source=package.source if target.is_distribution else "",
    )


def listeners_by_package(inventory: Inventory) -> dict[str, list[Listener]]:
    """The listeners of each package, by its URL."""
    found: dict[str, list[Listener]] = defaultdict(list)
    for each in inventory.listeners:
        if each.package:
            found[each.package].append(each)
    return found
