"""AWS CodePipeline: pipelines with their stages."""

from __future__ import annotations

from typing import Any

from garrison.collect.declaration import At, Call, Part, Place, Service, Tie, Type


def _without_settings(configuration: dict[str, Any]) -> dict[str, Any]:
    """Config leaves away what actions are set to, where tokens and variables stand."""
    pipeline = configuration.get("pipeline") or {}
    stages = [
        stage
        | {
            "actions": [
                {name: each for name, each in action.items() if name != "configuration"}
                for action in stage.get("actions", ())
            ]
        }
        for stage in pipeline.get("stages", ())
    ]
    return configuration | {"pipeline": pipeline | {"stages": stages}}


PIPELINE = Type(
    "AWS::CodePipeline::Pipeline",
    Call("GetPipeline", params={"name": At("name")}, each=Call("ListPipelines", "pipelines[]")),
    id="pipeline.name",
    arn="metadata.pipelineArn",
    title="pipeline.name",
    created="metadata.created",
    shaped=_without_settings,
    ties=(Tie("Is associated with Role", "AWS::IAM::Role", "pipeline.roleArn"),),
    parts=(
        Part(
            "",
            Call("ListTagsForResource", params={"resourceArn": At("metadata.pipelineArn")}),
            "tags",
            into=Place.TAGS,
        ),
    ),
)

SERVICE = Service("codepipeline", (PIPELINE,))
