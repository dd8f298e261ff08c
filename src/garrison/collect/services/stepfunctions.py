"""AWS Step Functions: state machines."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Place, Service, Tie, Type

_MACHINES = Call("ListStateMachines", "stateMachines[]")

STATE_MACHINE = Type(
    "AWS::StepFunctions::StateMachine",
    Call("DescribeStateMachine", params={"stateMachineArn": At("stateMachineArn")}, each=_MACHINES),
    id="stateMachineArn",
    arn="stateMachineArn",
    title="name",
    created="creationDate",
    rename={"stateMachineArn": "Arn", "name": "StateMachineName", "type": "StateMachineType"},
    ties=(Tie("Is associated with Role", "AWS::IAM::Role", "roleArn"),),
    parts=(
        Part("", Call("ListTagsForResource", params={"resourceArn": At("stateMachineArn")}), "tags", into=Place.TAGS),
    ),
)

SERVICE = Service("stepfunctions", (STATE_MACHINE,))
