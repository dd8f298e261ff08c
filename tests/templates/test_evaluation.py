"""Every function, with the examples that AWS's documentation gives, and the errors for what it is not given rightly."""

import json
from typing import Any

import pytest

from garrison.templates import (
    Absent,
    Scope,
    TemplateInvalid,
    Unknown,
    check_rules,
    evaluate,
    evaluated_outputs,
    expand,
    graph,
    parse,
    present,
    pseudo_parameters,
    shown,
    validate,
)

PSEUDO = pseudo_parameters(
    "123456789012", "us-east-1", stack_id="arn:aws:cloudformation:us-east-1:123456789012:stack/s/1", stack_name="s"
)
TEMPLATE = {
    "Parameters": {
        "Env": {"Type": "String", "Default": "prod"},
        "Subnets": {"Type": "CommaDelimitedList", "Default": "10.0.48.0/24, 10.0.112.0/24 ,10.0.176.0/24"},
        "Size": {"Type": "Number", "Default": "5"},
    },
    "Mappings": {
        "RegionMap": {"us-east-1": {"HVM64": "ami-0ff8", "Zones": ["a", "b"]}, "us-west-1": {"HVM64": "ami-0bdb"}}
    },
    "Conditions": {
        "IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]},
        "IsTest": {"Fn::Not": [{"Condition": "IsProd"}]},
        "Both": {"Fn::And": [{"Condition": "IsProd"}, {"Fn::Equals": [{"Ref": "Size"}, 5]}]},
        "Either": {"Fn::Or": [{"Condition": "IsTest"}, {"Fn::Equals": ["a", "b"]}]},
    },
    "Resources": {
        "Topic": {"Type": "AWS::SNS::Topic"},
        "New": {"Type": "AWS::SQS::Queue"},
        "Queue": {"Type": "AWS::SQS::Queue", "Condition": "IsTest"},
    },
}


def scope_of(template: dict[str, Any], **given: str) -> Scope:
    read = parse(json.dumps(template))
    values = {name: one.default for name, one in read.parameters.items() if one.default is not None} | given
    known = {"Topic": "arn:aws:sns:us-east-1:123456789012:t"}
    return Scope(
        read,
        values,
        PSEUDO,
        ref=lambda name: known.get(name, Unknown(name)),
        attribute=lambda name, attribute: f"{name}-{attribute}" if name in known else Unknown(f"{name}.{attribute}"),
        imported={"net-VpcId": "vpc-1"}.__getitem__,
    )


