"""One finding: what a check says of a resource, in the form that every exporter takes."""

from __future__ import annotations

import enum
import hashlib
from datetime import datetime

import msgspec

from garrison.findings.vulnerability import Vulnerability


class Severity(enum.StrEnum):
    """How bad it is, from worst to least; the words of Security Hub."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    INFORMATIONAL = "INFORMATIONAL"

    @property
    def rank(self) -> int:
        """0 for the least, 4 for the worst."""
        return len(Severity) - 1 - list(Severity).index(self)


class State(enum.StrEnum):
    """What the check came to."""

    FAILED = "FAILED"
    PASSED = "PASSED"
    UNKNOWN = "UNKNOWN"
    """It could not be decided; `evidence` says why."""
    NOT_APPLICABLE = "NOT_APPLICABLE"


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """The API call that brought it about, as CloudTrail recorded it."""

    event_id: str
    name: str
    """`PutBucketPolicy`."""
    source: str
    """`s3.amazonaws.com`."""
    at: datetime
    who: str
    """The caller's ARN, or what is known of it."""
    source_address: str = ""


class Excuse(msgspec.Struct, frozen=True, kw_only=True):
    """Why it does not count, and until when; or, where it has expired, why it no longer does not."""

    reason: str
    owner: str
    until: datetime
    """The first moment at which it counts again."""
    is_expired: bool = False


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What one check says of one resource at a time."""

    check: str
    """The check's identifier: `S3_BUCKET_VERSIONING_ENABLED`."""
    title: str
    """What the check asks for, in one sentence."""
    severity: Severity
    state: State
    account: str
    region: str
    """`global` where the resource belongs to none."""
    resource_type: str
    """The CloudFormation name: `AWS::S3::Bucket`."""
    resource_id: str
    arn: str
    seen_at: datetime
    resource_name: str | None = None
    tags: dict[str, str] = {}
    evidence: str = ""
    """The offending value, or why nothing could be decided."""
    fix: str = ""
    """What to do where it failed."""
    source: str = ""
    """The page that specifies the check."""
    standards: tuple[str, ...] = ()
    """Packs and standards that ask for the check."""
    cause: Cause | None = None
    excuse: Excuse | None = None
    vulnerability: Vulnerability | None = None
    """What is known of the vulnerability, where it is one."""
    product: str = "config"
    """The part of Garrison that found it: `config`, `inspector` …"""

    @property
    def id(self) -> str:
        """The same at every run for the same check on the same resource."""
        named = "\n".join((self.product, self.check, self.account, self.region, self.resource_type, self.arn))
        return hashlib.sha256(named.encode()).hexdigest()[:32]

    @property
    def is_excused(self) -> bool:
        """Whether an exemption holds, so that it does not count."""
        return self.excuse is not None and not self.excuse.is_expired

    @property
    def counts(self) -> bool:
        """Whether it is a failure that nobody has excused."""
        return self.state is State.FAILED and not self.is_excused

    @property
    def name(self) -> str:
        """What people call the resource."""
        return self.resource_name or self.resource_id

    @property
    def service(self) -> str:
        """The service's part of the type: `S3`; `Account` for what belongs to no service."""
        return self.resource_type.split("::")[1] or "Account"

    @property
    def partition(self) -> str:
        """Of the resource: `aws`, `aws-cn`, `aws-us-gov`."""
        parts = self.arn.split(":")
        return parts[1] if len(parts) > 1 and parts[0] == "arn" and parts[1] else "aws"


def worst_first(finding: Finding) -> tuple[int, bool, str, str, str]:
    """Sort key: what counts before what does not, the worst first, then by resource."""
    return (-finding.severity.rank, not finding.counts, finding.check, finding.region, finding.arn)
