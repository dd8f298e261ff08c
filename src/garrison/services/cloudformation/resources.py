"""What CloudFormation keeps: stacks, their resources, events, templates, exports and change sets."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from garrison.services.identity import Principal
from garrison.store import Resource


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """What a stack is made from: a template and the values that go with it."""

    template: str
    """The id of its `StackTemplate`."""
    parameters: dict[str, str] = {}
    """Values by name; those that are not to be echoed masked."""
    secrets: str | None = None
    """Where the values that are not to be echoed are sealed, as JSON."""
    tags: dict[str, str] = {}
    capabilities: tuple[str, ...] = ()
    notification_arns: tuple[str, ...] = ()


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """What is being done with a stack, and for whom."""

    kind: str
    """`CREATE`, `UPDATE`, `DELETE`, `ROLLBACK` or `CONTINUE`."""
    id: str
    """Part of the names that its calls are made once under."""
    token: str | None = None
    """The caller's ClientRequestToken."""
    principal: Principal
    """Who asked: the resources are made with the rights of this caller, or of the stack's role."""
    started_at: datetime
    retained: tuple[str, ...] = ()
    """Resources that a DeleteStack leaves alone."""
    skipped: tuple[str, ...] = ()
    """Resources that a ContinueUpdateRollback leaves as they are."""
    is_cancelled: bool = False


class Stack(Resource, frozen=True, kw_only=True):
    """A stack; one that was deleted stays to be looked at for 90 days."""

    resource_type: ClassVar[str] = "AWS::CloudFormation::Stack"
    identity: ClassVar[tuple[str, ...]] = ("name", "uuid")
    indexed: ClassVar[tuple[str, ...]] = ("live_name", "uuid", "root")

    name: str
    live_name: str | None
    """The name, as long as no other stack may have it."""
    uuid: str
    status: str
    reason: str | None = None
    created_at: datetime
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    description: str | None = None
    deployed: Deployment
    """What it is made from, or is being made from."""
    previous: Deployment | None = None
    """What it was made from before the update that is under way or has failed."""
    unsettled: tuple[str, ...] = ()
    """The ids of the operations since then: what they made is deleted when it is rolled back."""
    outputs: tuple[dict[str, Any], ...] = ()
    role_arn: str | None = None
    on_failure: str = "ROLLBACK"
    """`ROLLBACK`, `DELETE` or `DO_NOTHING`."""
    retains_except_on_create: bool = False
    timeout_minutes: int | None = None
    is_protected: bool = False
    policy: str | None = None
    rollback_configuration: dict[str, Any] | None = None
    parent: str | None = None
    """The ARN of the stack that it is nested in."""
    root: str | None = None
    change_set: str | None = None
    """The ARN of the change set that was executed last."""
    drift_status: str = "NOT_CHECKED"
    drift_checked_at: datetime | None = None
    operation: Operation | None = None
    """What is under way, or was done last."""

    @property
    def arn(self) -> str:
        """The stack's id."""
        return stack_arn(self.region, self.account, f"{self.name}/{self.uuid}")

    @property
    def is_under_way(self) -> bool:
        """Whether something is being done with it."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"


class Physical(msgspec.Struct, frozen=True, kw_only=True):
    """What is really there for a resource of a stack."""

    id: str
    properties: dict[str, Any] = {}
    """As it was made, with the tags of the stack; what is secret in them masked."""
    attributes: dict[str, Any] = {}
    secrets: str | None = None
    """Where the true properties and the secret attributes are sealed, as JSON; None where none is secret."""
    deletion_policy: str | None = None
    replace_policy: str | None = None
    metadata: dict[str, Any] | None = None


class StackResource(Resource, frozen=True, kw_only=True):
    """A resource of a stack."""

    resource_type: ClassVar[str] = "Garrison::CloudFormation::StackResource"
    identity: ClassVar[tuple[str, ...]] = ("stack", "logical_id")
    indexed: ClassVar[tuple[str, ...]] = ("stack",)
    keeps_history: ClassVar[bool] = False

    stack: str
    """The stack's UUID."""
    logical_id: str
    type: str
    status: str
    reason: str | None = None
    changed_at: datetime
    needs: tuple[str, ...] = ()
    """The resources that must be there before it."""
    born: str = ""
    """The id of the operation that it was first made by."""
    touched: str = ""
    """The id of the operation that did something with it last."""
    is_wanted: bool = True
    """Whether it is to stay when what is under way ends."""
    current: Physical | None = None
    spare: Physical | None = None
    """While updating, what was there before; then, what is left over and to be deleted."""
    drift_status: str = "NOT_CHECKED"
    drift_checked_at: datetime | None = None
    drift: dict[str, Any] | None = None
    """What was found when drift was looked for."""

    @property
    def arn(self) -> str:
        """Resources of stacks have no ARN in AWS; this one is Garrison's."""
        return stack_arn(self.region, self.account, f"{self.stack}/{self.logical_id}")