SCOPE = scope_of(TEMPLATE)
EXTENDED = scope_of(TEMPLATE | {"Transform": "AWS::LanguageExtensions"})


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ({"Ref": "Env"}, "prod"),
        ({"Ref": "Size"}, "5"),
        ({"Ref": "Subnets"}, ["10.0.48.0/24", "10.0.112.0/24", "10.0.176.0/24"]),
        ({"Ref": "Topic"}, "arn:aws:sns:us-east-1:123456789012:t"),
        ({"Ref": "AWS::Region"}, "us-east-1"),
        ({"Ref": "AWS::NotificationARNs"}, []),
        ({"Ref": "AWS::NoValue"}, Absent.NO_VALUE),
        ({"a": {"Ref": "AWS::NoValue"}, "b": [1, {"Ref": "AWS::NoValue"}, 2]}, {"b": [1, 2]}),
        ({"Fn::GetAtt": ["Topic", "TopicName"]}, "Topic-TopicName"),
        ({"Fn::GetAtt": "Topic.TopicName"}, "Topic-TopicName"),
        ({"Fn::GetAtt": ["Topic", {"Ref": "Env"}]}, "Topic-prod"),
        ({"Fn::Base64": "AWS CloudFormation"}, "QVdTIENsb3VkRm9ybWF0aW9u"),
        ({"Fn::Join": [":", ["a", "b", "c"]]}, "a:b:c"),
        ({"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::b/*"]]}, "arn:aws:s3:::b/*"),
        ({"Fn::Join": [",", {"Ref": "Subnets"}]}, "10.0.48.0/24,10.0.112.0/24,10.0.176.0/24"),
        ({"Fn::Join": ["-", ["a", 1, True, 1.5, {"Ref": "AWS::NoValue"}]]}, "a-1-true-1.5"),
        ({"Fn::Split": ["|", "a|b|c"]}, ["a", "b", "c"]),
        ({"Fn::Split": ["|", "a||c|"]}, ["a", "", "c", ""]),
        ({"Fn::Select": [2, {"Fn::Split": [",", "x,y,z"]}]}, "z"),
        ({"Fn::Select": ["1", ["apples", "grapes", "oranges", "mangoes"]]}, "grapes"),
        ({"Fn::Select": ["0", {"Ref": "Subnets"}]}, "10.0.48.0/24"),
        ({"Fn::FindInMap": ["RegionMap", {"Ref": "AWS::Region"}, "HVM64"]}, "ami-0ff8"),
        ({"Fn::FindInMap": ["RegionMap", "us-east-1", "Zones"]}, ["a", "b"]),
        ({"Fn::ImportValue": {"Fn::Join": ["-", ["net", "VpcId"]]}}, "vpc-1"),
        ({"Fn::GetAZs": ""}, ["us-east-1a", "us-east-1b", "us-east-1c"]),
        ({"Fn::GetAZs": {"Ref": "AWS::Region"}}, ["us-east-1a", "us-east-1b", "us-east-1c"]),
        ({"Fn::GetAZs": "us-west-2"}, ["us-west-2a", "us-west-2b", "us-west-2c"]),
        ({"Fn::If": ["IsProd", "yes", {"Fn::Select": [9, []]}]}, "yes"),
        ({"Fn::If": ["IsTest", 1, {"Ref": "AWS::NoValue"}]}, Absent.NO_VALUE),
        ({"Fn::Sub": "arn:${AWS::Partition}:x:${Env}:${Topic.Arn}"}, "arn:aws:x:prod:Topic-Arn"),
        ({"Fn::Sub": "${!Literal} $ {Env} ${Env}"}, "${Literal} $ {Env} prod"),
        ({"Fn::Sub": ["www.${Domain}", {"Domain": {"Ref": "Env"}}]}, "www.prod"),
        ({"Fn::Sub": ["${N}-${F}", {"N": 1, "F": True}]}, "1-true"),
        ({"Fn::Cidr": ["192.168.0.0/24", 6, 5]}, [f"192.168.0.{32 * n}/27" for n in range(6)]),
        ({"Fn::Cidr": ["10.0.0.0/16", "2"]}, ["10.0.0.0/24", "10.0.1.0/24"]),
        ({"Fn::Cidr": ["2001:db8::/56", 2, 64]}, ["2001:db8::/64", "2001:db8:0:1::/64"]),
        ({"Fn::Select": [1, {"Fn::Cidr": ["10.0.0.0/24", 2, 4]}]}, "10.0.0.16/28"),
        (
            {"Action": "a", "Condition": {"Bool": {"x": {"Ref": "Env"}}}},
            {"Action": "a", "Condition": {"Bool": {"x": "prod"}}},
        ),
        ({"Condition": {"Bool": {"x": {"Ref": "Env"}}}}, {"Condition": {"Bool": {"x": "prod"}}}),
        ({"Ref": "New"}, Unknown("New")),
        ({"Fn::Sub": "a-${New.Arn}"}, Unknown("New.Arn")),
        ({"Fn::Join": ["", ["a", {"Ref": "New"}]]}, Unknown("New")),
        ({"Fn::Select": [0, {"Fn::Split": ["|", {"Ref": "New"}]}]}, Unknown("New")),
        ({"Fn::Select": [0, ["a", {"Ref": "New"}]]}, "a"),
        ({"Fn::Base64": {"Ref": "New"}}, Unknown("New")),
        ({"a": [{"Ref": "New"}]}, {"a": [Unknown("New")]}),
    ],
)
def test_functions_give_what_the_documentation_says(written: Any, value: Any) -> None:
    assert evaluate(written, SCOPE) == value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ({"Fn::Length": [1, {"Ref": "Env"}, 3]}, 3),
        ({"Fn::Length": {"Fn::Split": ["|", "a|b|c"]}}, 3),
        ({"Fn::Length": {"Ref": "Subnets"}}, 3),
        ({"Fn::ToJsonString": {"k": {"Ref": "Env"}, "n": 1}}, '{"k":"prod","n":1}'),
        ({"Fn::ToJsonString": [{"key1": "value1"}, {"Ref": "AWS::NoValue"}]}, '[{"key1":"value1"}]'),
        ({"Fn::ToJsonString": {"a": {"Ref": "New"}}}, Unknown("New")),
        ({"Fn::FindInMap": ["RegionMap", "eu-west-1", "HVM64", {"DefaultValue": {"Ref": "Env"}}]}, "prod"),
        ({"Fn::FindInMap": [{"Fn::Join": ["", ["Region", "Map"]]}, "us-west-1", "HVM64"]}, "ami-0bdb"),
        ({"Ref": {"Fn::Join": ["", ["E", "nv"]]}}, "prod"),
        ({"Fn::GetAtt": [{"Fn::Join": ["", ["To", "pic"]]}, "Arn"]}, "Topic-Arn"),
    ],
)
def test_language_extensions_give_what_the_documentation_says(written: Any, value: Any) -> None:
    assert evaluate(written, EXTENDED) == value


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"Ref": "Nothing"}, "Unresolved resource dependencies [Nothing]"),
        ({"Ref": ["Env"]}, "every Ref object must have a single String value"),
        ({"Fn::GetAtt": ["Topic"]}, "every Fn::GetAtt object requires two non-empty parameters"),
        ({"Fn::GetAtt": ["Nothing", "Arn"]}, "instance of Fn::GetAtt references undefined resource Nothing"),
        ({"Fn::Select": [4, ["a"]]}, "Fn::Select cannot select nonexistent value at index 4"),
        ({"Fn::Select": ["x", ["a"]]}, "Fn::Select requires a list argument"),
        (
            {"Fn::FindInMap": ["RegionMap", "eu-west-1", "HVM64"]},
            "Unable to get mapping for RegionMap::eu-west-1::HVM64",
        ),
        ({"Fn::FindInMap": ["M", "a", "b"]}, "Mapping named 'M' is not present in the 'Mappings' section of template."),
        (
            {"Fn::FindInMap": ["RegionMap", "a", "b", {"DefaultValue": 1}]},
            "every Fn::FindInMap object requires three parameters",
        ),
        ({"Fn::Sub": "${Subnets}"}, "variable Subnets in Fn::Sub expression does not resolve to a string"),
        ({"Fn::Sub": ["a"]}, "One or more Fn::Sub intrinsic functions don't specify expected arguments"),
        ({"Fn::Join": [",", "a"]}, "every Fn::Join object requires two parameters"),
        ({"Fn::Split": ["", "a"]}, "every Fn::Split object requires two parameters"),
        ({"Fn::Cidr": ["10.0.0.0/24", 257, 1]}, "the count is from 1 to 256"),
        ({"Fn::Cidr": ["10.0.0.0/24", 3, 7]}, "cannot make 3 blocks"),
        ({"Fn::Cidr": ["10.0.0.1/24", 1, 7]}, "cannot divide"),
        ({"Fn::Cidr": ["0.0.0.0/0", 1, 40]}, "cannot divide"),
        ({"Fn::If": ["Nothing", 1, 2]}, "Unresolved condition dependency Nothing"),
        ({"Fn::ImportValue": {"Ref": "Topic"}}, "must not depend on any resources"),
        ({"Fn::Transform": {"Name": "AWS::Include"}}, "Transform AWS::Include is not supported"),
        ({"Fn::Length": [1]}, "Encountered unsupported function: Fn::Length Supported functions are: [Fn::And,"),
        ({"Fn::Foo": 1}, "Encountered unsupported function: Fn::Foo"),
        ("{{resolve:ssm:/a}}", "Dynamic references are not supported: {{resolve:ssm:/a}}"),
        (
            {"Fn::Sub": "{{resolve:secretsmanager:${Env}}}"},
            "Dynamic references are not supported: {{resolve:secretsmanager:prod}}",
        ),
    ],
)
def test_what_is_given_wrongly_gets_awss_error(written: Any, said: str) -> None:
    with pytest.raises(TemplateInvalid) as caught:
        evaluate(written, SCOPE)
    assert said in caught.value.message


