"""Amazon Athena: workgroups."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Service, Type

WORK_GROUP = Type(
    "AWS::Athena::WorkGroup",
    Call("GetWorkGroup", "WorkGroup", params={"WorkGroup": At("Name")}, each=Call("ListWorkGroups", "WorkGroups[]")),
    id="Name",
    arn="arn:{partition}:athena:{region}:{account}:workgroup/{Name}",
    title="Name",
    created="CreationTime",
    rename={"Configuration": "WorkGroupConfiguration"},
)

SERVICE = Service("athena", (WORK_GROUP,))
