"""The recorded calls that changed resources, by what they touched: what brought a state, and so a failure, about.

They come from the lake of the home, where the log files of accounts were taken in, and from the journal's tail.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from garrison import codec
from garrison.collect import Touched, touched
from garrison.findings import Cause, Finding
from garrison.rules import Rule
from garrison.rules.registry import ACCOUNT, TAGS
from garrison.runtime.home import Home, node_of
from garrison.settings import Settings

MOST_EVENTS = 20_000
"""The latest that are looked at."""
_MAKES = ("Create", "Run", "Allocate", "Import", "Copy", "Restore", "Register")


class Seen(NamedTuple):
    """One call that touched a resource."""

    touched: Touched
    cause: Cause


class ChangingEvents:
    """Calls by the resources that they touched, latest first."""

    def __init__(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Index CloudTrail records, given latest first."""
        self._seen: dict[tuple[str, str, str], list[Seen]] = {}
        for record in records:
            for one in touched(record):
                key = (one.account, one.resource_type, one.name)
                self._seen.setdefault(key, []).append(Seen(one, cause_of(record)))

    def of(self, account: str, resource_type: str, names: Collection[str | None]) -> list[Seen]:
        """The calls that touched the resource with any of these ids, names or ARNs, latest first."""
        found = {
            seen.cause.event_id: seen
            for name in names
            for seen in self._seen.get((account, resource_type, name or ""), ())
        }
        return sorted(found.values(), key=lambda seen: seen.cause.at, reverse=True)

    def cause(self, finding: Finding, rule: Rule) -> Cause | None:
        """The call that most likely brought a failure about: the latest that set what the rule reads, else the one that made it."""
        parts = rule.reads.get(finding.resource_type, frozenset())
        seen = self.of(
            finding.account, finding.resource_type, (finding.resource_id, finding.arn, finding.resource_name)
        )
        for one in seen:
            if one.touched.part in parts:
                return one.cause
        if finding.resource_type == ACCOUNT:
            return None  # nobody made it, and what is missing from it no call took away
        for one in seen:
            is_of_tags = "Tag" in one.cause.name and TAGS not in parts
            if one.touched.part is None and not is_of_tags and (not parts or one.cause.name.startswith(_MAKES)):
                return one.cause
        return None


def cause_of(record: Mapping[str, Any]) -> Cause:
    """A CloudTrail record in a few words."""
    identity = record.get("userIdentity") or {}
    who = identity.get("arn") or identity.get("invokedBy") or identity.get("principalId") or identity.get("type") or ""
    return Cause(
        event_id=str(record.get("eventID", "")),
        name=str(record.get("eventName", "")),
        source=str(record.get("eventSource", "")),
        at=datetime.fromisoformat(str(record.get("eventTime"))).astimezone(UTC),
        who=str(who),
        source_address=str(record.get("sourceIPAddress") or ""),
    )


def load(home: Home, settings: Settings, accounts: Collection[str]) -> ChangingEvents:
    """The latest changing calls of accounts that the home knows."""
    return ChangingEvents(_records(home, settings, accounts))


def _records(home: Home, settings: Settings, accounts: Collection[str]) -> Iterator[Mapping[str, Any]]:
    from garrison.journal import Journal
    from garrison.lake.asking import ask
    from garrison.lake.lake import Lake
    from garrison.lake.place import place_of

    numbers = ", ".join(f"'{account}'" for account in accounts if account.isdecimal())
    if not numbers:
        return
    node = node_of(home)
    statement = (  # of decimal numbers alone
        f"SELECT eventJson FROM cloudtrail_events WHERE readOnly = false AND errorCode IS NULL AND recipientAccountId IN ({numbers}) "  # noqa: S608
        f"AND managementEvent = true ORDER BY eventTime DESC LIMIT {MOST_EVENTS}"
    )
    with ask(Lake(place_of(settings, node)), statement, journal=Journal(home.journal), node=node) as answer:
        for batch in answer.batches():
            for row in batch.to_pylist():
                yield codec.decode(row["eventJson"])
