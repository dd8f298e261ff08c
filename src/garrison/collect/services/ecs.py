"""Amazon ECS: clusters, services and the task definitions in use."""

from __future__ import annotations

from garrison.collect.declaration import At, Batch, Call, Service, Tie, Type

_CLUSTERS = Call("ListClusters", "clusterArns[]")
_SERVICES = Call("ListServices", "serviceArns[]", params={"cluster": At(".")}, each=_CLUSTERS)
_DEFINITIONS = Call("ListTaskDefinitions", "taskDefinitionArns[]", params={"status": "ACTIVE"})

CLUSTER = Type(
    "AWS::ECS::Cluster",
    Call(
        "DescribeClusters",
        "clusters[]",
        params={"include": ["SETTINGS", "CONFIGURATIONS", "TAGS"]},
        each=_CLUSTERS,
        batch=Batch("clusters", ".", 100),
    ),
    id="clusterArn",
    arn="clusterArn",
    title="clusterName",
    tags="tags",
    rename={"clusterArn": "Arn", "settings": "ClusterSettings"},
    drop=(
        "registeredContainerInstancesCount",
        "runningTasksCount",
        "pendingTasksCount",
        "activeServicesCount",
        "statistics",
    ),
)
SERVICE_TYPE = Type(
    "AWS::ECS::Service",
    Call(
        "DescribeServices",
        "services[]",
        params={"cluster": At("^."), "services": [At(".")], "include": ["TAGS"]},
        each=_SERVICES,
    ),
    id="serviceArn",
    arn="serviceArn",
    title="serviceName",
    tags="tags",
    created="createdAt",
    rename={"clusterArn": "Cluster", "roleArn": "Role", "placementStrategy": "PlacementStrategies"},
    added={"Name": "serviceName"},
    drop=("events", "deployments", "runningCount", "pendingCount", "taskSets"),
    ties=(
        Tie("Is contained in Cluster", "AWS::ECS::Cluster", "clusterArn"),
        Tie("Is associated with TaskDefinition", "AWS::ECS::TaskDefinition", "taskDefinition"),
        Tie(
            "Is associated with SecurityGroup",
            "AWS::EC2::SecurityGroup",
            "networkConfiguration.awsvpcConfiguration.securityGroups[]",
        ),
    ),
)
TASK_DEFINITION = Type(
    "AWS::ECS::TaskDefinition",
    Call("DescribeTaskDefinition", "taskDefinition", params={"taskDefinition": At(".")}, each=_DEFINITIONS),
    id="taskDefinitionArn",
    arn="taskDefinitionArn",
    title="family",
    created="registeredAt",
    drop=("requiresAttributes",),
    secrets=("containerDefinitions[].environment[].value",),
    ties=(
        Tie("Is associated with Role", "AWS::IAM::Role", "taskRoleArn"),
        Tie("Is associated with Role", "AWS::IAM::Role", "executionRoleArn"),
    ),
)

SERVICE = Service("ecs", (CLUSTER, SERVICE_TYPE, TASK_DEFINITION))
