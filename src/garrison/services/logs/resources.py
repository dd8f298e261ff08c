"""What CloudWatch Logs keeps as resources; the events themselves lie in a file of their own (`storage`)."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from garrison.store import Resource


class GroupKey(msgspec.Struct, frozen=True, kw_only=True):
    """A data key of a group, as KMS's ciphertext."""

    number: int
    kms_key: str
    """The ARN of the KMS key."""
    wrapped: bytes


class LogGroup(Resource, frozen=True, kw_only=True):
    """A log group. Times are milliseconds since 1970, as in the API."""

    resource_type: ClassVar[str] = "AWS::Logs::LogGroup"
    identity: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    token: str
    """What its events are kept under: another group of the same name later has another one."""
    created_at: int
    retention_days: int | None = None
    log_class: str = "STANDARD"
    is_protected: bool = False
    """Whether it cannot be deleted."""
    kms_key: str | None = None
    """The ARN of the KMS key that new events are encrypted by."""
    data_keys: tuple[GroupKey, ...] = ()
    """Those that events of it were ever encrypted by, the latest last."""

    @property
    def arn(self) -> str:
        """The ARN without the `:*` of older answers."""
        return log_group_arn(self.region, self.account, self.name)


class LogStream(Resource, frozen=True, kw_only=True):
    """A log stream of a group; so short-lived that its events in the journal are history enough."""

    resource_type: ClassVar[str] = "AWS::Logs::LogStream"
    identity: ClassVar[tuple[str, ...]] = ("log_group", "name")
    indexed: ClassVar[tuple[str, ...]] = ("log_group",)
    keeps_history: ClassVar[bool] = False

    log_group: str
    name: str
    token: str
    """What its events are kept under."""
    created_at: int

    @property
    def arn(self) -> str:
        """The stream's ARN."""
        return f"{log_group_arn(self.region, self.account, self.log_group)}:log-stream:{self.name}"


class MetricFilter(Resource, frozen=True, kw_only=True):
    """A filter that makes a metric of the events that match."""

    resource_type: ClassVar[str] = "AWS::Logs::MetricFilter"
    identity: ClassVar[tuple[str, ...]] = ("log_group", "name")
    indexed: ClassVar[tuple[str, ...]] = ("log_group",)

    log_group: str
    name: str
    pattern: str
    created_at: int
    metric_name: str
    namespace: str
    value: str
    """A number, or the field that has it: `$.latency`, `$bytes`."""
    default_value: float | None = None
    """What each minute counts in which events came and none matched."""
    dimensions: dict[str, str] = msgspec.field(default_factory=dict)
    """Dimension names to fields."""
    unit: str | None = None

    @property
    def arn(self) -> str:
        """An ARN of Garrison's own form: AWS has none for filters."""
        return f"{log_group_arn(self.region, self.account, self.log_group)}:metric-filter:{self.name}"


class SubscriptionFilter(Resource, frozen=True, kw_only=True):
    """A filter that sends the events that match somewhere."""

    resource_type: ClassVar[str] = "AWS::Logs::SubscriptionFilter"
    identity: ClassVar[tuple[str, ...]] = ("log_group", "name")
    indexed: ClassVar[tuple[str, ...]] = ("log_group",)

    log_group: str
    name: str
    pattern: str
    token: str
    """What events wait under: another filter of the same name later has another one."""
    created_at: int
    destination: str
    """A URL, or the ARN of a Lambda function whose name is that of a command in the settings."""
    role_arn: str | None = None
    distribution: str = "ByLogStream"

    @property
    def arn(self) -> str:
        """An ARN of Garrison's own form: AWS has none for filters."""
        return f"{log_group_arn(self.region, self.account, self.log_group)}:subscription-filter:{self.name}"


class LogResourcePolicy(Resource, frozen=True, kw_only=True):
    """A policy of the account in a region, which lets services write log events."""

    resource_type: ClassVar[str] = "AWS::Logs::ResourcePolicy"
    identity: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    document: str
    updated_at: int
    revision_id: str

    @property
    def arn(self) -> str:
        """An ARN of Garrison's own form: AWS has none for these policies."""
        return f"arn:aws:logs:{self.region}:{self.account}:resource-policy:{self.name}"


def log_group_arn(region: str, account: str, name: str) -> str:
    """The ARN of a log group."""
    return f"arn:aws:logs:{region}:{account}:log-group:{name}"
