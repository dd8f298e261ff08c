"""A CloudTrail event names what it touched, and just that is collected again."""

from __future__ import annotations

import gzip
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.collect import Touched, collect_again, touched
from garrison.collect.catalog import types
from garrison.collect.touching import _table
from garrison.items import Item

from .conftest import ALLOW, StandIn

ACCOUNT = "123456789012"


def event(source: str, name: str, request: Any = None, answer: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "recipientAccountId": ACCOUNT,
        "readOnly": False,
        "requestParameters": request,
        "responseElements": answer,
        **more,
    }


CASES: list[tuple[dict[str, Any], list[tuple[str, str, str | None]]]] = [
    (event("s3", "PutBucketPolicy", {"bucketName": "b"}), [("AWS::S3::Bucket", "b", "BucketPolicy")]),
    (
        event("s3", "PutBucketPublicAccessBlock", {"bucketName": "b"}),
        [("AWS::S3::Bucket", "b", "PublicAccessBlockConfiguration")],
    ),
    (event("s3", "CreateBucket", {"bucketName": "b"}), [("AWS::S3::Bucket", "b", None)]),
    (
        event("ec2", "RunInstances", None, {"instancesSet": {"items": [{"instanceId": "i-1"}, {"instanceId": "i-2"}]}}),
        [("AWS::EC2::Instance", "i-1", None), ("AWS::EC2::Instance", "i-2", None)],
    ),
    (
        event("ec2", "AttachVolume", {"instanceId": "i-1", "volumeId": "vol-1"}),
        [("AWS::EC2::Instance", "i-1", None), ("AWS::EC2::Volume", "vol-1", None)],
    ),
    (
        event("ec2", "CreateTags", {"resourcesSet": {"items": [{"resourceId": "vpc-0123456789abcdef0"}]}}),
        [("AWS::EC2::VPC", "vpc-0123456789abcdef0", None)],
    ),
    (
        event("iam", "AttachRolePolicy", {"roleName": "r", "policyArn": "arn:aws:iam::1:policy/p"}),
        [("AWS::IAM::Role", "r", None), ("AWS::IAM::Policy", "arn:aws:iam::1:policy/p", None)],
    ),
    (event("iam", "UpdateAccountPasswordPolicy", {}), [("AWS::::Account", ACCOUNT, "PasswordPolicy")]),
    (
        event("lambda", "UpdateFunctionConfiguration20150331v2", {"functionName": "f"}),
        [("AWS::Lambda::Function", "f", None)],
    ),
    (event("kms", "EnableKeyRotation", {"keyId": "k"}), [("AWS::KMS::Key", "k", "KeyRotationStatus")]),
    (event("s3", "GetBucketPolicy", {"bucketName": "b"}, readOnly=True), []),
    (event("s3", "PutBucketPolicy", {"bucketName": "b"}, errorCode="AccessDenied"), []),
    (event("unknown", "DoThings", {"bucketName": "b"}), []),
]


@pytest.mark.parametrize(
    ("record", "expected"), CASES, ids=lambda each: each.get("eventName") if isinstance(each, dict) else ""
)
def test_an_event_names_what_it_touched(record: dict[str, Any], expected: list[tuple[str, str, str | None]]) -> None:
    assert [(one.resource_type, one.name, one.part) for one in touched(record)] == expected


def test_of_each_type_it_is_known_which_events_touch_it() -> None:
    named = {name for of_source in _table().values() for name in of_source}
    assert set(types()) - named == {"AWS::SSM::ManagedInstanceInventory"}  # what runs on hosts changes without a call


def test_what_is_touched_has_a_region_or_is_global() -> None:
    (bucket,), (role, _) = touched(CASES[0][0]), touched(CASES[6][0])
    assert (bucket.account, bucket.region, role.region) == (ACCOUNT, "us-east-1", "global")


