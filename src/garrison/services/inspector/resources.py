"""What Inspector keeps in the store: who is assessed, by what, and the runs. Findings lie in a file of their own."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import msgspec

from garrison.store import Resource

CREATED = "CREATED"
START_PENDING = "START_DATA_COLLECTION_PENDING"
STARTING = "START_DATA_COLLECTION_IN_PROGRESS"
COLLECTING = "COLLECTING_DATA"
STOP_PENDING = "STOP_DATA_COLLECTION_PENDING"
COLLECTED = "DATA_COLLECTED"
EVALUATION_PENDING = "START_EVALUATING_RULES_PENDING"
EVALUATING = "EVALUATING_RULES"
COMPLETED = "COMPLETED"
COMPLETED_WITH_ERRORS = "COMPLETED_WITH_ERRORS"
FAILED = "FAILED"
CANCELED = "CANCELED"
ENDED = frozenset({COMPLETED, COMPLETED_WITH_ERRORS, FAILED, CANCELED})
BEFORE_EVALUATION = frozenset({CREATED, START_PENDING, STARTING, COLLECTING})
"""The states in which data are collected, or will be."""


class Pair(msgspec.Struct, frozen=True, omit_defaults=True):
    """A tag or an attribute."""

    key: str
    value: str | None = None

    def shown(self) -> dict[str, str]:
        """As the API shows it."""
        return {"key": self.key} | ({"value": self.value} if self.value is not None else {})


class StateChange(msgspec.Struct, frozen=True):
    """When a run reached a state."""

    state: str
    at: datetime


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a notification."""

    at: datetime
    event: str
    topic: str
    status: str
    """AWS's `snsPublishStatusCode`."""
    message: str = ""


class ResourceGroup(Resource, frozen=True, kw_only=True):
    """Tags by which hosts are chosen."""

    resource_type: ClassVar[str] = "AWS::Inspector::ResourceGroup"
    identity: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    chosen_by: tuple[Pair, ...]
    """A host is chosen where it has each of the keys, with one of the values given for it."""
    created_at: datetime

    @property
    def arn(self) -> str:
        """`…:resourcegroup/0-…`."""
        return inspector_arn(self.region, self.account, f"resourcegroup/{self.id}")


class AssessmentTarget(Resource, frozen=True, kw_only=True):
    """The hosts that a resource group chooses; without one, all of the account in the region."""

    resource_type: ClassVar[str] = "AWS::Inspector::AssessmentTarget"
    identity: ClassVar[tuple[str, ...]] = ("id",)
    indexed: ClassVar[tuple[str, ...]] = ("name",)

    id: str
    name: str
    group: str | None = None
    """The resource group's id."""
    created_at: datetime
    updated_at: datetime

    @property
    def arn(self) -> str:
        """`…:target/0-…`."""
        return inspector_arn(self.region, self.account, f"target/{self.id}")


class Collection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Data collected for an assessment of the preview's API, which evaluates them by a call of its own."""

    began_at: datetime
    ended_at: datetime
    """When it ends, or ended."""


class AssessmentTemplate(Resource, frozen=True, kw_only=True):
    """How a target is assessed."""

    resource_type: ClassVar[str] = "AWS::Inspector::AssessmentTemplate"
    identity: ClassVar[tuple[str, ...]] = ("target", "id")
    indexed: ClassVar[tuple[str, ...]] = ("target", "name")

    target: str
    """The target's id."""
    id: str
    name: str
    duration_seconds: int
    packages: tuple[str, ...]
    """ARNs of rules packages."""
    user_attributes: tuple[Pair, ...] = ()
    """Given to every finding."""
    last_run: str | None = None
    """The ARN of the run that began last."""
    created_at: datetime
    collection: Collection | None = None
    """Only where the preview's API has begun one."""

    @property
    def arn(self) -> str:
        """`…:target/0-…/template/0-…`."""
        return inspector_arn(self.region, self.account, f"target/{self.target}/template/{self.id}")


class AssessmentRun(Resource, frozen=True, kw_only=True):
    """One assessment: what a template said when it began, and how far it is."""

    resource_type: ClassVar[str] = "AWS::Inspector::AssessmentRun"
    identity: ClassVar[tuple[str, ...]] = ("target", "template", "id")
    indexed: ClassVar[tuple[str, ...]] = ("target", "template")
    keeps_history: ClassVar[bool] = False

    target: str
    template: str
    id: str
    name: str
    duration_seconds: int
    packages: tuple[str, ...]
    user_attributes: tuple[Pair, ...] = ()
    created_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    has_collected: bool = False
    collected_since: datetime | None = None
    """Since when agents' reports count: the start, or that of the data that the preview had collected."""
    changes: tuple[StateChange, ...]
    stop: str | None = None
    """What a call to stop it asked for."""
    announced: int = 0
    """How many of its changes of state subscribers are told of, or will be."""
    told: tuple[Told, ...] = ()
    counts: dict[str, int] = {}  # noqa: RUF012 - msgspec copies it
    """Findings by severity."""

    @property
    def arn(self) -> str:
        """`…:target/0-…/template/0-…/run/0-…`."""
        return inspector_arn(self.region, self.account, f"target/{self.target}/template/{self.template}/run/{self.id}")

    @property
    def template_arn(self) -> str:
        """Its template's."""
        return inspector_arn(self.region, self.account, f"target/{self.target}/template/{self.template}")

    @property
    def target_arn(self) -> str:
        """Its target's."""
        return inspector_arn(self.region, self.account, f"target/{self.target}")

    @property
    def state(self) -> str:
        """Where it is now."""
        return self.changes[-1].state


class EventSubscription(Resource, frozen=True, kw_only=True):
    """A topic that is told of events of a template's runs."""

    resource_type: ClassVar[str] = "Garrison::Inspector::EventSubscription"
    identity: ClassVar[tuple[str, ...]] = ("template", "topic", "event")
    indexed: ClassVar[tuple[str, ...]] = ("template",)

    template: str
    """The template's ARN."""
    topic: str
    event: str
    subscribed_at: datetime

    @property
    def arn(self) -> str:
        """AWS gives subscriptions none; the store wants one."""
        return inspector_arn(self.region, self.account, f"subscription/{self.template}/{self.topic}/{self.event}")


class AccessRole(Resource, frozen=True, kw_only=True):
    """The role that was registered for Inspector."""

    resource_type: ClassVar[str] = "Garrison::Inspector::AccessRole"
    identity: ClassVar[tuple[str, ...]] = ("name",)

    name: str = "access"
    role_arn: str
    registered_at: datetime

    @property
    def arn(self) -> str:
        """The registration has none at AWS; the store wants one."""
        return inspector_arn(self.region, self.account, "access-role")


def inspector_arn(region: str, account: str, resource: str) -> str:
    """An ARN of Inspector's."""
    return f"arn:aws:inspector:{region}:{account}:{resource}"