class StackEvent(Resource, frozen=True, kw_only=True):
    """Something that happened with a stack or a resource of it."""

    resource_type: ClassVar[str] = "Garrison::CloudFormation::StackEvent"
    identity: ClassVar[tuple[str, ...]] = ("stack", "number")
    indexed: ClassVar[tuple[str, ...]] = ("stack",)
    keeps_history: ClassVar[bool] = False

    stack: str
    number: int
    """Falls with each event, so that the newest is listed first."""
    event_id: str
    at: datetime
    logical_id: str
    physical_id: str | None = None
    type: str
    status: str
    reason: str | None = None
    properties: str | None = None
    """As JSON, without what is secret."""
    token: str | None = None
    operation: str | None = None

    @property
    def arn(self) -> str:
        """Events have no ARN in AWS; this one is Garrison's."""
        return stack_arn(self.region, self.account, f"{self.stack}/event/{self.event_id}")


class StackTemplate(Resource, frozen=True, kw_only=True):
    """A template of a stack, as it was given."""

    resource_type: ClassVar[str] = "Garrison::CloudFormation::Template"
    identity: ClassVar[tuple[str, ...]] = ("stack", "id")
    indexed: ClassVar[tuple[str, ...]] = ("stack",)
    keeps_history: ClassVar[bool] = False

    stack: str
    id: str
    """The SHA-256 of its text, shortened."""
    text: str

    @property
    def arn(self) -> str:
        """Templates have no ARN in AWS; this one is Garrison's."""
        return stack_arn(self.region, self.account, f"{self.stack}/template/{self.id}")


class Export(Resource, frozen=True, kw_only=True):
    """An output that other stacks of the region may import."""

    resource_type: ClassVar[str] = "Garrison::CloudFormation::Export"
    identity: ClassVar[tuple[str, ...]] = ("name",)
    indexed: ClassVar[tuple[str, ...]] = ("stack",)

    name: str
    value: str
    stack: str
    stack_arn: str
    output: str

    @property
    def arn(self) -> str:
        """Exports have no ARN in AWS; this one is Garrison's."""
        return f"arn:aws:cloudformation:{self.region}:{self.account}:export/{self.name}"


class Import(Resource, frozen=True, kw_only=True):
    """That a stack uses an export."""

    resource_type: ClassVar[str] = "Garrison::CloudFormation::Import"
    identity: ClassVar[tuple[str, ...]] = ("export", "stack_name", "stack")
    indexed: ClassVar[tuple[str, ...]] = ("export", "stack")
    keeps_history: ClassVar[bool] = False

    export: str
    stack_name: str
    stack: str

    @property
    def arn(self) -> str:
        """Imports have no ARN in AWS; this one is Garrison's."""
        return f"arn:aws:cloudformation:{self.region}:{self.account}:import/{self.export}/{self.stack}"


class ChangeSet(Resource, frozen=True, kw_only=True):
    """What an update would do, until it is executed."""

    resource_type: ClassVar[str] = "Garrison::CloudFormation::ChangeSet"
    identity: ClassVar[tuple[str, ...]] = ("stack", "name")
    indexed: ClassVar[tuple[str, ...]] = ("uuid", "stack")
    keeps_history: ClassVar[bool] = False

    stack: str
    """The stack's UUID."""
    stack_name: str
    name: str
    uuid: str
    kind: str
    """`CREATE` or `UPDATE`."""
    description: str | None = None
    created_at: datetime
    status: str
    reason: str | None = None
    execution: str = "AVAILABLE"
    deployed: Deployment
    role_arn: str | None = None
    rollback_configuration: dict[str, Any] | None = None
    changes: tuple[dict[str, Any], ...] = ()
    includes_nested: bool = False
    on_failure: str | None = None

    @property
    def arn(self) -> str:
        """The change set's id."""
        return f"arn:aws:cloudformation:{self.region}:{self.account}:changeSet/{self.name}/{self.uuid}"


class DriftDetection(Resource, frozen=True, kw_only=True):
    """One look for drift in a whole stack."""

    resource_type: ClassVar[str] = "Garrison::CloudFormation::DriftDetection"
    identity: ClassVar[tuple[str, ...]] = ("id",)
    keeps_history: ClassVar[bool] = False

    id: str
    stack: str
    stack_arn: str
    started_at: datetime
    principal: Principal
    logical_ids: tuple[str, ...] = ()
    """Those that are looked at; empty for all."""
    status: str = "DETECTION_IN_PROGRESS"
    reason: str | None = None
    drift_status: str | None = None
    drifted: int | None = None

    @property
    def arn(self) -> str:
        """Detections have no ARN in AWS; this one is Garrison's."""
        return f"arn:aws:cloudformation:{self.region}:{self.account}:drift/{self.id}"


def stack_arn(region: str, account: str, name: str) -> str:
    """The ARN of a stack: `name` is its name and UUID with a slash between, or a name and `*`."""
    return f"arn:aws:cloudformation:{region}:{account}:stack/{name}"
