"""When a lifecycle rule lets go of an object's versions: pure decisions over a key's stack of versions.

Source: Amazon S3 User Guide, "Lifecycle configuration elements" and "Expiring objects".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple

from garrison.services.s3.resources import ObjectVersion

Rule = Mapping[str, Any]
"""As PutBucketLifecycleConfiguration takes it, with its `Filter` always there and dates in RFC 3339."""


class Terms(NamedTuple):
    """What the filter of a rule asks of a version."""

    prefix: str
    tags: Sequence[Mapping[str, str]]
    """Each with `Key` and `Value`; all of them."""
    more_than: int | None
    less_than: int | None
    """Bytes."""


class Due(NamedTuple):
    """A version whose time has come, and the rule that says so."""

    version: ObjectVersion
    rule: Rule
    hides: bool = False
    """Whether a delete marker is put on top of it and it stays below."""


class Expiry(NamedTuple):
    """When the newest version of a key expires."""

    at: datetime
    rule: Rule


def enabled(rules: Sequence[Rule] | None) -> list[Rule]:
    """The rules that are switched on."""
    return [rule for rule in rules or () if rule["Status"] == "Enabled"]


def due(rules: Sequence[Rule], stack: Sequence[ObjectVersion], *, has_versions: bool, now: datetime) -> Iterator[Due]:
    """What to let go of among a key's versions, the newest first; `has_versions` where versioning was ever enabled.

    Locks are not looked at: a locked version is due and stays.
    """
    if not stack:
        return
    top, older = stack[0], stack[1:]
    if not top.is_marker:
        found = expiry(rules, top)
        if found is not None and found.at <= now:
            yield Due(top, found.rule, hides=has_versions)
    elif not older:
        its_rule = next((rule for rule in rules if _is_marker_due(rule, top, now)), None)
        if its_rule is not None:
            yield Due(top, its_rule)
    for newer_count, (newer, version) in enumerate(zip(stack, older, strict=False)):
        its_rule = next((rule for rule in rules if _is_noncurrent_due(rule, version, newer, newer_count, now)), None)
        if its_rule is not None:
            yield Due(version, its_rule)


def expiry(rules: Sequence[Rule], version: ObjectVersion) -> Expiry | None:
    """When the first of the rules lets a key's newest version expire; None where none does."""
    times = [
        Expiry(at, rule)
        for rule in rules
        if applies(rule, version)
        for at in (_expires_at(rule.get("Expiration") or {}, version),)
        if at is not None
    ]
    return min(times, key=lambda each: (each.at, each.rule["ID"]), default=None)


def applies(rule: Rule, version: ObjectVersion) -> bool:
    """Whether a rule's filter takes a version: its prefix, all of its tags, and its size in bytes."""
    wanted = terms(rule["Filter"])
    return (
        version.key.startswith(wanted.prefix)
        and all(version.tags.get(tag["Key"]) == tag["Value"] for tag in wanted.tags)
        and (wanted.more_than is None or version.size_bytes > wanted.more_than)
        and (wanted.less_than is None or version.size_bytes < wanted.less_than)
    )


def terms(chosen: Mapping[str, Any]) -> Terms:
    """What a filter asks for, whether it has one term by itself or several in `And`."""
    every = chosen.get("And") or chosen
    return Terms(
        every.get("Prefix") or "",
        every.get("Tags") or ([chosen["Tag"]] if chosen.get("Tag") else []),
        every.get("ObjectSizeGreaterThan"),
        every.get("ObjectSizeLessThan"),
    )


def aborts_at(rule: Rule, key: str, initiated_at: datetime) -> datetime | None:
    """When a rule ends a multipart upload that nobody has completed; None where it does not."""
    days = (rule.get("AbortIncompleteMultipartUpload") or {}).get("DaysAfterInitiation")
    if days is None or not key.startswith(terms(rule["Filter"]).prefix):
        return None
    return after_days(initiated_at, days)


def after_days(moment: datetime, days: int) -> datetime:
    """The midnight (UTC) at which a number of days is over: the day under way counts as a whole one."""
    ends = moment.astimezone(UTC) + timedelta(days=days)
    midnight = datetime.combine(ends.date(), time(), UTC)
    return midnight if midnight == ends else midnight + timedelta(days=1)


def _expires_at(expiration: Mapping[str, Any], version: ObjectVersion) -> datetime | None:
    if "Date" in expiration:
        return datetime.fromisoformat(expiration["Date"])
    return after_days(version.modified_at, expiration["Days"]) if "Days" in expiration else None


def _is_marker_due(rule: Rule, marker: ObjectVersion, now: datetime) -> bool:
    """A delete marker that hides nothing goes at once where the rule says so, else when it is as old as objects that expire."""
    expiration = rule.get("Expiration") or {}
    if not applies(rule, marker):
        return False
    if expiration.get("ExpiredObjectDeleteMarker"):
        return True
    at = _expires_at(expiration, marker)
    return at is not None and at <= now


def _is_noncurrent_due(
    rule: Rule, version: ObjectVersion, newer: ObjectVersion, newer_count: int, now: datetime
) -> bool:
    """A version is noncurrent since the next newer one was made; `newer_count` noncurrent ones are newer than it."""
    wanted = rule.get("NoncurrentVersionExpiration")
    return (
        wanted is not None
        and newer_count >= (wanted.get("NewerNoncurrentVersions") or 0)
        and applies(rule, version)
        and after_days(newer.modified_at, wanted["NoncurrentDays"]) <= now
    )
