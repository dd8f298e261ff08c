"""AWS CloudFormation: stacks; parameters and outputs may be secret."""

from __future__ import annotations

from garrison.collect.declaration import Call, Service, Tie, Type

STACK = Type(
    "AWS::CloudFormation::Stack",
    Call("DescribeStacks", "Stacks[]"),
    id="StackId",
    arn="StackId",
    title="StackName",
    tags="Tags",
    created="CreationTime",
    secrets=("Parameters[].ParameterValue", "Parameters[].ResolvedValue", "Outputs[].OutputValue"),
    ties=(
        Tie("Is associated with Role", "AWS::IAM::Role", "RoleARN"),
        Tie("Is associated with Topic", "AWS::SNS::Topic", "NotificationARNs[]"),
    ),
)

SERVICE = Service("cloudformation", (STACK,))