def test_conditions_are_decided_and_choose_resources() -> None:
    assert {name: SCOPE.holds(name) for name in TEMPLATE["Conditions"]} == {
        "IsProd": True,
        "IsTest": False,
        "Both": True,
        "Either": False,
    }
    assert present(SCOPE) == {"Topic", "New"}
    assert present(scope_of(TEMPLATE, Env="test")) == {"Topic", "New", "Queue"}


def test_what_a_condition_leaves_out_cannot_be_referred_to() -> None:
    scope = scope_of(TEMPLATE)
    for written in ({"Ref": "Queue"}, {"Fn::GetAtt": ["Queue", "Arn"]}):
        with pytest.raises(TemplateInvalid, match="Queue"):
            evaluate(written, scope)
        assert evaluate(written, scope_of(TEMPLATE, Env="test")) == Unknown(
            "Queue" if "Ref" in written else "Queue.Arn"
        )


def test_dynamic_references_are_resolved_where_someone_can() -> None:
    scope = scope_of(TEMPLATE)
    scope.dynamic = {"resolve:ssm:/a": "1", "resolve:ssm:prod": "2"}.__getitem__
    assert evaluate({"x": ["a{{resolve:ssm:/a}}b", {"Fn::Sub": "{{resolve:ssm:${Env}}}"}]}, scope) == {
        "x": ["a1b", "2"]
    }


