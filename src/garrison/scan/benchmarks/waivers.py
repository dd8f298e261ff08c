"""Waivers: somebody takes a failing rule on, for a reason and until a day; after it the rule fails again.

[[waivers]]
rule = "sshd_disable_root_login"
until = 2027-01-31
who = "Ana Lima"
why = "The backup appliance signs in as root until it is replaced."
hosts = ["backup-*"]        # all hosts where it is left out
"""

from __future__ import annotations

import dataclasses
import fnmatch
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from garrison.scan.benchmarks.check import Check, Verdict


class InvalidWaivers(ValueError):
    """A file of waivers that cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One rule that may fail for a while."""

    rule: str
    until: date
    """The last day on which it holds."""
    who: str
    why: str
    hosts: tuple[str, ...] = ("*",)
    """Host names, with a shell's wildcards."""


def read(text: str) -> tuple[Waiver, ...]:
    """Waivers of a TOML file. Each needs its rule, last day, person and reason: `InvalidWaivers` otherwise."""
    try:
        said = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidWaivers(f"not TOML: {error}") from error
    tables = said.get("waivers", [])
    if set(said) - {"waivers"} or not isinstance(tables, list):
        raise InvalidWaivers("a file of waivers has [[waivers]] and nothing else")
    return tuple(_waiver(table, number) for number, table in enumerate(tables, 1))


def _waiver(table: Any, number: int) -> Waiver:
    if not isinstance(table, dict) or set(table) - {"rule", "until", "who", "why", "hosts"}:
        raise InvalidWaivers(f"waiver {number} has something else than rule, until, who, why and hosts")
    for name in ("rule", "who", "why"):
        if not isinstance(table.get(name), str) or not table[name].strip():
            raise InvalidWaivers(f"waiver {number} does not say {name}")
    until = table.get("until")
    if not isinstance(until, date) or isinstance(until, datetime):
        raise InvalidWaivers(f"waiver {number} does not say until which day (until = 2027-01-31)")
    hosts = table.get("hosts", ["*"])
    if not isinstance(hosts, list) or not hosts or not all(isinstance(host, str) for host in hosts):
        raise InvalidWaivers(f"waiver {number}: hosts is a list of names")
    return Waiver(rule=table["rule"], until=until, who=table["who"], why=table["why"], hosts=tuple(hosts))


def waive(checks: Iterable[Check], waivers: Iterable[Waiver], *, host: str, today: date) -> tuple[Check, ...]:
    """The checks, with what fails and is waived on this host today as `WAIVED`. An expired waiver is told of in the evidence."""
    mine: dict[str, Waiver] = {}
    for waiver in waivers:
        is_about_it = any(fnmatch.fnmatchcase(host, pattern) for pattern in waiver.hosts)
        if is_about_it and (waiver.rule not in mine or waiver.until > mine[waiver.rule].until):
            mine[waiver.rule] = waiver
    return tuple(_waived(check, mine.get(check.rule), today) for check in checks)


def _waived(check: Check, waiver: Waiver | None, today: date) -> Check:
    if waiver is None or check.verdict is not Verdict.FAIL:
        return check
    if waiver.until < today:
        return dataclasses.replace(
            check, evidence=f"{check.evidence} (the waiver by {waiver.who} ended on {waiver.until})"
        )
    said = f"{check.evidence} (waived until {waiver.until} by {waiver.who}: {waiver.why})"
    return dataclasses.replace(check, verdict=Verdict.WAIVED, evidence=said)
