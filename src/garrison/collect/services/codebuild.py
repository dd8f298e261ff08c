"""AWS CodeBuild: projects, a hundred at a call; plain variables of their environments may be secret."""

from __future__ import annotations

from garrison.collect.declaration import Batch, Call, Service, Tie, Type

PROJECT = Type(
    "AWS::CodeBuild::Project",
    Call(
        "BatchGetProjects",
        "projects[]",
        each=Call("ListProjects", "projects[]"),
        batch=Batch("names", ".", 100),
    ),
    id="arn",
    arn="arn",
    title="name",
    tags="tags",
    created="created",
    secrets=("environment.environmentVariables[].value", "webhook.secret", "webhook.payloadUrl"),
    ties=(
        Tie("Is associated with Role", "AWS::IAM::Role", "serviceRole"),
        Tie("Is contained in Subnet", "AWS::EC2::Subnet", "vpcConfig.subnets[]"),
        Tie("Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", "vpcConfig.securityGroupIds[]"),
    ),
)

SERVICE = Service("codebuild", (PROJECT,))
