"""Exemptions (exceptions, as the file says): findings that someone has decided to live with, until a day and for a reason.

One that has expired excuses nothing any more.

    [[exception]]
    rule = "S3_BUCKET_LOGGING_ENABLED"
    resource = "arn:aws:s3:::public-*"
    until = 2027-01-31
    reason = "Holds the website's pictures, which anybody may read."
    owner = "web@example.com"

`rule` and `resource` (ARN, id or name) are patterns with `*` and `?`. `until` is the last day, in UTC.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from fnmatch import fnmatchcase
from typing import Annotated

import msgspec

from garrison.findings.finding import Excuse, Finding, State

MOST_BYTES = 1024 * 1024
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]


class UnusableExemptions(ValueError):
    """A file that is not one of exemptions; the text says what is wrong with it."""


class Exemption(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of them."""

    rule: _Text
    resource: _Text
    until: date
    """The last day on which it holds, in UTC."""
    reason: _Text
    owner: _Text

    @property
    def ends_at(self) -> datetime:
        """The first moment at which it excuses nothing any more."""
        return datetime.combine(self.until + timedelta(days=1), time(), UTC)

    def covers(self, finding: Finding) -> bool:
        """Whether it means the finding."""
        if not fnmatchcase(finding.check, self.rule):
            return False
        names = {finding.arn, finding.resource_id, finding.name}
        return any(fnmatchcase(name, self.resource) for name in names)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    exception: list[Exemption] = []


def read_exemptions(text: str) -> list[Exemption]:
    """The exemptions of a file; raises `UnusableExemptions`."""
    if len(text) > MOST_BYTES:
        raise UnusableExemptions(f"it is longer than {MOST_BYTES} characters")
    try:
        return msgspec.convert(tomllib.loads(text), _File).exception
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError) as error:
        raise UnusableExemptions(str(error)) from None


def excused(findings: Iterable[Finding], exemptions: Sequence[Exemption], at: datetime) -> list[Finding]:
    """The findings, each failure with the exemption that means it: the one that holds longest."""
    by_length = sorted(exemptions, key=lambda each: each.ends_at, reverse=True)
    return [_with_excuse(finding, by_length, at) if finding.state is State.FAILED else finding for finding in findings]


def unused(findings: Sequence[Finding], exemptions: Iterable[Exemption]) -> list[Exemption]:
    """Exemptions that no failure needs."""
    failed = [finding for finding in findings if finding.state is State.FAILED]
    return [each for each in exemptions if not any(each.covers(finding) for finding in failed)]


def _with_excuse(finding: Finding, exemptions: Iterable[Exemption], at: datetime) -> Finding:
    for each in exemptions:
        if each.covers(finding):
            excuse = Excuse(reason=each.reason, owner=each.owner, until=each.ends_at, is_expired=each.ends_at <= at)
            return msgspec.structs.replace(finding, excuse=excuse)
    return finding
