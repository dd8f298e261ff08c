"""Values of parameters: types, constraints, defaults, values used again, and what is not echoed."""

import json
import re
from typing import Any

import pytest

from garrison.templates import TemplateInvalid, masked, parameters, parse, summarize
from garrison.templates.patterns import allowed_pattern


def template_of(**declared: dict[str, Any]) -> Any:
    return parse(json.dumps({"Parameters": declared, "Resources": {"A": {"Type": "AWS::SNS::Topic"}}}))


@pytest.mark.parametrize(
    ("declared", "value", "said"),
    [
        ({"Type": "String", "AllowedValues": ["a", True, 1]}, "true", None),
        ({"Type": "String", "AllowedValues": ["a"]}, "b", "Parameter 'P' must be one of AllowedValues"),
        ({"Type": "String", "AllowedPattern": "[a-z]*"}, "abc", None),
        ({"Type": "String", "AllowedPattern": "[a-z]*"}, "abc1", "Parameter 'P' must match pattern [a-z]*"),
        ({"Type": "String", "AllowedPattern": "(a+)+$"}, "a" * 4000 + "b", "must match pattern"),
        (
            {"Type": "String", "AllowedPattern": "[a-z]*", "ConstraintDescription": "only letters"},
            "1",
            "Parameter P failed to satisfy constraint: only letters",
        ),
        ({"Type": "String", "MinLength": "2", "MaxLength": 3}, "ab", None),
        ({"Type": "String", "MinLength": 2}, "a", "Parameter 'P' must contain at least 2 characters"),
        ({"Type": "String", "MaxLength": 2}, "abc", "Parameter 'P' must contain at most 2 characters"),
        ({"Type": "Number", "MinValue": 1, "MaxValue": "5.5"}, "5.5", None),
        ({"Type": "Number"}, "many", "Parameter 'P' must be a number"),
        ({"Type": "Number"}, "nan", "must be a number"),
        ({"Type": "Number"}, "1_0", "must be a number"),
        ({"Type": "Number", "MinValue": 2}, "1", "Parameter 'P' must be a number not less than 2"),
        ({"Type": "Number", "MaxValue": 2}, "3", "Parameter 'P' must be a number not greater than 2"),
        ({"Type": "List<Number>"}, "1, 2", None),
        ({"Type": "List<Number>"}, "1,x", "must be a number"),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}, "a,b", None),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}, "a,c", "must be one of AllowedValues"),
        ({"Type": "AWS::EC2::VPC::Id"}, "vpc-0123456789abcdef0", None),
        ({"Type": "AWS::EC2::VPC::Id"}, "subnet-1", "parameter value subnet-1 for parameter name P does not exist"),
        ({"Type": "List<AWS::EC2::Subnet::Id>"}, "subnet-01234567,subnet-89abcdef", None),
        ({"Type": "List<AWS::EC2::Subnet::Id>"}, "subnet-01234567,x", "does not exist"),
        (
            {"Type": "AWS::SSM::Parameter::Value<String>"},
            "/a",
            "AWS::SSM::Parameter::Value<String>, which is not supported",
        ),
        ({"Type": "String"}, "é" * 2049, "larger than 4096 bytes"),
    ],
)
def test_values_are_held_against_their_declaration(declared: dict[str, Any], value: str, said: str | None) -> None:
    template = template_of(P=declared)
    if said is None:
        assert parameters(template, {"P": value}) == {"P": value}
        return
    with pytest.raises(TemplateInvalid) as caught:
        parameters(template, {"P": value})
    assert said in caught.value.message


def test_given_values_come_before_earlier_ones_and_defaults() -> None:
    template = template_of(
        A={"Type": "String", "Default": 1}, B={"Type": "String", "Default": "b"}, C={"Type": "String"}
    )
    assert parameters(template, {"C": "given"}, {"B": "before"}) == {"A": "1", "B": "before", "C": "given"}


def test_missing_and_unknown_parameters_are_named_together() -> None:
    template = template_of(A={"Type": "String"}, B={"Type": "Number"})
    with pytest.raises(TemplateInvalid, match=r"Parameters: \[A, B\] must have values"):
        parameters(template, {})
    with pytest.raises(TemplateInvalid, match=r"Parameters: \[X, Y\] do not exist in the template"):
        parameters(template, {"X": "", "A": "", "B": "1"}, {"Y": ""})


def test_what_is_not_echoed_is_masked_for_people_only() -> None:
    template = template_of(Secret={"Type": "String", "NoEcho": "true"}, Open={"Type": "String", "NoEcho": False})
    values = parameters(template, {"Secret": "s3cret", "Open": "o"})
    assert values["Secret"] == "s3cret" and masked(template, values) == {"Secret": "****", "Open": "o"}


def test_systems_manager_is_asked_where_there_is_one() -> None:
    template = template_of(P={"Type": "AWS::SSM::Parameter::Value<String>"})
    assert parameters(template, {"P": "/a"}, ssm={"/a": "value"}.__getitem__) == {"P": "value"}


@pytest.mark.parametrize(
    ("resource", "transform", "capabilities"),
    [
        ({"Type": "AWS::SNS::Topic"}, None, ()),
        ({"Type": "AWS::IAM::Role"}, None, ("CAPABILITY_IAM",)),
        ({"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r"}}, None, ("CAPABILITY_NAMED_IAM",)),
        ({"Type": "AWS::IAM::Policy", "Properties": {"PolicyName": "p"}}, None, ("CAPABILITY_IAM",)),
        (
            {"Type": "AWS::IAM::User", "Properties": {"UserName": "u"}},
            "AWS::LanguageExtensions",
            ("CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"),
        ),
    ],
)
def test_a_summary_says_which_capabilities_are_needed(
    resource: dict[str, Any], transform: str | None, capabilities: tuple[str, ...]
) -> None:
    found = summarize(
        parse(
            json.dumps(
                {"Resources": {"A": resource, "B": {"Type": "AWS::SNS::Topic"}}}
                | ({"Transform": transform} if transform else {})
            )
        )
    )
    assert found.capabilities == capabilities and bool(found.reason) == bool(capabilities)
    assert found.resource_types[0] == resource["Type"] and found.identifiers["AWS::SNS::Topic"][-1] == "B"


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("^(?!aws)[a-z]+$", "swa", "awsome"),
        (r"(?=.*[A-Z])(?=.*\d)(?!.*\s).{4,}", "Abc1", "abc1"),
        (r"^(?=[\])(]{1,2}x).+$", "])x", "]y"),
        (r"^(?!.*(?:a|b)\)).*$", "ab", "xb)"),
        ("^(?!a|b)[a-z](c|d)$", "xc", "bc"),
        ("a|b", "b", "c"),
    ],
)
def test_look_aheads_at_the_beginning_of_a_pattern_are_asked(pattern: str, good: str, bad: str) -> None:
    assert re.fullmatch(pattern, good) and not re.fullmatch(pattern, bad)
    assert allowed_pattern(pattern).allows(good) and not allowed_pattern(pattern).allows(bad)


@pytest.mark.parametrize("pattern", ["a(?!b)c", "(?!a)b|c", "(?<=a)b", r"(a)\1", "(?!a", "(", "[a", "(?=(?=a)b)c"])
def test_patterns_that_would_need_backtracking_are_refused(pattern: str) -> None:
    with pytest.raises(TemplateInvalid, match="is not a supported regular expression"):
        allowed_pattern(pattern)
