"""`kill -9` while a stack is made and while it is deleted: it comes to its end, and nothing is made twice or forgotten."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from .server import BACKGROUND, RunningServer, wait_for

SIZE = 60


def template() -> str:
    """Topics, each third with a subscription-like chain behind another, and keys of users whose answers must not be lost."""
    made: dict[str, Any] = {}
    for number in range(SIZE):
        made[f"T{number}"] = {"Type": "AWS::SNS::Topic"}
        if number >= 4:
            made[f"T{number}"]["DependsOn"] = f"T{number - 4}"
    for number in range(10):
        made[f"U{number}"] = {"Type": "AWS::IAM::User", "DependsOn": f"T{number * 5}"}
        made[f"K{number}"] = {"Type": "AWS::IAM::AccessKey", "Properties": {"UserName": {"Ref": f"U{number}"}}}
    outputs = {f"Secret{number}": {"Value": {"Fn::GetAtt": [f"K{number}", "SecretAccessKey"]}} for number in range(10)}
    return json.dumps({"Resources": made, "Outputs": outputs}, separators=(",", ":"))


def test_a_killed_creation_is_finished_and_a_killed_deletion_leaves_nothing(server: RunningServer) -> None:
    stacks = server.client("cloudformation")
    made = stacks.create_stack(StackName="killed", TemplateBody=template(), Capabilities=["CAPABILITY_IAM"])["StackId"]

    def done(status: str) -> int:
        pages = stacks.get_paginator("list_stack_resources").paginate(StackName=made)
        found = [one for page in pages for one in page["StackResourceSummaries"]]
        return sum(one["ResourceStatus"] == status for one in found)

    def ended(status: str) -> bool:
        stack = stacks.describe_stacks(StackName=made)["Stacks"][0]
        assert not stack["StackStatus"].endswith("_FAILED"), stack
        assert "ROLLBACK" not in stack["StackStatus"], stack
        return bool(stack["StackStatus"] == status)

    wait_for(lambda: done("CREATE_COMPLETE") >= 10, "nothing is made")
    server.kill(BACKGROUND)
    wait_for(lambda: ended("CREATE_COMPLETE"), "it is not made")
    topics = [one for page in server.client("sns").get_paginator("list_topics").paginate() for one in page["Topics"]]
    assert len(topics) == SIZE
    iam = server.client("iam")
    users = [one["UserName"] for one in iam.list_users()["Users"] if one["UserName"] != "administrator"]
    assert len(users) == 10
    keys = Counter({user: len(iam.list_access_keys(UserName=user)["AccessKeyMetadata"]) for user in users})
    assert set(keys.values()) == {1}
    outputs = stacks.describe_stacks(StackName=made)["Stacks"][0]["Outputs"]
    assert {len(one["OutputValue"]) for one in outputs} == {40}
    stacks.delete_stack(StackName="killed")
    wait_for(lambda: done("DELETE_COMPLETE") >= 10, "nothing is deleted")
    server.kill(BACKGROUND)
    wait_for(lambda: ended("DELETE_COMPLETE"), "it is not deleted")
    assert server.client("sns").list_topics()["Topics"] == []
    assert [one["UserName"] for one in iam.list_users()["Users"]] == ["administrator"]
