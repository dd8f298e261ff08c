"""AWS::EC2::SecurityGroupIngress and AWS::EC2::SecurityGroupEgress: one rule of a group, kept apart from the group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.ec2.cloudformation.nouns import Noun
from garrison.services.ec2.cloudformation.permissions import permission, rule_shown
from garrison.services.handlers import Kind, Work, kind

_OF_BOTH = "GroupId IpProtocol FromPort ToPort CidrIp CidrIpv6"
_SOURCES = "SourceSecurityGroupId SourceSecurityGroupName SourceSecurityGroupOwnerId SourcePrefixListId"
_DESTINATIONS = "DestinationSecurityGroupId DestinationPrefixListId"


def _declare(way: str, others: str) -> Kind:
    """The type of the rules of one way, and what is done with them."""
    noun = Noun(
        "security-group-rule",
        f"AuthorizeSecurityGroup{way}",
        "SecurityGroupRules",
        "DescribeSecurityGroupRules",
        "SecurityGroupRules",
        "SecurityGroupRuleId",
        "SecurityGroupRuleIds",
    )
    made = kind(
        f"AWS::EC2::SecurityGroup{way}",
        f"{_OF_BOTH} {others} Description",
        required="GroupId IpProtocol",
        create_only=f"{_OF_BOTH} {others}",
        attributes="Id",
        gone="InvalidSecurityGroupRuleId.NotFound InvalidPermission.NotFound InvalidGroup.NotFound",
    )

    @made.create
    def create(work: Work) -> None:
        shown = noun.make(work, GroupId=work.text("GroupId"), IpPermissions=[permission(work.properties)])
        work.made(shown["SecurityGroupRuleId"], Id=shown["SecurityGroupRuleId"])

    @made.update
    def update(work: Work) -> None:
        operation = f"UpdateSecurityGroupRuleDescriptions{way}"
        work.call("ec2", operation, GroupId=work.text("GroupId"), IpPermissions=[permission(work.properties)])

    @made.delete
    def delete(work: Work) -> None:
        said = {"GroupId": work.text("GroupId"), "SecurityGroupRuleIds": [work.physical_id]}
        work.call("ec2", f"RevokeSecurityGroup{way}", **said)

    @made.read
    def read(work: Work) -> Mapping[str, Any] | None:
        shown = noun.shown(work)
        if shown is None:
            return None
        return {"GroupId": shown.get("GroupId")} | rule_shown(shown)

    return made


ingress = _declare("Ingress", _SOURCES)
egress = _declare("Egress", _DESTINATIONS)