def test_real_events_that_change_resources_touch_them(suites: Path) -> None:
    records = []
    with tarfile.open(suites / "cloudtrail" / "cloudtrail-samples.tar.gz") as archive:
        for member in archive:
            if (file := archive.extractfile(member)) is not None and ".json" in member.name:
                data = file.read()
                read = json.loads(gzip.decompress(data) if member.name.endswith(".gz") else data)
                records += read["Records"] if isinstance(read, dict) else read
    services = ("ec2.amazonaws.com", "iam.amazonaws.com", "s3.amazonaws.com")
    changing = [
        one
        for one in records
        if one["eventSource"] in services
        and one.get("readOnly") is False
        and not one.get("errorCode")
        and one.get("eventCategory") == "Management"
    ]
    found = sum(bool(touched(one)) for one in changing)
    assert len(changing) > 90 and found / len(changing) > 0.8


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda each: (
            st.lists(each, max_size=3)
            | st.dictionaries(
                st.sampled_from(["instancesSet", "items", "instanceId", "bucketName", "resourcesSet", "resourceId"]),
                each,
                max_size=3,
            )
        ),
        max_leaves=10,
    )
)
def test_an_odd_event_touches_nothing_and_breaks_nothing(parameters: Any) -> None:
    for source in ("ec2", "s3"):
        for one in touched(event(source, "CreateTags", parameters, parameters)):
            assert one.name


def test_just_what_was_touched_is_collected_again(stand_in: StandIn) -> None:
    s3, ec2 = stand_in.client("s3"), stand_in.client("ec2")
    for name in ("one", "two"):
        s3.create_bucket(Bucket=name)
    group = ec2.create_security_group(GroupName="web", Description="x")["GroupId"]
    gone = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    ec2.delete_volume(VolumeId=gone)
    again = collect_again(
        stand_in.target,
        [
            Touched(ACCOUNT, "us-east-1", "AWS::S3::Bucket", "two"),
            Touched(ACCOUNT, "us-east-1", "AWS::EC2::SecurityGroup", group),
            Touched(ACCOUNT, "us-east-1", "AWS::EC2::Volume", gone),
            Touched(ACCOUNT, "us-east-1", "AWS::S3::Bucket", "never-there"),
        ],
    )
    assert {item.resource_id for item in again.items} == {"two", group}
    assert {one.name for one in again.gone} == {gone, "never-there"} and not again.unknown
    assert again.requests == (1 + 15) + 1 + 1  # the list and one unversioned bucket's parts, the group, the volume


def test_types_that_are_listed_and_then_asked_for_one_by_one_are_asked_for_one(stand_in: StandIn) -> None:
    sqs = stand_in.client("sqs")
    urls = [sqs.create_queue(QueueName=f"q{number}")["QueueUrl"] for number in range(5)]
    again = collect_again(stand_in.target, [Touched(ACCOUNT, "us-east-1", "AWS::SQS::Queue", urls[3])])
    assert [item.resource_id for item in again.items] == [urls[3]]
    assert again.requests == 3  # the list, the queue, its tags


def test_ties_that_others_tell_of_are_kept(stand_in: StandIn) -> None:
    ec2 = stand_in.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")
    items, _, _ = stand_in.collected("AWS::EC2::VPC", "AWS::EC2::Subnet")
    known = {item.resource_id: item for item in items}

    def before(item: Item) -> Item | None:
        return known.get(item.resource_id)

    one = Touched(ACCOUNT, "us-east-1", "AWS::EC2::VPC", vpc)
    (item,) = collect_again(stand_in.target, [one], before=before).items
    assert item.relationships == known[vpc].relationships and item.relationships
    iam = stand_in.client("iam")
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument="{}")
    policy = iam.create_policy(PolicyName="p", PolicyDocument=ALLOW)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="worker", PolicyArn=policy)
    (role,) = collect_again(stand_in.target, [Touched(ACCOUNT, "global", "AWS::IAM::Role", "worker")]).items
    assert [tie.resource_type for tie in role.relationships] == ["AWS::IAM::Policy"]


def test_what_cannot_be_seen_is_unknown_and_not_gone() -> None:
    from garrison.collect import Target

    nowhere = Target(endpoint_url="http://127.0.0.1:9", attempts=1)
    again = collect_again(nowhere, [Touched(ACCOUNT, "us-east-1", "AWS::EC2::VPC", "vpc-1")])
    assert not again.gone and [one.name for one, _ in again.unknown] == ["vpc-1"]
