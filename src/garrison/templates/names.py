"""The words of templates: sections, functions, short forms, pseudo parameters, policies."""

from __future__ import annotations

VERSION = "2010-09-09"
SECTIONS = frozenset(
    {
        "AWSTemplateFormatVersion",
        "Description",
        "Metadata",
        "Parameters",
        "Rules",
        "Mappings",
        "Conditions",
        "Transform",
        "Resources",
        "Outputs",
        "Hooks",
    }
)
RESOURCE_MEMBERS = frozenset(
    {
        "Type",
        "Properties",
        "DependsOn",
        "Condition",
        "DeletionPolicy",
        "UpdateReplacePolicy",
        "CreationPolicy",
        "UpdatePolicy",
        "Metadata",
        "Description",
    }
)
"""What a resource is made of."""
FUNCTIONS = (
    "Fn::And",
    "Fn::Base64",
    "Fn::Cidr",
    "Fn::Equals",
    "Fn::FindInMap",
    "Fn::GetAZs",
    "Fn::GetAtt",
    "Fn::If",
    "Fn::ImportValue",
    "Fn::Join",
    "Fn::Not",
    "Fn::Or",
    "Fn::Select",
    "Fn::Split",
    "Fn::Sub",
    "Fn::Transform",
)
"""What every template may call, beside `Ref`."""
EXTENSIONS = ("Fn::Length", "Fn::ToJsonString")
"""What `AWS::LanguageExtensions` adds as values."""
RULE_FUNCTIONS = (
    "Fn::Contains",
    "Fn::EachMemberEquals",
    "Fn::EachMemberIn",
    "Fn::RefAll",
    "Fn::ValueOf",
    "Fn::ValueOfAll",
)
"""What only `Rules` may call."""
CONDITION_FUNCTIONS = frozenset({"Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals", "Condition"})
FOR_EACH = "Fn::ForEach::"
LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"
SHORT_FORMS = {
    f"!{name.removeprefix('Fn::')}": name for name in (*FUNCTIONS, *EXTENSIONS, *RULE_FUNCTIONS, "Ref", "Condition")
}
"""Tags of YAML and what they stand for."""
PSEUDO = frozenset(
    {
        "AWS::AccountId",
        "AWS::NoValue",
        "AWS::NotificationARNs",
        "AWS::Partition",
        "AWS::Region",
        "AWS::StackId",
        "AWS::StackName",
        "AWS::URLSuffix",
    }
)
NO_VALUE = "AWS::NoValue"
STACK = "AWS::CloudFormation::Stack"
"""The type of nested stacks."""


def function_of(value: object) -> str | None:
    """The function that a value calls: an object of one member named as one; None for anything else."""
    if isinstance(value, dict) and len(value) == 1:
        [name] = value
        if name in ("Ref", "Condition") or name.startswith("Fn::"):
            return str(name)
    return None