def test_a_parameter_that_looks_like_json_or_a_function_stays_a_text() -> None:
    hostile = '{"Ref": "AWS::AccountId"}", "x": "${AWS::Region}'
    scope = scope_of(TEMPLATE, Env=hostile)
    assert evaluate({"Fn::Sub": "<${Env}>"}, scope) == f"<{hostile}>"
    assert evaluate({"Fn::Join": ["", [{"Ref": "Env"}]]}, scope) == hostile


@pytest.mark.parametrize(
    "written",
    [
        {"Fn::Sub": "${Env}" * 1000},
        [{"Fn::Join": ["", [{"Ref": "Env"}] * 10]}] * 20,
        [{"Fn::Split": ["x", {"Ref": "Env"}]}] * 100,
        [{"Ref": "Subnets"}] * 1000,
        [{"Fn::FindInMap": ["Large", "a", "b"]}] * 100,
    ],
)
def test_what_functions_make_of_one_value_is_bounded(written: Any) -> None:
    large = TEMPLATE | {"Mappings": {"Large": {"a": {"b": "x" * 10_000}}}}
    scope = scope_of(large, Env="x" * 4096, Subnets="," * 4095)
    with pytest.raises(TemplateInvalid, match="functions make more than 500000 characters of one value"):
        evaluate(written, scope)
    assert evaluate({"Ref": "Env"}, scope) == "x" * 4096


def test_loops_are_unrolled_over_every_section() -> None:
    template = {
        "Transform": "AWS::LanguageExtensions",
        "Parameters": {"Names": {"Type": "CommaDelimitedList", "Default": "Alpha,Beta"}},
        "Conditions": {"Fn::ForEach::C": ["N", ["Alpha", "Beta"], {"Is${N}": {"Fn::Equals": ["${N}", "Alpha"]}}]},
        "Resources": {
            "Fn::ForEach::Topics": [
                "N",
                {"Ref": "Names"},
                {
                    "Topic${N}": {
                        "Type": "AWS::SNS::Topic",
                        "Condition": "Is${N}",
                        "Properties": {
                            "TopicName": {"Fn::Sub": "${N}-${AWS::Region}"},
                            "DisplayName": {"Ref": "N"},
                            "Fn::ForEach::Tags": ["T", ["x.1", "y"], {"Tag&{T}": {"Fn::Sub": "${N}${T}"}}],
                        },
                    }
                },
            ]
        },
        "Outputs": {
            "Fn::ForEach::O": [
                "N",
                ["Alpha", "Beta"],
                {
                    "Fn::ForEach::P": [
                        "P",
                        ["Arn", "TopicName"],
                        {
                            "Out${N}${P}": {
                                "Condition": "Is${N}",
                                "Value": {"Fn::GetAtt": [{"Fn::Sub": "Topic${N}"}, {"Ref": "P"}]},
                            }
                        },
                    ]
                },
            ]
        },
    }
    scope = scope_of(template)
    validate(scope.template)
    made = expand(scope)
    validate(made)
    assert list(made.resources) == ["TopicAlpha", "TopicBeta"] and not made.has_loops
    properties = evaluate(made.resources["TopicBeta"].properties, Scope(made, scope.parameters, PSEUDO))
    assert properties == {"TopicName": "Beta-us-east-1", "DisplayName": "Beta", "Tagx1": "Betax.1", "Tagy": "Betay"}
    after = Scope(made, scope.parameters, PSEUDO, attribute=lambda name, attribute: f"{name}/{attribute}")
    assert {name: one.value for name, one in evaluated_outputs(after).items()} == {
        "OutAlphaArn": "TopicAlpha/Arn",
        "OutAlphaTopicName": "TopicAlpha/TopicName",
    }


