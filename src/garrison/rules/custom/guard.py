"""What AWS's Guard engine reports of an item, made into a verdict that names the failing clause and the offending value.

The engine's long form is a tree: of each rule its blocks, of each block its clauses, each with its status. The clauses that count
are those that failed, but not those of conditions and filters, which only choose what is looked at. Source: the engine's own
records (cloudformation-guard, `rules/mod.rs`, `RecordType` and `ClauseCheck`); AWS Config Developer Guide, "AWS Config Custom Policy Rules":
a policy of which nothing applies makes NOT_APPLICABLE.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from garrison.rules.verdict import COMPLIANT, Verdict, non_compliant, not_applicable, shown

MAX_POLICY_CHARACTERS = 10_000
MOST_FAILURES = 25
"""Of one item; the verdict names the first and says how many there are."""
_MOST_CHARACTERS = 300
"""Of each text that a report takes along."""
_CHOOSING = frozenset({"RuleCondition", "TypeCondition", "WhenCondition", "Filter"})
_COMPARISONS = {" not EQUALS ": " != ", " EQUALS ": " == ", " not IN ": " not in ", " IN ": " in "}
_WORDS = re.compile(r" (?:not )?(?:EQUALS|IN) ")
_PLACE = re.compile(r"\w+#Location\[.*line:(\d+), .*\]")
_DEPENDS = re.compile(r"Rule\((.+)@Location\[.*\]\)")


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A clause that an item fails."""

    rule: str
    """The Guard rule that it stands in."""
    clause: str
    path: str = ""
    """Where the offending value is: `/configuration/encrypted`."""
    value: str | None = None
    """The value as an annotation shows it; None where nothing is there."""
    message: str = ""
    """What the policy's author wrote for this case."""


class GuardReport(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine says of an item."""

    status: str
    """`PASS`, `FAIL`, or `SKIP` where nothing of the policy applies."""
    failures: tuple[Failure, ...] = ()
    more: int = 0
    """How many failures are left out."""


def read_report(report: Mapping[str, Any]) -> GuardReport:
    """The long form of the engine's report in short."""
    found: list[Failure] = []
    count = 0
    for rule in report["children"]:
        check = rule["container"].get("RuleCheck")
        if check is None or check["status"] != "FAIL":
            continue
        for failure in _failures(check["name"], rule):
            count += 1
            if len(found) < MOST_FAILURES:
                found.append(failure)
    status = report["container"]["FileCheck"]["status"]
    return GuardReport(status=status, failures=tuple(found), more=count - len(found))


def _failures(rule: str, record: Mapping[str, Any]) -> Iterator[Failure]:
    """The failed clauses below a record; without recursion, since policies nest as deep as they like."""
    pending = list(reversed(record["children"]))
    while pending:
        record = pending.pop()
        [(kind, check)] = record["container"].items()
        if kind in _CHOOSING or (isinstance(check, dict) and check.get("status") in ("PASS", "SKIP")):
            continue
        if kind == "ClauseValueCheck":
            if check != "Success":
                failure = _failure(rule, record["context"], check)
                if failure is not None:
                    yield failure
            continue
        pending.extend(reversed(record["children"]))


def _failure(rule: str, context: str, check: Mapping[str, Any]) -> Failure | None:
    [(kind, told)] = check.items()
    told = told or {}
    if kind == "Unary":
        told = told["value"]
    if not isinstance(told, Mapping):
        return Failure(rule=rule, clause=_clause(context), message=_cut(str(told)))
    if told.get("status") not in (None, "FAIL"):
        return None
    message = _cut(told.get("custom_message") or "")
    if kind == "DependentRule":
        return Failure(rule=rule, clause=f"rule {told['rule']}", message=message)
    [(state, value)] = (told.get("from") or {"": {}}).items()
    if state == "UnResolved":
        path = f"{value['traversed_to']['path']}/{value['remaining_query']}"
        return Failure(rule=rule, clause=_clause(context), path=_cut(path), message=message)
    shown_value = _cut(shown(value["value"])) if "value" in value else None
    return Failure(
        rule=rule, clause=_clause(context), path=_cut(value.get("path", "")), value=shown_value, message=message
    )


def _clause(context: str) -> str:
    """A clause as its author wrote it, as near as the engine tells it."""
    if (depends := _DEPENDS.fullmatch(context.strip())) is not None:
        return _cut(f"rule {depends[1]}")
    if (place := _PLACE.fullmatch(context.strip())) is not None:
        return f"the block at line {place[1]}"
    text = _WORDS.sub(lambda found: _COMPARISONS[found[0]], context, count=1)
    return _cut(" ".join(text.split()))


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…"


def verdict_of(report: GuardReport) -> Verdict:
    """The verdict that a report makes: the first failing clause and the value that it found, in an annotation's length."""
    if report.status == "SKIP":
        return not_applicable("No rule of the policy applies to the resource.")
    if report.status == "PASS":
        return COMPLIANT
    if not report.failures:
        return non_compliant("The policy failed.")
    first, others = report.failures[0], len(report.failures) - 1 + report.more
    tail = f" (and {others} more)" if others else ""
    value = f"{first.path or 'it'} is {_within(first.value, 90) if first.value is not None else 'not set'}"
    if first.clause.startswith("rule ") and not first.path:
        value = "it did not pass"
    head = f"{_within(first.message, 80)}: " if first.message else ""
    return non_compliant(f"{head}{_within(first.rule, 40)}: {_within(first.clause, 100)}: {value}{tail}")


def _within(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
