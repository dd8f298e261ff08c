"""What is kept of an account's Inspector: what is scanned, how, and the filters."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from garrison.store import Resource

TYPES = ("EC2", "ECR", "LAMBDA", "LAMBDA_CODE", "CODE_REPOSITORY")
"""ResourceScanType, in the order that answers show them."""


class Enablement(Resource, frozen=True, kw_only=True):
    """Which types of resources are scanned in an account and region, and how."""

    resource_type: ClassVar[str] = "Garrison::InspectorV2::Enablement"
    identity: ClassVar[tuple[str, ...]] = ("name",)

    name: str = "scanning"
    since: dict[str, datetime] = msgspec.field(default_factory=dict)
    """By type that is scanned, since when."""
    first_at: dict[str, datetime] = msgspec.field(default_factory=dict)
    """By type, when it was turned on for the first time: trials begin then."""
    ecr_rescan: str = "LIFETIME"
    ecr_pull_rescan: str = "DAYS_14"
    ecr_pull_mode: str = "LAST_IN_USE_AT"
    ecr_updated_at: datetime | None = None
    ec2_mode: str = "EC2_HYBRID"
    vm_scanner_at: datetime | None = None
    """Since when Inspector's own agent scans; None where it does not."""
    deep_inspection: bool = True
    package_paths: tuple[str, ...] = ()
    org_package_paths: tuple[str, ...] = ()

    @property
    def arn(self) -> str:
        """Its ARN, Garrison's own."""
        return f"arn:aws:inspector2:{self.region}:{self.account}:owner/{self.account}/scanning"

    @property
    def is_on(self) -> bool:
        """Whether anything is scanned."""
        return bool(self.since)


class Filter(Resource, frozen=True, kw_only=True):
    """Criteria under a name; what meets those that suppress is suppressed."""

    resource_type: ClassVar[str] = "AWS::InspectorV2::Filter"
    identity: ClassVar[tuple[str, ...]] = ("filter_id",)
    indexed: ClassVar[tuple[str, ...]] = ("name",)

    filter_id: str
    name: str
    action: str
    criteria: dict[str, list[dict[str, Any]]]
    """FilterCriteria, times as seconds since 1970."""
    description: str | None = None
    reason: str | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def arn(self) -> str:
        """The filter's ARN."""
        return f"{owned_arn(self.region, self.account)}filter/{self.filter_id}"


class ExternalReport(Resource, frozen=True, kw_only=True):
    """A report of findings, or an export of SBOMs, into a bucket."""

    resource_type: ClassVar[str] = "Garrison::InspectorV2::ExternalReport"
    identity: ClassVar[tuple[str, ...]] = ("report_id",)
    indexed: ClassVar[tuple[str, ...]] = ("status", "kind")
    keeps_history: ClassVar[bool] = False

    report_id: str
    kind: str
    """`findings` or `sbom`."""
    format: str
    bucket: str
    prefix: str | None = None
    key_arn: str
    criteria: dict[str, list[dict[str, Any]]] = msgspec.field(default_factory=dict)
    status: str = "IN_PROGRESS"
    error_code: str | None = None
    error_message: str | None = None
    asked_at: datetime

    @property
    def arn(self) -> str:
        """Its ARN, Garrison's own."""
        return f"{owned_arn(self.region, self.account)}report/{self.report_id}"


class Time(msgspec.Struct, frozen=True, kw_only=True):
    """A time of day somewhere."""

    of_day: str
    """`09:30`."""
    timezone: str
    """IANA's name, or `UTC`."""


class CisSchedule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When a CIS scan is made."""

    kind: str
    """`oneTime`, `daily`, `weekly`, `monthly`."""
    at: Time | None = None
    days: tuple[str, ...] = ()
    """`MON` …; of a monthly one, the day of which the first in the month is meant."""


class CisScanConfiguration(Resource, frozen=True, kw_only=True):
    """A CIS scan that is made at times."""

    resource_type: ClassVar[str] = "AWS::InspectorV2::CisScanConfiguration"
    identity: ClassVar[tuple[str, ...]] = ("configuration_id",)

    configuration_id: str
    name: str
    level: str
    schedule: CisSchedule
    accounts: tuple[str, ...]
    """Account ids; `SELF` stands for its own."""
    target_tags: dict[str, tuple[str, ...]]
    created_at: datetime
    scheduled_from: datetime
    """Times of the schedule before this one are not its any more."""

    @property
    def arn(self) -> str:
        """The configuration's ARN."""
        return f"{owned_arn(self.region, self.account)}cis-configuration/{self.configuration_id}"


def owned_arn(region: str, account: str) -> str:
    """What the ARNs of what an account owns begin with."""
    return f"arn:aws:inspector2:{region}:{account}:owner/{account}/"
