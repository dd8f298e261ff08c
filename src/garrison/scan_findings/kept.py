"""What the file of findings holds, as values."""

from __future__ import annotations

import enum
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

ACTIVE, SUPPRESSED, CLOSED = "ACTIVE", "SUPPRESSED", "CLOSED"
SEVERITIES = ("UNTRIAGED", "INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL")
"""From least to worst."""


class Scan(enum.StrEnum):
    """What was looked at: Inspector's scan types. What one finds never closes what another has found."""

    PACKAGE = "PACKAGE"
    NETWORK = "NETWORK"
    CODE = "CODE"


class Target(NamedTuple):
    """What is scanned."""

    account: str
    region: str
    resource_type: str
    """`AWS_EC2_INSTANCE`, `AWS_ECR_CONTAINER_IMAGE` …"""
    resource: str
    """`i-…`, or the ARN."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One problem of a resource, as a scan sees it now."""

    subject: str
    """What makes it this problem and no other of the resource: the vulnerability's id, or port and protocol."""
    type: str
    """`PACKAGE_VULNERABILITY`, `NETWORK_REACHABILITY`."""
    severity: str
    title: str
    body: dict[str, Any]
    """The rest of Inspector's `Finding`: description, remediation, resources, details. Times in it are seconds since 1970."""
    vulnerability: str | None = None
    score: float | None = None
    epss: float | None = None
    fix: str | None = None
    """`YES`, `NO`, `PARTIAL`."""
    exploit: str | None = None
    packages: tuple[str, ...] = ()
    """Names of the vulnerable packages."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A finding as it stands."""

    id: int
    arn: str
    account: str
    region: str
    type: str
    status: str
    severity: str
    title: str
    score: float | None
    epss: float | None
    fix: str | None
    exploit: str | None
    first_at: datetime
    last_at: datetime
    updated_at: datetime
    body: dict[str, Any]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A finding got another status."""

    arn: str
    status: str
    was: str
    """Empty where it was found for the first time."""
    reason: str
    at: datetime


def arn_of(target: Target, scan: str, subject: str, since: int) -> str:
    """A finding's ARN: the same for the same problem of the same resource, until it was closed for so long that it is a new one."""
    named = "\n".join((*target, scan, subject, str(since)))
    digest = hashlib.sha256(named.encode()).hexdigest()[:32]
    return f"arn:aws:inspector2:{target.region}:{target.account}:finding/{digest}"


def number_of(at: datetime) -> int:
    """A time as the file keeps it: milliseconds since 1970."""
    return (at - _EPOCH) // _MILLISECOND


def time_of(number: int) -> datetime:
    """The time of such a number."""
    return _EPOCH + number * _MILLISECOND
