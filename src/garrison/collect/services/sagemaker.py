"""Amazon SageMaker: notebook instances."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Place, Service, Tie, Type

_NOTEBOOKS = Call("ListNotebookInstances", "NotebookInstances[]")

NOTEBOOK_INSTANCE = Type(
    "AWS::SageMaker::NotebookInstance",
    Call("DescribeNotebookInstance", params={"NotebookInstanceName": At("NotebookInstanceName")}, each=_NOTEBOOKS),
    id="NotebookInstanceArn",
    arn="NotebookInstanceArn",
    title="NotebookInstanceName",
    created="CreationTime",
    rename={
        "NotebookInstanceArn": "Id",
        "SecurityGroups": "SecurityGroupIds",
        "NotebookInstanceLifecycleConfigName": "LifecycleConfigName",
    },
    ties=(
        Tie("Is associated with Role", "AWS::IAM::Role", "RoleArn"),
        Tie("Is contained in Subnet", "AWS::EC2::Subnet", "SubnetId"),
        Tie("Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", "SecurityGroups[]"),
    ),
    parts=(Part("", Call("ListTags", params={"ResourceArn": At("NotebookInstanceArn")}), "Tags", into=Place.TAGS),),
)

SERVICE = Service("sagemaker", (NOTEBOOK_INSTANCE,))
