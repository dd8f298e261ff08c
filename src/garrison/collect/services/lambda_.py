"""AWS Lambda: functions, with the policy that says who may call them; never their code."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Place, Service, Tie, Type

_OF_FUNCTION = {"FunctionName": At("FunctionName")}

FUNCTION = Type(
    "AWS::Lambda::Function",
    Call("ListFunctions", "Functions[]"),
    id="FunctionName",
    arn="FunctionArn",
    title="FunctionName",
    secrets=("Environment.Variables{}",),
    ties=(
        Tie("Is associated with Role", "AWS::IAM::Role", "Role"),
        Tie("Is contained in Subnet", "AWS::EC2::Subnet", "VpcConfig.SubnetIds[]"),
        Tie("Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", "VpcConfig.SecurityGroupIds[]"),
    ),
    parts=(
        Part("Policy", Call("GetPolicy", params=_OF_FUNCTION), "Policy", absent=("ResourceNotFoundException",)),
        Part("Concurrency", Call("GetFunctionConcurrency", params=_OF_FUNCTION)),
        Part(
            "FunctionUrlConfig",
            Call("GetFunctionUrlConfig", params=_OF_FUNCTION),
            absent=("ResourceNotFoundException",),
        ),
        Part("", Call("ListTags", params={"Resource": At("FunctionArn")}), "Tags", into=Place.TAGS),
    ),
)

SERVICE = Service("lambda", (FUNCTION,))
