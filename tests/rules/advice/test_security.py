"""What is said of what is open to abuse: groups, identities, trails, buckets, snapshots, listeners, certificates, old versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from garrison.items import Item
from garrison.rules.advice import CheckResult, Status

Make = Callable[..., Item]
Advise = Callable[..., CheckResult]
OK, WARNING, ERROR, UNKNOWN = Status.OK, Status.WARNING, Status.ERROR, Status.NOT_AVAILABLE
ANY = [{"cidrIp": "0.0.0.0/0"}]
ACCOUNT, GROUP, TRAIL = "AWS::::Account", "AWS::EC2::SecurityGroup", "AWS::CloudTrail::Trail"
CLASSIC, BALANCER = "AWS::ElasticLoadBalancing::LoadBalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer"


def permission(low: int | None, high: int | None = None, protocol: str = "tcp", ranges: Any = ANY) -> dict[str, Any]:
    ports = {} if low is None else {"fromPort": low, "toPort": high or low}
    return {"ipProtocol": protocol, "ipv4Ranges": ranges, "ipRanges": [one["cidrIp"] for one in ranges], **ports}


@pytest.mark.parametrize(
    ("permissions", "specific", "unrestricted"),
    [
        ([], OK, ERROR),
        ([permission(443), permission(80)], OK, OK),
        ([permission(465)], OK, ERROR),
        ([permission(22)], ERROR, ERROR),
        ([permission(8000, 8080)], WARNING, ERROR),
        ([permission(3000, 4000)], ERROR, ERROR),
        ([permission(None, protocol="-1")], ERROR, ERROR),
        ([permission(8, protocol="icmp")], OK, OK),
        ([permission(22, ranges=[{"cidrIp": "10.0.0.0/8"}])], OK, OK),
        ([{"ipProtocol": "tcp", "fromPort": "garbled", "ipv4Ranges": ANY}], UNKNOWN, UNKNOWN),
        (None, UNKNOWN, UNKNOWN),
    ],
)  # fmt: skip
def test_groups_let_in_whom_they_have_to(
    permissions: Any, specific: Status, unrestricted: Status, advised: Advise, item: Make
) -> None:
    group = item(GROUP, {"groupName": "web"} | ({} if permissions is None else {"ipPermissions": permissions}))
    assert advised("security-groups-specific-ports-unrestricted", [group]).status is specific
    found = advised("security-groups-unrestricted-access", [group]).status
    assert found is (OK if permissions == [] else unrestricted)


def test_a_group_that_something_has_is_less_of_a_riddle(advised: Advise, item: Make) -> None:
    group = item(GROUP, {"groupName": "web", "ipPermissions": [permission(22)]}, resource_id="sg-1")
    interface = item("AWS::EC2::NetworkInterface", {"groups": [{"groupId": "sg-1"}]}, resource_id="eni-1")
    key = "security-groups-unrestricted-access"
    (row,) = advised(key, [group, interface]).resources
    assert (row.status, row.metadata) == (
        WARNING,
        ("eu-west-1", "web", "sg-1", "tcp", "22", "Yellow", "0.0.0.0/0"),
    )
    assert row.commands[0][-1] == "IpProtocol=tcp,FromPort=22,ToPort=22,IpRanges=[{CidrIp=0.0.0.0/0}]"
    assert advised(key, [group], unseen={"AWS::EC2::NetworkInterface": "AccessDenied"}).status is UNKNOWN


@pytest.mark.parametrize(
    ("key", "configuration", "supplementary", "status"),
    [
        ("iam-password-policy", {}, {}, ERROR),
        ("iam-password-policy", {}, {"PasswordPolicy": {"requireNumbers": True}}, WARNING),
        (
            "iam-password-policy", {},
            {"PasswordPolicy": dict.fromkeys(
                ("requireUppercaseCharacters", "requireLowercaseCharacters", "requireNumbers", "requireSymbols"), True
            )},
            OK,
        ),
        ("mfa-on-root-account", {"AccountMFAEnabled": 1}, {}, OK),
        ("mfa-on-root-account", {"AccountMFAEnabled": 0, "AccountAccessKeysPresent": 0}, {}, ERROR),
        (
            "mfa-on-root-account",
            {"AccountMFAEnabled": 0, "AccountAccessKeysPresent": 0, "AccountPasswordPresent": 0}, {}, OK,
        ),
        ("mfa-on-root-account", {}, {}, UNKNOWN),
        ("root-user-access-key", {"AccountAccessKeysPresent": 1}, {}, ERROR),
        ("root-user-access-key", {"AccountAccessKeysPresent": 0}, {}, OK),
    ],
)  # fmt: skip
def test_the_account_is_signed_in_to_as_it_should_be(
    key: str, configuration: Any, supplementary: Any, status: Status, advised: Advise, item: Make
) -> None:
    account = item(ACCOUNT, {"summaryMap": configuration}, supplementary=supplementary, region="global")
    assert advised(key, [account]).status is status
    assert advised(key, []).status is UNKNOWN
    hidden = item(ACCOUNT, {}, unknown=("summaryMap: AccessDenied", "PasswordPolicy: AccessDenied"), region="global")
    assert advised(key, [hidden]).status is UNKNOWN


@pytest.mark.parametrize(
    ("report", "statuses"),
    [
        ({"access_key_1_active": "true", "access_key_1_last_rotated": "2026-02-01T00:00:00+00:00"}, [OK]),
        ({"access_key_1_active": "true", "access_key_1_last_rotated": "2025-06-01T00:00:00+00:00"}, [WARNING]),
        (
            {
                "access_key_1_active": "true", "access_key_1_last_rotated": "2025-06-01T00:00:00+00:00",
                "access_key_2_active": "true", "access_key_2_last_rotated": "2023-06-01T00:00:00+00:00",
            },
            [ERROR, WARNING],
        ),
        ({"access_key_1_active": "false", "access_key_1_last_rotated": "2021-06-01T00:00:00+00:00"}, []),
        ({"access_key_1_active": "true", "access_key_1_last_rotated": "N/A"}, [UNKNOWN]),
    ],
)  # fmt: skip
def test_keys_are_rotated(report: dict[str, str], statuses: list[Status], advised: Advise, item: Make) -> None:
    user = item("AWS::IAM::User", supplementary={"CredentialReport": {"password_enabled": "false", **report}})
    assert [one.status for one in advised("iam-access-key-rotation", [user]).resources] == statuses
    unseen = item("AWS::IAM::User", unknown=("CredentialReport: AccessDenied",))
    assert advised("iam-access-key-rotation", [unseen]).status is UNKNOWN


def test_only_aws_knows_which_keys_were_published(advised: Advise, item: Make) -> None:
    calm = item("AWS::IAM::User", {"attachedManagedPolicies": [{"policyName": "ReadOnlyAccess"}]})
    caught = item(
        "AWS::IAM::User", {"attachedManagedPolicies": [{"policyName": "AWSCompromisedKeyQuarantineV3"}]},
        resource_id="AIDA2", resource_name="bob",
    )  # fmt: skip
    assert advised("exposed-access-keys", [calm]).status is UNKNOWN
    (row,) = advised("exposed-access-keys", [calm, caught]).resources
    assert (row.status, row.metadata[1:3]) == (ERROR, ("bob", "Exposed"))


LOGS = {"isLogging": True}
MANAGEMENT = {"eventSelectors": [{"includeManagementEvents": True}]}


@pytest.mark.parametrize(
    ("trail", "parts", "logging", "events"),
    [
        ({"isMultiRegionTrail": True}, (LOGS, MANAGEMENT), [OK, OK], [OK, OK]),
        ({}, (LOGS, MANAGEMENT), [ERROR, OK], [ERROR, OK]),
        ({"isMultiRegionTrail": True}, ({"isLogging": False}, MANAGEMENT), [ERROR, ERROR], [ERROR, ERROR]),
        (
            {"isMultiRegionTrail": True}, (LOGS | {"latestDeliveryError": "NoSuchBucket"}, MANAGEMENT),
            [WARNING, WARNING], [WARNING, WARNING],
        ),
        (
            {"isMultiRegionTrail": True}, (LOGS, {"eventSelectors": [{"includeManagementEvents": False}]}),
            [OK, OK], [ERROR, ERROR],
        ),
        (
            {"isMultiRegionTrail": True},
            (LOGS, {"advancedEventSelectors": [
                {"fieldSelectors": [{"field": "eventCategory", "equals": ["Management"]}]}
            ]}),
            [OK, OK], [OK, OK],
        ),
    ],
)  # fmt: skip
def test_every_region_that_was_looked_at_is_recorded(
    trail: Any, parts: Any, logging: list[Status], events: list[Status], advised: Advise, item: Make
) -> None:
    regions = [item(ACCOUNT, region=one) for one in ("eu-west-1", "us-east-1")]
    status, selectors = parts
    recorded = item(TRAIL, {"name": "all", **trail}, supplementary={"TrailStatus": status, "EventSelectors": selectors})
    for key, wanted in (("aws-cloudtrail-logging", logging), ("aws-cloudtrail-management-event-logging", events)):
        assert [one.status for one in advised(key, [recorded, *regions]).resources] == wanted
        assert advised(key, [recorded]).status is UNKNOWN, "no region was looked at"
        assert advised(key, [item(TRAIL, {"isMultiRegionTrail": True}), *regions]).status is UNKNOWN


ALL_BLOCKS = dict.fromkeys(("blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets"), True)
PUBLIC = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::thing/*"}]}'


@pytest.mark.parametrize(
    ("grants", "policy", "blocks", "status", "told"),
    [
        ([], None, ALL_BLOCKS, OK, ("No", "No", "Green", "No")),
        ([], None, {}, WARNING, ("No", "No", "Yellow", "No")),
        ([("AllUsers", "Read")], None, {}, ERROR, ("Yes", "No", "Red", "No")),
        ([("AuthenticatedUsers", "FullControl")], None, {}, ERROR, ("Yes", "Yes", "Red", "No")),
        ([("AllUsers", "Read")], None, ALL_BLOCKS, OK, ("No", "No", "Green", "No")),
        ([("AllUsers", "ReadAcp")], None, {}, WARNING, ("No", "No", "Yellow", "No")),
        ([], PUBLIC, {}, ERROR, ("No", "No", "Red", "Yes")),
        ([], PUBLIC, ALL_BLOCKS, WARNING, ("No", "No", "Yellow", "Yes")),
        ([], "{", ALL_BLOCKS, UNKNOWN, (None, None, None, None)),
    ],
)  # fmt: skip
def test_buckets_are_closed(
    grants: Any, policy: Any, blocks: Any, status: Status, told: Any, advised: Advise, item: Make
) -> None:
    acl = {"grantList": [{"grantee": who, "permission": what} for who, what in [("1", "FullControl"), *grants]]}
    parts = {
        "AccessControlList": acl, "PublicAccessBlockConfiguration": blocks, "BucketPolicy": {"policyText": policy},
    }  # fmt: skip
    key = "amazon-s3-bucket-permissions"
    (row,) = advised(key, [item("AWS::S3::Bucket", supplementary=parts)]).resources
    assert (row.status, row.metadata[3:7]) == (status, told)
    account = item("AWS::S3::AccountPublicAccessBlock", ALL_BLOCKS, resource_id="111122223333")
    if status in (WARNING, ERROR):
        assert advised(key, [item("AWS::S3::Bucket", supplementary=parts), account]).status in (OK, WARNING)
    hidden = item("AWS::S3::Bucket", supplementary=parts, unknown=("BucketPolicy: AccessDenied",))
    assert advised(key, [hidden]).status is UNKNOWN


def test_snapshots_are_private(advised: Advise, item: Make) -> None:
    public = item("AWS::EC2::Snapshot", supplementary={"CreateVolumePermissions": [{"group": "all"}]})
    private = item("AWS::EC2::Snapshot", supplementary={"CreateVolumePermissions": []}, resource_id="snap-2")
    blocking = item(ACCOUNT, supplementary={"SnapshotBlockPublicAccess": "block-all-sharing"})
    key = "amazon-ebs-public-snapshots"
    assert [one.status for one in advised(key, [private, public]).resources] == [ERROR, OK]
    assert advised(key, [private, public, blocking]).status is OK
    assert advised(key, [item("AWS::EC2::Snapshot")]).status is UNKNOWN
    key = "amazon-rds-public-snapshots"
    shared = {"DBSnapshotAttributes": [{"attributeName": "restore", "attributeValues": ["all"]}]}
    manual = item(
        "AWS::RDS::DBSnapshot", {"snapshotType": "manual", "dBInstanceIdentifier": "db"}, supplementary=shared
    )
    assert advised(key, [manual]).resources[0].metadata == ("Red", "eu-west-1", "db", "thing")
    assert advised(key, [item("AWS::RDS::DBSnapshot", {"snapshotType": "automated"})]).resources == ()
    private = {"DBClusterSnapshotAttributes": [{"attributeName": "restore", "attributeValues": []}]}
    of_cluster = {"snapshotType": "manual", "dbclusterIdentifier": "cl"}
    cluster = item("AWS::RDS::DBClusterSnapshot", of_cluster, supplementary=private)
    assert advised(key, [cluster]).resources[0].metadata == ("Green", "eu-west-1", "cl", "thing")


def policy(name: str, **attributes: str) -> dict[str, Any]:
    pairs = {"Reference-Security-Policy": name, **attributes}.items()
    described = [{"attributeName": one.replace("_", "-"), "attributeValue": value} for one, value in pairs]
    return {
        "policyName": "p", "policyTypeName": "SSLNegotiationPolicyType", "policyAttributeDescriptions": described,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("protocol", "policies", "status"),
    [
        ("HTTP", [], ERROR),
        ("HTTPS", [policy("ELBSecurityPolicy-TLS-1-2-2017-01")], OK),
        ("HTTPS", [policy("ELBSecurityPolicy-2016-08")], WARNING),
        ("SSL", [policy("ELBSecurityPolicy-TLS-1-2-2017-01", RC4_MD5="true")], WARNING),
        ("HTTPS", [], WARNING),
    ],
)  # fmt: skip
def test_classic_load_balancers_encrypt(
    protocol: str, policies: Any, status: Status, advised: Advise, item: Make
) -> None:
    listener = {"protocol": protocol, "loadBalancerPort": 443}
    balancer = item(
        CLASSIC, {"listenerDescriptions": [{"listener": listener, "policyNames": ["p"]}], "securityGroups": ["sg-1"]},
        supplementary={"LoadBalancerPolicies": policies},
    )  # fmt: skip
    assert advised("elb-listener-security", [balancer]).status is status
    assert advised("elb-security-groups", [balancer]).status is ERROR, "its group is gone"
    exact, more = (
        item(GROUP, {"ipPermissions": [permission(443, high)]}, resource_id="sg-1") for high in (443, 444)
    )  # fmt: skip
    assert advised("elb-security-groups", [balancer, exact]).status is OK
    assert advised("elb-security-groups", [balancer, more]).status is WARNING
    assert advised("elb-security-groups", [balancer], unseen={GROUP: "AccessDenied"}).status is UNKNOWN


@pytest.mark.parametrize(
    ("listener", "status"),
    [
        ({"Protocol": "HTTPS", "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06", "Port": 443}, OK),
        ({"Protocol": "HTTPS", "SslPolicy": "ELBSecurityPolicy-2016-08", "Port": 443}, ERROR),
        ({"Protocol": "TLS", "SslPolicy": "ELBSecurityPolicy-TLS13-1-0-2021-06"}, ERROR),
        ({"Protocol": "HTTP", "Port": 80}, WARNING),
        ({"Protocol": "HTTP", "DefaultActions": [{"RedirectConfig": {"Protocol": "HTTPS"}}]}, OK),
        ({"Protocol": "HTTPS"}, UNKNOWN),
    ],
)  # fmt: skip
def test_listeners_encrypt(listener: Any, status: Status, advised: Advise, item: Make) -> None:
    balancer = item(BALANCER, {"scheme": "internet-facing", "type": "application"}, resource_name="web")
    one = item("AWS::ElasticLoadBalancingV2::Listener", listener | {"LoadBalancerArn": balancer.arn}, arn="arn:l")
    assert advised("listeners-with-old-tls", [one, balancer]).status is status


def test_targets_are_spoken_to_by_https(advised: Advise, item: Make) -> None:
    balancer = item(BALANCER, {"type": "application", "vpcId": "vpc-1"}, resource_name="web", arn="arn:lb")
    for protocol, status in (("HTTPS", OK), ("HTTP", WARNING), (None, UNKNOWN)):
        group = item(
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            {"targetType": "ip", "loadBalancerArns": ["arn:lb"], "protocol": protocol},
        )  # fmt: skip
        assert advised("application-load-balancer-target-groups-encrypted-protocol", [group, balancer]).status is status


@pytest.mark.parametrize(
    ("expires", "any_status", "viewer", "origin"),
    [
        ("2027-01-01T00:00:00Z", OK, OK, OK),
        ("2026-03-20T00:00:00Z", WARNING, OK, WARNING),
        ("2026-03-05T00:00:00Z", WARNING, WARNING, WARNING),
        ("2026-02-01T00:00:00Z", ERROR, ERROR, ERROR),
        ("soon", UNKNOWN, UNKNOWN, UNKNOWN),
    ],
)  # fmt: skip
def test_certificates_are_renewed_in_time(
    expires: str, any_status: Status, viewer: Status, origin: Status, advised: Advise, item: Make
) -> None:
    certificate = item("AWS::IAM::ServerCertificate", {"Expiration": expires}, resource_id="ASCA1", arn="arn:cert")
    assert advised("expiring-certificates", [certificate]).status is any_status
    origins = {"items": [{"domainName": "LB.example", "customOriginConfig": {"originProtocolPolicy": "https-only"}}]}
    distribution = item(
        "AWS::CloudFront::Distribution",
        {"distributionConfig": {"viewerCertificate": {"iamCertificateId": "ASCA1"}, "origins": origins}},
    )  # fmt: skip
    key = "cloudfront-custom-ssl-certificates-in-the-iam-certificate-store"
    assert advised(key, [distribution, certificate]).status is viewer
    assert advised(key, [distribution]).status is UNKNOWN
    listener = {"listener": {"sslcertificateId": "arn:cert", "protocol": "HTTPS"}}
    balancer = item(CLASSIC, {"dnsname": "lb.example", "listenerDescriptions": [listener]}, resource_id="lb")
    key = "cloudfront-ssl-certificate-on-the-origin-server"
    assert advised(key, [distribution, certificate, balancer]).status is origin
    result = advised(key, [distribution, certificate])
    assert result.status is UNKNOWN
    assert "would have to be connected to" in result.reason


@pytest.mark.parametrize(
    ("key", "kind", "configuration", "status"),
    [
        ("aws-lambda-functions-using-deprecated-runtimes", "AWS::Lambda::Function", {"runtime": "python3.8"}, ERROR),
        ("aws-lambda-functions-using-deprecated-runtimes", "AWS::Lambda::Function", {"runtime": "nodejs20.x"}, WARNING),
        ("aws-lambda-functions-using-deprecated-runtimes", "AWS::Lambda::Function", {"runtime": "python3.13"}, OK),
        ("aws-lambda-functions-using-deprecated-runtimes", "AWS::Lambda::Function", {"runtime": "cobol"}, UNKNOWN),
        ("rds-end-of-support", "AWS::RDS::DBInstance", {"engine": "mysql", "engineVersion": "5.7.44"}, ERROR),
        ("rds-end-of-support", "AWS::RDS::DBInstance", {"engine": "mysql", "engineVersion": "8.0.40"}, WARNING),
        ("rds-end-of-support", "AWS::RDS::DBInstance", {"engine": "postgres", "engineVersion": "17.2"}, OK),
        ("rds-end-of-support", "AWS::RDS::DBInstance", {"engine": "mariadb", "engineVersion": None}, UNKNOWN),
        ("amazon-rds-storage-encryption-is-turned-off", "AWS::RDS::DBInstance", {"engine": "mysql", "storageEncrypted": False}, ERROR),
        ("amazon-rds-storage-encryption-is-turned-off", "AWS::RDS::DBInstance", {"engine": "mysql"}, UNKNOWN),
        ("amazon-rds-aurora-storage-encryption-is-turned-off", "AWS::RDS::DBCluster", {"engine": "aurora-mysql", "storageEncrypted": True}, OK),
        ("amazon-rds-security-group-access-risk", "AWS::RDS::DBSecurityGroup", {"iPRanges": [{"cIDRIP": "0.0.0.0/0"}]}, ERROR),
        ("amazon-rds-security-group-access-risk", "AWS::RDS::DBSecurityGroup", {"eC2SecurityGroups": [{"eC2SecurityGroupId": "sg-1"}]}, WARNING),
        ("amazon-rds-security-group-access-risk", "AWS::RDS::DBSecurityGroup", {"iPRanges": [{"cIDRIP": "10.0.0.0/8"}]}, OK),
    ],
)  # fmt: skip
def test_databases_and_functions(
    key: str, kind: str, configuration: Mapping[str, Any], status: Status, advised: Advise, item: Make
) -> None:
    group = item(GROUP, {"ipPermissions": [permission(3306)]}, resource_id="sg-1")
    assert advised(key, [item(kind, configuration), group]).status is status


@pytest.mark.parametrize(
    ("platform", "name", "version", "windows", "ubuntu"),
    [
        ("windows", "Microsoft Windows Server 2012 R2 Standard", "6.3", ERROR, OK),
        ("windows", "Microsoft Windows Server 2016 Datacenter", "10.0", WARNING, OK),
        ("windows", "Microsoft Windows Server 2022 Datacenter", "10.0", OK, OK),
        ("windows", "Windows", "?", UNKNOWN, OK),
        (None, "Ubuntu", "18.04", OK, ERROR),
        (None, "Ubuntu", "24.04", OK, OK),
        (None, "Amazon Linux", "2023", OK, OK),
        (None, None, None, OK, UNKNOWN),
    ],
)  # fmt: skip
def test_systems_are_supported(
    platform: str | None, name: str | None, version: str | None, windows: Status, ubuntu: Status,
    advised: Advise, item: Make,
) -> None:  # fmt: skip
    items: Iterable[Item] = [item("AWS::EC2::Instance", {"state": {"name": "running"}, "platform": platform})]
    if name:
        said = {"AWS:InstanceInformation": {"Content": {"thing": {"PlatformName": name, "PlatformVersion": version}}}}
        items = [*items, item("AWS::SSM::ManagedInstanceInventory", said)]
    assert advised("amazon-ec2-instances-with-microsoft-windows-server-end-of-support", items).status is windows
    assert advised("amazon-ec2-instances-with-ubuntu-lts-end-of-standard-support", items).status is ubuntu
