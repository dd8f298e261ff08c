"""Change sets: what changes, why, whether it replaces, and what of that is certain; and stack policies."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from garrison.templates import (
    Change,
    Scope,
    Side,
    TemplateInvalid,
    Unknown,
    collapsed,
    compare,
    may_update,
    parse,
    pseudo_parameters,
    read_stack_policy,
    value_text,
)

PSEUDO = pseudo_parameters("123456789012", "us-east-1", stack_id="id", stack_name="s")


class Declared:
    """The semantics of the documentation's example: an instance."""

    recreations: Mapping[str, str] = {
        "KeyName": "Always",
        "InstanceType": "Conditionally",
        "TopicName": "Always",
        "Name": "Always",
    }

    def recreation(self, resource_type: str, property_name: str) -> Any:
        return self.recreations.get(property_name, "Never")

    def takes_tags(self, resource_type: str) -> bool:
        return resource_type == "AWS::SNS::Topic"


def side(template: Mapping[str, Any], tags: Mapping[str, str] | None = None, **given: str) -> Side:
    read = parse(json.dumps(template))
    values = {name: one.default for name, one in read.parameters.items() if one.default is not None} | given
    scope = Scope(
        read, values, PSEUDO, ref=lambda name: f"{name}-id", attribute=lambda name, attribute: f"{name}-{attribute}"
    )
    return Side(scope, tags or {})


def changes(before: Side | None, after: Side) -> dict[str, Change]:
    return {one.logical_id: one for one in compare(before, after, Declared())}


def reasons(change: Change) -> list[tuple[str | None, str, str, str | None]]:
    return [
        (one.target.name or one.target.attribute, one.evaluation, one.source, one.causing_entity)
        for one in change.details
    ]


def instance(**properties: Any) -> dict[str, Any]:
    parameters = {
        "Purpose": {"Type": "String", "Default": "testing"},
        "Key": {"Type": "String", "Default": "k1"},
        "Size": {"Type": "String", "Default": "t1"},
    }
    written = {
        "KeyName": {"Ref": "Key"},
        "InstanceType": {"Ref": "Size"},
        "ImageId": "ami-1",
        "Tags": [{"Key": "Purpose", "Value": {"Ref": "Purpose"}}],
    }
    return {
        "Parameters": parameters,
        "Resources": {"I": {"Type": "AWS::EC2::Instance", "Properties": written | properties}},
    }


def test_nothing_changes_where_nothing_differs() -> None:
    assert changes(side(instance()), side(instance())) == {}
    assert changes(side(instance(Monitoring=True)), side(instance(Monitoring="true"))) == {}


def test_a_new_stack_adds_everything_with_what_is_known() -> None:
    template = instance() | {"Outputs": {}}
    template["Resources"]["T"] = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Fn::Sub": "${I}!"}}}
    found = changes(None, side(template))
    assert [(one.action, one.replacement) for one in found.values()] == [("Add", None), ("Add", None)]
    assert found["T"].after == {"Properties": {"DisplayName": Unknown("I")}} and found["T"].before is None


def test_a_direct_change_of_a_tag_is_static() -> None:
    found = changes(side(instance()), side(instance(Tags=[{"Key": "Purpose", "Value": "new"}])))["I"]
    assert (found.replacement, found.scope, reasons(found)) == (
        "False",
        ("Tags",),
        [("Tags", "Static", "DirectModification", None)],
    )
    target = found.details[0].target
    assert (target.path, target.before, target.after, target.change_type) == (
        "/Properties/Tags/0/Value",
        "testing",
        "new",
        "Modify",
    )


def test_a_parameter_s_change_names_the_parameter() -> None:
    found = changes(side(instance()), side(instance(), Key="k2", Size="t2"))["I"]
    assert found.replacement == "True" and found.policy_action == "ReplaceAndDelete"
    assert reasons(found) == [
        ("KeyName", "Static", "ParameterReference", "Key"),
        ("KeyName", "Dynamic", "DirectModification", None),
        ("InstanceType", "Static", "ParameterReference", "Size"),
        ("InstanceType", "Dynamic", "DirectModification", None),
    ]


