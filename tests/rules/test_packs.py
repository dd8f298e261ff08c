"""Conformance packs: what a template asks for, with parameters and conditions put in; hostile ones are refused."""

from __future__ import annotations

import pytest

from garrison.rules import activate, managed_rules
from garrison.rules.packs import UnusablePack, ours, read_pack, template_of_ours

PACK = """
Parameters:
  Age: {Default: '90', Type: String}
  Key: {Default: '', Type: String}
Conditions:
  hasKey: {'Fn::Not': [{'Fn::Equals': ['', {Ref: Key}]}]}
Resources:
  Keys:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: access-keys-rotated
      InputParameters: {maxAccessKeyAge: !Ref Age}
      Source: {Owner: AWS, SourceIdentifier: ACCESS_KEYS_ROTATED}
  Volumes:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: encrypted-volumes
      InputParameters: {kmsId: {'Fn::If': [hasKey, {Ref: Key}, {Ref: 'AWS::NoValue'}]}}
      Scope: {ComplianceResourceTypes: ['AWS::EC2::Volume']}
      Source: {Owner: AWS, SourceIdentifier: ENCRYPTED_VOLUMES}
  Own:
    Type: AWS::Config::ConfigRule
    Condition: hasKey
    Properties:
      ConfigRuleName: own
      Source: {Owner: CUSTOM_LAMBDA, SourceIdentifier: 'arn:aws:lambda:x:1:function:f'}
"""


def test_parameters_and_conditions_are_put_in() -> None:
    keys, volumes = read_pack(PACK).rules
    assert keys.identifier == "ACCESS_KEYS_ROTATED" and keys.parameters == {"maxAccessKeyAge": "90"}
    assert volumes.parameters == {} and volumes.resource_types == ("AWS::EC2::Volume",)
    given = read_pack(PACK, {"Age": "30", "Key": "k1"})
    assert [dict(one.parameters) for one in given.rules] == [{"maxAccessKeyAge": "30"}, {"kmsId": "k1"}, {}]
    assert given.missing({"ENCRYPTED_VOLUMES": 1}) == ("ACCESS_KEYS_ROTATED", "own")


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("a: &a [1]\nb: [*a, *a]", "anchors"),
        ("[" * 200 + "]" * 200, "nested"),
        ("a: [", "no YAML"),
        ("- 1", "not an object"),
        ("Resources: {}", "no resources"),
        ("x" * 400_000, "bytes"),
        ("a: !!python/object/apply:os.system ['true']", "anchors|no YAML|resources|Fn::"),
        ("Resources: {A: {Type: AWS::S3::Bucket}}", "is a AWS::S3::Bucket"),
        (PACK.replace("'90'", "null"), "neither a value nor a default"),
        (PACK.replace("{'Fn::Not'", "{'Fn::Nor'"), "no condition"),
        (PACK.replace("{'Fn::Not': [{'Fn::Equals': ['', {Ref: Key}]}]}", "{Condition: hasKey}"), "defined by itself"),
    ],
)
def test_what_is_no_pack_is_refused_with_the_reason(template: str, reason: str) -> None:
    with pytest.raises(UnusablePack, match=reason):
        read_pack(template)


def test_a_parameter_that_the_pack_does_not_have_is_refused() -> None:
    with pytest.raises(UnusablePack, match="Colour"):
        read_pack(PACK, {"Colour": "red"})


@pytest.mark.parametrize("name", ours())
def test_packs_of_ours_ask_only_for_rules_that_are_there_with_parameters_that_they_take(name: str) -> None:
    known, pack = managed_rules(), read_pack(template_of_ours(name))
    assert len(pack.rules) > 30 and pack.missing(known) == ()
    for one in pack.rules:
        activate(known[one.identifier or ""], one.parameters, name=one.name)


def test_only_packs_of_ours_are_found_by_name() -> None:
    assert ours() == ("garrison", "pci-dss")
    with pytest.raises(UnusablePack, match="none of garrison"):
        template_of_ours("../identifiers")
