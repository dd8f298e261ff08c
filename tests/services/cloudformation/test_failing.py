"""What fails: a resource at every position of a large stack, bad templates, states in which nothing may be done."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ..refusals import refused
from .conftest import Stacks, resources, text_of, topic

POSITIONS = (0, 1, 24, 48, 49)
SIZE = 50


def chained(broken: int) -> dict[str, Any]:
    """Fifty topics, every fifth after the one five before it, one of them with a name that no topic may have."""
    made: dict[str, Any] = {}
    for number in range(SIZE):
        made[f"T{number}"] = topic(TopicName="not a name") if number == broken else topic()
        if number >= 5:
            made[f"T{number}"]["DependsOn"] = f"T{number - 5}"
    return resources(**made)


def test_a_failure_at_any_position_of_fifty_leaves_nothing_behind(stacks: Stacks) -> None:
    for position in POSITIONS:
        stacks.api.create_stack(StackName=f"broken-{position}", TemplateBody=text_of(chained(position)))
    for position in POSITIONS:
        stack = stacks.settled(f"broken-{position}")
        assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
        happened = stacks.events(f"broken-{position}")
        made = {name for name, status in happened if status == "CREATE_COMPLETE"}
        assert made <= {name for name, status in happened if status == "DELETE_COMPLETE"}
        assert (f"T{position}", "CREATE_FAILED") in happened
    assert stacks.account.client("sns").list_topics()["Topics"] == []


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{", "Template format error"),
        ({"Resources": {}}, "At least one Resources member must be defined"),
        (resources(A={"Type": "AWS::Nonsense::Thing"}), "Unrecognized resource types: [AWS::Nonsense::Thing]"),
        (resources(A=topic(DisplayName={"Ref": "B"})), "Unresolved resource dependencies [B]"),
        (
            resources(A=topic(DisplayName={"Ref": "B"}), B=topic(DisplayName={"Ref": "A"})),
            "Circular dependency between resources: [A, B]",
        ),
        (resources(A=topic(), B=topic(DisplayName={"Fn::GetAtt": ["A", "No"]})), "does not support attribute type No"),
        ({"Parameters": {"P": {"Type": "String"}}, **resources(A=topic())}, "Parameters: [P] must have values"),
    ],
)
def test_templates_that_cannot_be_used(stacks: Stacks, template: Any, said: str) -> None:
    code, message = refused(stacks.api.create_stack, StackName="unusable", TemplateBody=text_of(template))
    assert (code, said in message) == ("ValidationError", True), message


def test_what_is_refused(stacks: Stacks) -> None:
    api, plain = stacks.api, text_of(resources(A=topic()))
    assert refused(api.describe_stacks, StackName="absent") == (
        "ValidationError",
        "Stack with id absent does not exist",
    )
    for name in ("1st", "a_b", "a" * 129):
        assert refused(api.create_stack, StackName=name, TemplateBody=plain)[0] == "ValidationError"
    for address in ("http://169.254.169.254/latest/meta-data", "https://example.com/a/b", "file:///etc/passwd", "x"):
        assert refused(api.create_stack, StackName="far", TemplateURL=address) == (
            "ValidationError",
            "TemplateURL must be a supported URL.",
        )
    wrong = text_of(resources(A=topic(Nonsense=1)))
    failed = stacks.create("wrong-property", wrong)
    assert failed["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "extraneous key [Nonsense] is not permitted" in stacks.reasons("wrong-property")[0]
    forged = [{"Key": "aws:cloudformation:stack-name", "Value": "another"}]
    stacks.create("forged", resources(A=topic(Tags=forged)))
    assert "keys that begin with aws: are reserved" in stacks.reasons("forged")[0]
    injected = {"Parameters": {"P": {"Type": "String"}}, **resources(A=topic(DisplayName={"Ref": "P"}))}
    hostile = '"},"Evil":{"Type":"AWS::IAM::User"'
    made = stacks.create("injected", injected, Parameters={"P": hostile})
    assert made["StackStatus"] == "CREATE_COMPLETE"
    assert list(stacks.resources("injected")) == ["A"]
    assert refused(api.create_stack, StackName="injected", TemplateBody=plain)[0] == "AlreadyExistsException"


def test_of_two_updates_at_once_one_wins(stacks: Stacks) -> None:
    stacks.create("contested", resources(A=topic()))
    texts = [text_of(resources(A=topic(DisplayName=f"n{number}"))) for number in range(6)]

    def update(text: str) -> str:
        try:
            Stacks(stacks.account).api.update_stack(StackName="contested", TemplateBody=text)
            return "began"
        except stacks.api.exceptions.ClientError as error:
            return str(error)

    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(update, texts))
    assert "began" in said
    assert all(one == "began" or "state and can not be updated" in one for one in said)
    assert stacks.settled("contested")["StackStatus"] == "UPDATE_COMPLETE"
    shown = stacks.account.client("sns").get_topic_attributes(TopicArn=stacks.resources("contested")["A"][0])
    assert json.dumps(shown["Attributes"]["DisplayName"])[1] == "n"


def test_a_rollback_that_fails_is_continued(stacks: Stacks) -> None:
    sns, name = stacks.account.client("sns"), "stuck"
    stacks.create(name, resources(A=topic(DisplayName="one")))
    arn = stacks.resources(name)["A"][0]
    after = resources(
        A=topic(DisplayName="two"),
        Slow={"Type": "AWS::IAM::User", "DependsOn": "A", "Properties": {"UserName": "not a name"}},
    )
    left = stacks.update(name, after, DisableRollback=True, Capabilities=["CAPABILITY_NAMED_IAM"])
    assert left["StackStatus"] == "UPDATE_FAILED"
    sns.delete_topic(TopicArn=arn)
    stacks.api.rollback_stack(StackName=name)
    assert stacks.settled(name)["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
    assert (
        refused(stacks.api.continue_update_rollback, StackName=name, ResourcesToSkip=["Slow"])[0] == "ValidationError"
    )
    stacks.api.continue_update_rollback(StackName=name, ResourcesToSkip=["A"])
    assert stacks.settled(name)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.delete(name)["StackStatus"] == "DELETE_COMPLETE"


def test_what_is_under_way_is_given_up(stacks: Stacks) -> None:
    stacks.create("long", chained(-1))
    changed = chained(-1)
    for one in changed["Resources"].values():
        one["Properties"]["DisplayName"] = "changed"
    stacks.api.update_stack(StackName="long", TemplateBody=text_of(changed))
    stacks.api.cancel_update_stack(StackName="long")
    assert stacks.settled("long")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    sns = stacks.account.client("sns")
    for arn, _ in stacks.resources("long").values():
        assert not sns.get_topic_attributes(TopicArn=arn)["Attributes"]["DisplayName"]
    stacks.delete("long")
    made = stacks.api.create_stack(StackName="unwanted", TemplateBody=text_of(chained(-1)))["StackId"]
    stacks.api.delete_stack(StackName="unwanted")
    assert stacks.settled(made)["StackStatus"] == "DELETE_COMPLETE"
    assert ("T49", "CREATE_COMPLETE") not in stacks.events(made)
