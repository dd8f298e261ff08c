"""Amazon Route 53: hosted zones with their records, and health checks."""

from __future__ import annotations

from typing import Any

from garrison.collect.declaration import At, Call, Part, Place, Service, Tie, Type
from garrison.items import GLOBAL


def _plain_ids(answer: dict[str, Any]) -> dict[str, Any]:
    """Zones by the ids that everything else names them by: not `/hostedzone/Z1` but `Z1`."""
    zones = [{**zone, "Id": str(zone["Id"]).rpartition("/")[2]} for zone in answer.get("HostedZones", ())]
    return {**answer, "HostedZones": zones}


def _as_config(configuration: dict[str, Any]) -> dict[str, Any]:
    """Config has a zone's name and name servers beside its VPCs, and its settings as CloudFormation calls them."""
    zone, delegation = configuration.get("HostedZone", {}), configuration.get("DelegationSet", {})
    return {
        "Id": str(zone.get("Id", "")).rpartition("/")[2],
        "Name": zone.get("Name"),
        "NameServers": delegation.get("NameServers", []),
        "VPCs": configuration.get("VPCs", []),
        "HostedZoneConfig": zone.get("Config", {}),
        "LinkedService": zone.get("LinkedService"),
    }


_ZONES = Call("ListHostedZones", "HostedZones[]", reads=_plain_ids)

HOSTED_ZONE = Type(
    "AWS::Route53::HostedZone",
    Call("GetHostedZone", params={"Id": At("Id")}, each=_ZONES),
    id="^Id",
    arn="arn:{partition}:route53:::hostedzone/{^Id}",
    title="HostedZone.Name",
    region=GLOBAL,
    shaped=_as_config,
    ties=(Tie("Is associated with Vpc", "AWS::EC2::VPC", "VPCs[].VPCId"),),
    parts=(
        Part(
            "ResourceRecordSets",
            Call("ListResourceRecordSets", params={"HostedZoneId": At("^Id")}),
            "ResourceRecordSets",
        ),
        Part(
            "",
            Call("ListTagsForResource", params={"ResourceType": "hostedzone", "ResourceId": At("^Id")}),
            "ResourceTagSet.Tags",
            into=Place.TAGS,
        ),
    ),
)
HEALTH_CHECK = Type(
    "AWS::Route53::HealthCheck",
    Call("ListHealthChecks", "HealthChecks[]"),
    id="Id",
    arn="arn:{partition}:route53:::healthcheck/{Id}",
    region=GLOBAL,
    rename={"Id": "HealthCheckId"},
    drop=("CallerReference", "HealthCheckVersion"),
    parts=(
        Part(
            "",
            Call("ListTagsForResource", params={"ResourceType": "healthcheck", "ResourceId": At("Id")}),
            "ResourceTagSet.Tags",
            into=Place.TAGS,
        ),
    ),
)

SERVICE = Service("route53", (HOSTED_ZONE, HEALTH_CHECK), is_global=True)