@pytest.mark.parametrize(
    ("loop", "said"),
    [
        (["N", ["a", "b"], {"T": {"Type": "X"}}], "the key does not use N"),
        (["N", ["a.", "a"], {"T&{N}": {"Type": "X"}}], "makes Ta twice"),
        (["N", ["a", "a"], {"T${N}": {"Type": "X"}}], "something stands twice"),
        (["N", "a", {"T${N}": {"Type": "X"}}], "a collection that is a list of texts"),
        (["N-", ["a"], {"T${N}": {"Type": "X"}}], "not alphanumeric"),
        (["Env", ["a"], {"T${Env}": {"Type": "X"}}], "the name of something else"),
        (["N", ["a"]], "takes an identifier, a collection and a map"),
        (
            ["N", [str(n) for n in range(501)], {"T${N}": {"Type": "X"}}],
            "Number of resources, 501, is greater than maximum allowed, 500",
        ),
    ],
)
def test_a_loop_that_is_wrong_is_refused(loop: list[Any], said: str) -> None:
    template = {
        "Transform": "AWS::LanguageExtensions",
        "Parameters": TEMPLATE["Parameters"],
        "Resources": {"Fn::ForEach::L": loop},
    }
    with pytest.raises(TemplateInvalid) as caught:
        expand(scope_of(template))
    assert said in caught.value.message


def test_loops_within_loops_stay_bounded() -> None:
    inner: dict[str, Any] = {"K${N0}x${N1}x${N2}": list("0123456789")}
    for n in range(3):
        inner = {f"Fn::ForEach::L{n}": [f"N{n}", [str(each) for each in range(100)], inner]}
    template = {"Transform": "AWS::LanguageExtensions", "Resources": {"A": {"Type": "X", "Properties": inner}}}
    with pytest.raises(TemplateInvalid, match="is greater than maximum allowed, 400000"):
        expand(scope_of(template))


@pytest.mark.parametrize("text", ["${N}" * 100_000, ["${N}" * 100] * 100, [{"Ref": "N"}] * 1000])
def test_texts_in_loops_stay_bounded(text: Any) -> None:
    loop = ["N", [{"Ref": "Env"}], {"T&{N}": {"Type": "X", "Properties": {"V": text}}}]
    template = {
        "Transform": "AWS::LanguageExtensions",
        "Parameters": TEMPLATE["Parameters"],
        "Resources": {"Fn::ForEach::L": loop},
    }
    with pytest.raises(TemplateInvalid, match="may not exceed 1000000 bytes"):
        expand(scope_of(template, Env="-" * 4095 + "x"))


@pytest.mark.parametrize(
    ("assertion", "is_kept"),
    [
        ({"Fn::Contains": [["prod", "dev"], {"Ref": "Env"}]}, True),
        ({"Fn::Contains": [["dev"], {"Ref": "Env"}]}, False),
        ({"Fn::EachMemberIn": [{"Ref": "Subnets"}, ["10.0.48.0/24"]]}, False),
        ({"Fn::EachMemberEquals": [["prod", "prod"], {"Ref": "Env"}]}, True),
        (
            {
                "Fn::And": [
                    {"Fn::Contains": [["prod"], {"Ref": "Env"}]},
                    {"Fn::Not": [{"Fn::Equals": [{"Ref": "Size"}, "6"]}]},
                ]
            },
            True,
        ),
    ],
)
def test_rules_assert_of_parameters(assertion: Any, is_kept: bool) -> None:
    rule = {
        "RuleCondition": {"Fn::Equals": [{"Ref": "Env"}, "prod"]},
        "Assertions": [{"Assert": assertion, "AssertDescription": "so it is"}],
    }
    scope = scope_of(TEMPLATE | {"Rules": {"R": rule}})
    validate(scope.template)
    if is_kept:
        check_rules(scope)
        return
    with pytest.raises(TemplateInvalid, match="so it is"):
        check_rules(scope)
    check_rules(scope_of(TEMPLATE | {"Rules": {"R": rule}}, Env="test"))


