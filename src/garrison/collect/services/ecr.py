"""Amazon ECR: repositories, with who may pull and what is thrown away."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Place, Service, Type

_OF_REPOSITORY = {"repositoryName": At("repositoryName"), "registryId": At("registryId")}

REPOSITORY = Type(
    "AWS::ECR::Repository",
    Call("DescribeRepositories", "repositories[]"),
    id="repositoryName",
    arn="repositoryArn",
    title="repositoryName",
    created="createdAt",
    rename={"repositoryArn": "Arn"},
    parts=(
        Part(
            "RepositoryPolicyText",
            Call("GetRepositoryPolicy", params=_OF_REPOSITORY),
            "policyText",
            absent=("RepositoryPolicyNotFoundException",),
        ),
        Part(
            "LifecyclePolicy",
            Call("GetLifecyclePolicy", params=_OF_REPOSITORY),
            into=Place.CONFIGURATION,
            absent=("LifecyclePolicyNotFoundException",),
        ),
        Part("", Call("ListTagsForResource", params={"resourceArn": At("repositoryArn")}), "tags", into=Place.TAGS),
    ),
)

SERVICE = Service("ecr", (REPOSITORY,))