def test_what_may_replace_is_conditional() -> None:
    assert changes(side(instance()), side(instance(InstanceType="m5")))["I"].replacement == "Conditional"


def test_properties_that_come_and_go_have_no_value_on_one_side() -> None:
    found = changes(side(instance(Old=1)), side(instance(New={"a": 1})))["I"]
    assert [
        (one.target.path, one.target.before, one.target.after, one.target.change_type) for one in found.details
    ] == [
        ("/Properties/Old", 1, None, "Remove"),
        ("/Properties/New", None, {"a": 1}, "Add"),
    ]
    assert (value_text({"a": [Unknown("x")]}), value_text("t"), value_text(None)) == (
        '{"a":["{{changeSet:KNOWN_AFTER_APPLY}}"]}',
        "t",
        None,
    )


def chain(name: str, display: Any = "d", **more: Any) -> dict[str, Any]:
    topics = {
        "A": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name, "DisplayName": display}} | more,
        "B": {"Type": "AWS::SNS::Subscription", "Properties": {"TopicArn": {"Ref": "A"}, "Name": "n"}},
        "C": {"Type": "AWS::X::Y", "Properties": {"Name": {"Fn::GetAtt": ["A", "TopicName"]}}},
        "D": {"Type": "AWS::X::Y", "Properties": {"Other": {"Fn::Join": ["", ["x", {"Ref": "C"}]]}}},
        "E": {"Type": "AWS::X::Y", "Properties": {"Other": 1}},
    }
    return {"Resources": topics}


def test_a_replacement_changes_what_refers_to_it() -> None:
    found = changes(side(chain("one")), side(chain("two")))
    assert {name: one.replacement for name, one in found.items()} == {
        "A": "True",
        "B": "False",
        "C": "Conditional",
        "D": "False",
    }
    assert reasons(found["B"]) == [("TopicArn", "Static", "ResourceReference", "A")]
    assert reasons(found["C"]) == [("Name", "Dynamic", "ResourceAttribute", "A.TopicName")]
    assert reasons(found["D"]) == [("Other", "Dynamic", "ResourceReference", "C")]
    assert found["B"].details[0].target.after == Unknown("A") and found["D"].details[0].target.after == "xC-id"


def test_an_update_in_place_may_change_attributes_but_not_the_name() -> None:
    found = changes(side(chain("one")), side(chain("one", "other")))
    assert {name: one.replacement for name, one in found.items()} == {"A": "False", "C": "Conditional", "D": "False"}


def test_resources_that_go_follow_their_deletion_policy() -> None:
    after = chain("one")
    del after["Resources"]["E"]
    assert changes(side(chain("one")), side(after))["E"].policy_action == "Delete"
    before = chain("one")
    before["Resources"]["E"]["DeletionPolicy"] = "Retain"
    found = changes(side(before), side(after))["E"]
    assert (found.action, found.policy_action, found.after) == ("Remove", "Retain", None)
    assert (
        changes(side(chain("one")), side(chain("two", UpdateReplacePolicy="Retain")))["A"].policy_action
        == "ReplaceAndRetain"
    )


def test_policies_metadata_and_the_stack_s_tags_are_scopes_of_their_own() -> None:
    found = changes(side(chain("one")), side(chain("one", Metadata={"m": 1}, DeletionPolicy="Retain"), {"team": "a"}))[
        "A"
    ]
    assert (found.scope, found.replacement) == (("Metadata", "DeletionPolicy", "Tags"), "False")


def test_a_condition_that_turns_adds_and_removes() -> None:
    template = {
        "Parameters": {"P": {"Type": "String", "Default": "a"}},
        "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "a"]}},
        "Resources": {
            "A": {"Type": "AWS::X::Y", "Condition": "C"},
            "B": {"Type": "AWS::X::Y", "Properties": {"V": {"Fn::If": ["C", 1, {"Ref": "AWS::NoValue"}]}}},
        },
    }
    found = changes(side(template), side(template, P="b"))
    assert found["A"].action == "Remove" and reasons(found["B"]) == [("V", "Static", "DirectModification", None)]
    assert changes(side(template, P="b"), side(template))["A"].action == "Add"