def resources(**given: Any) -> dict[str, Any]:
    return {"Resources": {name: {"Type": "AWS::SNS::Topic"} | one for name, one in given.items()}}


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (
            resources(A={"Properties": {"V": {"Ref": "X"}, "W": {"Fn::Sub": "${Y}"}}}),
            "Unresolved resource dependencies [X, Y] in the Resources block of the template",
        ),
        (
            resources(A={"DependsOn": "X"}),
            "Unresolved resource dependencies [X] in the Resources block of the template",
        ),
        (
            resources(A={"Properties": {"V": {"Fn::GetAtt": ["X", "Arn"]}}}),
            "instance of Fn::GetAtt references undefined resource X",
        ),
        (resources(A={"Condition": "C"}), "Unresolved condition dependency C in the Resources block of the template"),
        (resources(A={"Properties": {"V": {"Fn::If": ["C", 1, 2]}}}), "unresolved condition dependency C in Fn::If"),
        (resources(A={"Properties": {"V": {"Fn::Foo": 1}}}), "Encountered unsupported function: Fn::Foo"),
        (
            resources(A={"Properties": {"V": {"Fn::Contains": [[1], 1]}}}),
            "Encountered unsupported function: Fn::Contains",
        ),
        (resources(A={"Properties": {"V": {"Fn::Join": 1}}}), "every Fn::Join object requires two parameters"),
        (
            resources(A={"Properties": {"V": {"Fn::Sub": "${a b}"}}}),
            "variable names in Fn::Sub syntax must contain only alphanumeric characters",
        ),
        (resources(A={"Properties": {"V": {"Fn::Sub": "a", "x": 1}}}), "must stand alone in its object"),
        (resources(A={"Properties": {"V": {"Fn::FindInMap": ["M", "a", "b"]}}}), "Mapping named 'M' is not present"),
        (resources(A={"DependsOn": "B"}, B={"DependsOn": "A"}), "Circular dependency between resources: [A, B]"),
        (
            resources(
                A={"Properties": {"V": {"Ref": "B"}}},
                B={"Metadata": {"V": {"Fn::GetAtt": ["C", "Arn"]}}},
                C={"DependsOn": "A"},
                D={"DependsOn": "A"},
                E={},
            ),
            "Circular dependency between resources: [A, B, C]",
        ),
        (resources(A={"Properties": {"V": {"Ref": "A"}}}), "Circular dependency between resources: [A]"),
        (
            resources(A={}) | {"Conditions": {"C": {"Fn::Equals": [{"Ref": "A"}, 1]}}},
            "Unresolved dependencies [A]. Cannot reference resources in the Conditions block of the template",
        ),
        (
            resources(A={}) | {"Conditions": {"C": {"Fn::Not": [{"Condition": "D"}]}}},
            "Unresolved condition dependency D in the Conditions block",
        ),
        (
            resources(A={})
            | {"Conditions": {"C": {"Fn::Not": [{"Condition": "D"}]}, "D": {"Fn::Not": [{"Condition": "C"}]}}},
            "Circular dependency between conditions: [C, D]",
        ),
        (resources(A={}) | {"Conditions": {"C": {"Ref": "AWS::Region"}}}, "Conditions can only be boolean operations"),
        (
            resources(A={}) | {"Outputs": {"O": {"Value": {"Ref": "X"}}}},
            "Unresolved resource dependencies [X] in the Outputs block of the template",
        ),
        (
            resources(A={}) | {"Outputs": {"O": {"Value": "v", "Export": {"Name": {"Ref": "A"}}}}},
            "The Name field of Export must not depend on any resources",
        ),
        (
            resources(A={}) | {"Outputs": {"O": {"Value": "v", "Condition": "C"}}},
            "Unresolved condition dependency C in the Outputs block",
        ),
        (
            resources(A={}) | {"Transform": "AWS::Serverless-2016-10-31"},
            "Transform AWS::Serverless-2016-10-31 is not supported",
        ),
    ],
)
def test_validation_finds_what_cannot_work(template: dict[str, Any], said: str) -> None:
    read = parse(json.dumps(template))
    with pytest.raises(TemplateInvalid) as caught:
        validate(read)
    assert said in caught.value.message and read.place(caught.value.path)


def test_resources_come_behind_what_they_need() -> None:
    template = parse(
        json.dumps(
            resources(
                C={"Properties": {"V": {"Fn::Sub": "${B.Arn}"}}},
                B={"DependsOn": ["A"]},
                A={},
                D={"Metadata": {"V": {"Ref": "C"}}},
            )
        )
    )
    found = graph(template)
    assert found.order == ("A", "B", "C", "D") and found.needs["C"] == {"B"} and found.needed_by()["A"] == {"B"}
    assert graph(template, {"C", "A"}).order == ("C", "A")


def test_what_is_not_known_is_shown_as_a_change_set_shows_it() -> None:
    assert shown({"a": [Unknown("x")]}) == {"a": ["{{changeSet:KNOWN_AFTER_APPLY}}"]}
