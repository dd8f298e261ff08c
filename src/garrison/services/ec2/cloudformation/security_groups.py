"""AWS::EC2::SecurityGroup."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.ec2.cloudformation.nouns import OWN_TAG, Noun, tags_of, update_tags
from garrison.services.ec2.cloudformation.permissions import key_of, permission, rule_shown, rules_of
from garrison.services.handlers import TagStyle, Work, kind

_LONGEST_NAME = 255
_WAYS = {
    "SecurityGroupIngress": ("Ingress", "IpPermissions", "Source"),
    "SecurityGroupEgress": ("Egress", "IpPermissionsEgress", "Destination"),
}
_GROUP = Noun(
    "security-group",
    "CreateSecurityGroup",
    "",
    "DescribeSecurityGroups",
    "SecurityGroups",
    "GroupId",
    "GroupIds",
    "DeleteSecurityGroup",
)
_TO_ANYWHERE = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
"""The rule that a new group of a VPC has for what its machines send."""

group = kind(
    "AWS::EC2::SecurityGroup",
    "GroupDescription GroupName VpcId SecurityGroupIngress SecurityGroupEgress",
    required="GroupDescription",
    create_only="GroupDescription GroupName VpcId",
    attributes="GroupId Id VpcId",
    name_property="GroupName",
    tags=TagStyle.OF_STACK,
    gone="InvalidGroup.NotFound InvalidGroupId.NotFound",
)


@group.create
def create_group(work: Work) -> None:
    """The group, then its rules: with rules of its own for what is sent, it has no others."""
    name = work.name("GroupName", _LONGEST_NAME)
    made = _GROUP.make(work, GroupName=name, Description=work.text("GroupDescription"), VpcId=work.text("VpcId"))
    identifier = made["GroupId"]
    vpc = work.text("VpcId") or (_GROUP.shown(work, identifier) or {}).get("VpcId")
    work.made(identifier, GroupId=identifier, Id=identifier, VpcId=vpc)
    for rule in work.listed("SecurityGroupIngress"):
        _authorize(work, "Ingress", rule)
    wanted = work.listed("SecurityGroupEgress")
    if wanted and key_of(_TO_ANYWHERE) not in map(key_of, wanted):
        _revoke(work, "Egress", _TO_ANYWHERE)
    for rule in wanted:
        if key_of(rule) != key_of(_TO_ANYWHERE):
            _authorize(work, "Egress", rule)


def _authorize(work: Work, way: str, rule: Mapping[str, Any]) -> None:
    said = permission(rule)
    work.call("ec2", f"AuthorizeSecurityGroup{way}", GroupId=work.physical_id, IpPermissions=[said])


def _revoke(work: Work, way: str, rule: Mapping[str, Any]) -> None:
    said = permission({name: value for name, value in rule.items() if name != "Description"})
    work.call("ec2", f"RevokeSecurityGroup{way}", GroupId=work.physical_id, IpPermissions=[said])


@group.update
def update_group(work: Work) -> None:
    """Rules that are others now, those that come before those that go, and tags."""
    for name, (way, _, _) in _WAYS.items():
        if work.has_changed(name):
            _update_rules(work, name, way)
    update_tags(work)


def _update_rules(work: Work, name: str, way: str) -> None:
    default = [_TO_ANYWHERE] if way == "Egress" else []
    old = {key_of(rule): rule for rule in work.listed(name, before=True) or default}
    new = {key_of(rule): rule for rule in work.listed(name) or default}
    for key, rule in new.items():
        if key not in old:
            _authorize(work, way, rule)
        elif rule.get("Description") != old[key].get("Description"):
            operation = f"UpdateSecurityGroupRuleDescriptions{way}"
            work.call("ec2", operation, GroupId=work.physical_id, IpPermissions=[permission(rule)])
    for key, rule in old.items():
        if key not in new:
            _revoke(work, way, rule)


@group.delete
def delete_group(work: Work) -> None:
    """The group, which nothing has any more."""
    _GROUP.delete(work)


@group.read
def read_group(work: Work) -> Mapping[str, Any] | None:
    """It as it is; rules that are wanted and there look as the template writes them."""
    shown = _GROUP.shown(work)
    if shown is None:
        return None
    found = {
        "GroupDescription": shown.get("Description"),
        "GroupName": shown.get("GroupName"),
        "VpcId": shown.get("VpcId"),
        "Tags": tags_of(shown),
    }
    others = _kept_apart(work)
    for name, (_, member, way) in _WAYS.items():
        there = {key_of(rule): rule for rule in rules_of(shown.get(member), way)}
        wanted = {key_of(rule): rule for rule in work.listed(name)}
        kept = [rule for key, rule in wanted.items() if key in there]
        found[name] = (
            [*kept, *(rule for key, rule in there.items() if key not in wanted and key not in others)]
            if wanted
            else None
        )
    return found


def _kept_apart(work: Work) -> set[tuple[str, ...]]:
    """The rules of the group that are resources of stacks themselves."""
    asked = [{"Name": "group-id", "Values": [work.physical_id]}]
    found = work.call("ec2", "DescribeSecurityGroupRules", Filters=asked)["SecurityGroupRules"]
    return {key_of(rule_shown(one)) for one in found if OWN_TAG in {tag["Key"] for tag in one.get("Tags") or ()}}
