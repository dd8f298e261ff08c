"""AWS CodeDeploy: the deployment groups of each application."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Service, Tie, Type

_GROUPS = Call(
    "ListDeploymentGroups",
    "deploymentGroups[]",
    params={"applicationName": At(".")},
    each=Call("ListApplications", "applications[]"),
)

DEPLOYMENT_GROUP = Type(
    "AWS::CodeDeploy::DeploymentGroup",
    Call(
        "GetDeploymentGroup",
        "deploymentGroupInfo",
        params={"applicationName": At("^."), "deploymentGroupName": At(".")},
        each=_GROUPS,
    ),
    id="deploymentGroupId",
    arn="arn:{partition}:codedeploy:{region}:{account}:deploymentgroup:{applicationName}/{deploymentGroupName}",
    title="deploymentGroupName",
    ties=(Tie("Is associated with Role", "AWS::IAM::Role", "serviceRoleArn"),),
)

SERVICE = Service("codedeploy", (DEPLOYMENT_GROUP,))
