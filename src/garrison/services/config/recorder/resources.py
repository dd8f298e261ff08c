"""What is kept of a recorder, a delivery channel and a retention configuration."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import msgspec

from garrison.store import Resource

CONTINUOUS, DAILY = "CONTINUOUS", "DAILY"


class RecordingGroup(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which types are recorded."""

    all_supported: bool = True
    includes_global_types: bool = False
    types: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    @property
    def strategy(self) -> str:
        """As AWS calls it."""
        if self.excluded:
            return "EXCLUSION_BY_RESOURCE_TYPES"
        return "ALL_SUPPORTED_RESOURCE_TYPES" if self.all_supported else "INCLUSION_BY_RESOURCE_TYPES"


class Frequency(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How often changes are recorded, of all types and of some."""

    of_all: str = CONTINUOUS
    of_some: str | None = None
    types: tuple[str, ...] = ()
    description: str | None = None

    def of(self, resource_type: str) -> str:
        """Of a type."""
        return self.of_some if self.of_some is not None and resource_type in self.types else self.of_all


class ConfigurationRecorder(Resource, frozen=True, kw_only=True):
    """What records the resources of an account in a region."""

    resource_type: ClassVar[str] = "AWS::Config::ConfigurationRecorder"
    identity: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    arn_id: str
    role_arn: str
    group: RecordingGroup = RecordingGroup()
    frequency: Frequency = Frequency()
    is_recording: bool = False
    started_at: datetime | None = None
    stopped_at: datetime | None = None

    @property
    def arn(self) -> str:
        """The recorder's ARN."""
        return recorder_arn(self.region, self.account, f"{self.name}/{self.arn_id}")

    def records(self, resource_type: str, *, is_global: bool) -> bool:
        """Whether resources of a type are recorded; `is_global`: the type belongs to no region."""
        group = self.group
        if group.excluded:
            return resource_type not in group.excluded
        if not group.all_supported:
            return resource_type in group.types
        return group.includes_global_types or not is_global


class DeliveryChannel(Resource, frozen=True, kw_only=True):
    """Where what is recorded is delivered."""

    resource_type: ClassVar[str] = "AWS::Config::DeliveryChannel"
    identity: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    bucket: str
    prefix: str | None = None
    key_arn: str | None = None
    topic_arn: str | None = None
    snapshot_frequency: str | None = None

    @property
    def arn(self) -> str:
        """AWS gives channels none; the store wants one."""
        return f"arn:aws:config:{self.region}:{self.account}:delivery-channel/{self.name}"


class RetentionConfiguration(Resource, frozen=True, kw_only=True):
    """How long past states are kept."""

    resource_type: ClassVar[str] = "AWS::Config::RetentionConfiguration"
    identity: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    days: int

    @property
    def arn(self) -> str:
        """AWS gives retention configurations none; the store wants one."""
        return f"arn:aws:config:{self.region}:{self.account}:retention-configuration/{self.name}"


def recorder_arn(region: str, account: str, rest: str) -> str:
    """The ARN of a recorder, or of all with `*`."""
    return f"arn:aws:config:{region}:{account}:configuration-recorder/{rest}"