def test_a_resource_cannot_become_one_of_another_type() -> None:
    after = chain("one")
    after["Resources"]["E"]["Type"] = "AWS::X::Z"
    with pytest.raises(TemplateInvalid, match=r"modifies resource type of the following resources: \[E\]"):
        changes(side(chain("one")), side(after))


def test_nested_stacks_may_always_change_and_many_differences_are_told_as_one() -> None:
    nested = {"Resources": {"N": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "u"}}}}
    assert reasons(changes(side(nested), side(nested))["N"]) == [("Properties", "Dynamic", "Automatic", None)]
    many = changes(side(instance(Data=list(range(40)))), side(instance(Data=list(range(1, 41)))))["I"]
    assert [one.target.path for one in many.details] == ["/Properties/Data"]
    few = changes(side(instance(Data={"a": 1, "b/c": 1})), side(instance(Data={"a": 2, "b/c": 2})))["I"]
    assert [one.target.path for one in few.details] == ["/Properties/Data/a", "/Properties/Data/b~1c"] and len(
        collapsed(few.details)
    ) == 1


POLICY = {
    "Statement": [
        {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
        {
            "Effect": "Deny",
            "Action": ["Update:Replace", "Update:Delete"],
            "Principal": "*",
            "Resource": "LogicalResourceId/Production*",
        },
        {
            "Effect": "Deny",
            "Action": "Update:*",
            "Principal": "*",
            "Resource": "*",
            "Condition": {"StringEquals": {"ResourceType": ["AWS::RDS::DBInstance"]}},
        },
        {
            "Effect": "Deny",
            "NotAction": "Update:Modify",
            "Principal": "*",
            "NotResource": "LogicalResourceId/Free",
            "Condition": {"StringLike": {"ResourceType": "AWS::EC2::*"}},
        },
    ]
}


@pytest.mark.parametrize(
    ("name", "kind", "action", "allowed"),
    [
        ("Any", "AWS::SNS::Topic", "Update:Delete", True),
        ("ProductionDatabase", "AWS::SNS::Topic", "Update:Modify", True),
        ("ProductionDatabase", "AWS::SNS::Topic", "Update:Replace", False),
        ("Any", "AWS::RDS::DBInstance", "Update:Modify", False),
        ("Any", "AWS::EC2::VPC", "Update:Delete", False),
        ("Any", "AWS::EC2::VPC", "Update:Modify", True),
        ("Free", "AWS::EC2::VPC", "Update:Delete", True),
    ],
)
def test_a_stack_policy_protects_resources(name: str, kind: str, action: Any, allowed: bool) -> None:
    assert may_update(read_stack_policy(json.dumps(POLICY)), name, kind, action) is allowed


def test_what_no_statement_allows_is_protected() -> None:
    policy = read_stack_policy(
        '{"Statement": {"Effect": "Allow", "Action": "Update:Modify", "Principal": "*", "Resource": "LogicalResourceId/A"}}'
    )
    assert may_update(policy, "A", "X", "Update:Modify") and not may_update(policy, "B", "X", "Update:Modify")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"Statement": []}',
        '{"Statement": [1]}',
        '{"Statement": {"Effect": "Maybe", "Action": "Update:*", "Principal": "*", "Resource": "*"}}',
        '{"Statement": {"Effect": "Allow", "Action": "Update:*", "Principal": "arn", "Resource": "*"}}',
        '{"Statement": {"Effect": "Allow", "Action": "s3:*", "Principal": "*", "Resource": "*"}}',
        '{"Statement": {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "A"}}',
        '{"Statement": {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "y"}}}}',
        '{"Statement": {"Effect": "Allow", "Action": "Update:*", "Principal": "*"}}',
        '{"Statement": {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "'
        + "x" * 17_000
        + '"}}',
    ],
)
def test_what_is_no_stack_policy_is_refused(text: str) -> None:
    with pytest.raises(TemplateInvalid):
        read_stack_policy(text)
