"""What is said of names and of ways to other networks: health checks, failover, mail, buckets, delegation, tunnels, locations, mounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from garrison.items import Item
from garrison.rules.advice import CheckResult, Status

Make = Callable[..., Item]
Advise = Callable[..., CheckResult]
OK, WARNING, ERROR, UNKNOWN = Status.OK, Status.WARNING, Status.ERROR, Status.NOT_AVAILABLE
ZONE, HEALTH = "AWS::Route53::HostedZone", "AWS::Route53::HealthCheck"
KEYS = {
    "deleted": "amazon-route-53-deleted-health-checks",
    "failover": "amazon-route-53-failover-resource-record-sets",
    "ttl": "amazon-route-53-high-ttl-resource-record-sets",
    "mail": "amazon-route-53-mx-and-sender-policy-framework",
    "bucket": "amazon-route-53-mismatching-cname-records-to-s3",
}


def record(kind: str, *values: str, name: str = "www.example.com.", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "resourceRecords": [{"value": one} for one in values], **more}


PRIMARY = record("A", "192.0.2.1", failover="PRIMARY", healthCheckId="here", ttl=60)
SECONDARY = record("A", "192.0.2.2", failover="SECONDARY", ttl=61)


@pytest.mark.parametrize(
    ("key", "records", "statuses"),
    [
        ("deleted", [PRIMARY], [OK]),
        ("deleted", [record("A", healthCheckId="gone"), PRIMARY], [WARNING]),
        ("failover", [PRIMARY, SECONDARY], [OK]),
        ("failover", [PRIMARY], [WARNING]),
        ("failover", [SECONDARY], [WARNING]),
        ("failover", [PRIMARY, SECONDARY | {"healthCheckId": "here"}], [WARNING]),
        ("failover", [record("A", "192.0.2.1")], []),
        ("ttl", [PRIMARY, SECONDARY], [WARNING, OK]),
        ("ttl", [record("A", ttl=3600), record("A", failover="PRIMARY", aliasTarget={})], []),
        ("mail", [record("MX", "10 mx"), record("TXT", '"v=spf1 -all"')], [OK]),
        ("mail", [record("MX", "10 mx"), record("SPF", '"v=spf1 -all"')], [WARNING]),
        ("mail", [record("MX", "10 mx"), record("TXT", '"other"')], [ERROR]),
        ("mail", [record("MX", "10 mx"), record("TXT", '"v=spf1 -all"', name="mail.example.com.")], [ERROR]),
        ("bucket", [record("CNAME", "www.example.com.s3.amazonaws.com")], [OK]),
        ("bucket", [record("CNAME", "www.example.com.s3-website-us-east-1.amazonaws.com.")], [OK]),
        ("bucket", [record("CNAME", "other.s3.eu-west-1.amazonaws.com")], [ERROR]),
        ("bucket", [record("CNAME", "d1.cloudfront.net")], [OK]),
    ],
)
def test_records_are_as_they_should_be(
    key: str, records: Any, statuses: list[Status], advised: Advise, item: Make
) -> None:
    check = item(HEALTH, resource_id="here")
    zone = item(ZONE, {"Name": "example.com."}, supplementary={"ResourceRecordSets": records})
    result = advised(KEYS[key], [zone, check])
    assert [one.status for one in result.resources] == statuses
    assert {one.metadata[0] for one in result.resources} <= {"example.com", "Green", "Yellow", "Red"}
    hidden = item(ZONE, {"Name": "example.com."}, unknown=("ResourceRecordSets: AccessDenied",))
    assert advised(KEYS[key], [hidden]).status is UNKNOWN
    served = item(ZONE, {"LinkedService": {"ServicePrincipal": "x"}}, supplementary={"ResourceRecordSets": records})
    assert advised(KEYS[key], [served, check]).resources == ()


@pytest.mark.parametrize(
    ("delegated", "status", "count"),
    [(["ns-1.", "NS-2"], OK, "2"), (["ns-1"], WARNING, "1"), ([], WARNING, "0"), (None, UNKNOWN, None)],
)
def test_a_zone_is_delegated_to_as_far_as_that_can_be_seen(
    delegated: list[str] | None, status: Status, count: str | None, advised: Advise, item: Make
) -> None:
    parts = {"ResourceRecordSets": []}
    child = item(ZONE, {"Name": "a.example.com.", "NameServers": ["ns-1", "ns-2."]}, supplementary=parts)
    private = item(
        ZONE, {"Name": "x.", "HostedZoneConfig": {"PrivateZone": True}}, resource_id="Z3", supplementary=parts
    )
    zones = [child, private]
    if delegated is not None:
        records = [record("NS", *delegated, name="a.example.com.")] if delegated else []
        above = {"ResourceRecordSets": records}
        zones.append(
            item(ZONE, {"Name": "example.com.", "NameServers": ["ns-9"]}, supplementary=above, resource_id="Z2")
        )
    rows = advised("amazon-route-53-name-server-delegations", zones).resources
    found = next(one for one in rows if one.resource_id == "thing")
    assert (found.status, found.metadata[2]) == (status, count)
    assert "Z3" not in {one.resource_id for one in rows}


@pytest.mark.parametrize(
    ("tunnels", "status", "reason"),
    [
        (["UP", "UP"], OK, None),
        (["UP", "DOWN"], WARNING, "One active tunnel"),
        (["DOWN", "DOWN"], WARNING, "No active tunnels"),
        (None, UNKNOWN, None),
    ],
)
def test_both_tunnels_are_up(tunnels: Any, status: Status, reason: Any, advised: Advise, item: Make) -> None:
    telemetry = {} if tunnels is None else {"vgwTelemetry": [{"status": one} for one in tunnels]}
    connection = item("AWS::EC2::VPNConnection", {"state": {"value": "available"}, **telemetry})
    (row,) = advised("vpn-tunnel-redundancy", [connection]).resources
    assert (row.status, row.metadata[-1]) == (status, reason)
    assert advised("aws-site-to-site-vpn-has-a-tunnel-down", [connection]).status is status


@pytest.mark.parametrize(
    ("places", "status"),
    [
        ([("DC1", "one"), ("DC2", "two")], OK),
        ([("DC1", "one"), ("DC1", "two")], WARNING),
        ([("DC1", "one"), ("DC1", "one")], ERROR),
    ],
)
def test_direct_connect_comes_in_at_two_places(places: Any, status: Status, advised: Advise, item: Make) -> None:
    interfaces = [
        item(
            "AWS::DirectConnect::VirtualInterface", {"directConnectGatewayId": "gw", "location": place, "awsDeviceV2": one},
            resource_id=f"dxvif-{number}",
        )
        for number, (place, one) in enumerate(places)
    ]  # fmt: skip
    key = "aws-direct-connect-location-resiliency"
    (row,) = advised(key, interfaces).resources
    assert (row.status, row.resource_id) == (status, "gw")
    assert advised(key, interfaces, unseen={"AWS::DirectConnect::VirtualInterface": "AccessDenied"}).status is UNKNOWN


def test_file_systems_and_peers(advised: Advise, item: Make) -> None:
    key = "amazon-efs-no-mount-target-redundancy"
    for zones, status in (("a", WARNING), ("aa", WARNING), ("ab", OK)):
        targets = {"MountTargets": [{"availabilityZoneName": f"eu-west-1{zone}"} for zone in zones]}
        assert advised(key, [item("AWS::EFS::FileSystem", supplementary=targets)]).status is status
    assert advised(key, [item("AWS::EFS::FileSystem")]).status is UNKNOWN
    key = "amazon-vpc-peering-connections-with-dns-resolution-disabled"
    on = {"peeringOptions": {"allowDnsResolutionFromRemoteVpc": True}}
    for other, status in ((on, OK), ({}, WARNING)):
        peers = {"status": {"code": "active"}, "accepterVpcInfo": on, "requesterVpcInfo": other}
        assert advised(key, [item("AWS::EC2::VPCPeeringConnection", peers)]).status is status
