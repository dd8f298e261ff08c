"""Clusters by their API, with tokens of SoftHSM: claimed, grown, backed up, restored, shared and deleted."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from garrison.runtime.contents import unaccounted
from garrison.testing import Account

from ..refusals import refused
from .certificates import Authority

INVALID, MISSING, FAILED = (
    "CloudHsmInvalidRequestException",
    "CloudHsmResourceNotFoundException",
    "CloudHsmServiceException",
)
SUBNETS = ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"]


@pytest.fixture(scope="module")
def hsm(hsm_account: Account) -> Any:
    return hsm_account.client("cloudhsmv2")


@pytest.fixture
def make(hsm: Any) -> Iterator[Callable[..., str]]:
    """Makes clusters, which go with the test: an account has few."""

    def cluster(**more: Any) -> str:
        chosen = {"HsmType": "hsm2m.medium", "Mode": "FIPS", "SubnetIds": SUBNETS} | more
        return str(hsm.create_cluster(**chosen)["Cluster"]["ClusterId"])

    yield cluster
    for found in hsm.describe_clusters()["Clusters"]:
        for one in found["Hsms"]:
            hsm.delete_hsm(ClusterId=found["ClusterId"], HsmId=one["HsmId"])
        hsm.delete_cluster(ClusterId=found["ClusterId"])


def described(hsm: Any, cluster: str) -> dict[str, Any]:
    [found] = hsm.describe_clusters(Filters={"clusterIds": [cluster]})["Clusters"]
    return dict(found)


def claim(hsm: Any, cluster: str, authority: Authority) -> None:
    csr = described(hsm, cluster)["Certificates"]["ClusterCsr"]
    answer = hsm.initialize_cluster(ClusterId=cluster, SignedCert=authority.sign(csr), TrustAnchor=authority.pem)
    assert answer["State"] == "INITIALIZE_IN_PROGRESS"


def test_a_cluster_is_claimed_grown_and_shrunk(hsm: Any, make: Callable[..., str], hsm_account: Account) -> None:
    cluster = make(TagList=[{"Key": "team", "Value": "red"}])
    made = described(hsm, cluster)
    assert (made["State"], made["Hsms"], made["Certificates"]) == ("UNINITIALIZED", [], {})
    assert made["SubnetMapping"] == {"us-east-1a": SUBNETS[0], "us-east-1b": SUBNETS[1]}
    first = hsm.create_hsm(ClusterId=cluster, AvailabilityZone="us-east-1a", IpAddress="10.0.0.7")["Hsm"]
    assert (first["State"], first["EniIp"]) == ("CREATE_IN_PROGRESS", "10.0.0.7")
    assert refused(hsm.create_hsm, ClusterId=cluster, AvailabilityZone="us-east-1b")[0] == INVALID
    authority, other = Authority(), Authority("other")
    csr = described(hsm, cluster)["Certificates"]["ClusterCsr"]
    for signed, anchor in (
        (other.sign(csr), authority.pem),
        (authority.sign(csr), authority.sign(csr)),
        (authority.pem, authority.pem),
        ("nonsense", authority.pem),
    ):
        wrong = {"ClusterId": cluster, "SignedCert": signed, "TrustAnchor": anchor}
        assert refused(hsm.initialize_cluster, **wrong)[0] == INVALID
    claim(hsm, cluster, authority)
    claimed = described(hsm, cluster)
    assert claimed["State"] == "ACTIVE"
    assert list(claimed["Certificates"]) == ["ClusterCertificate"]
    assert refused(hsm.initialize_cluster, ClusterId=cluster, SignedCert="x", TrustAnchor="x")[0] == INVALID
    hsm.create_hsm(ClusterId=cluster, AvailabilityZone="us-east-1b")
    assert len(described(hsm, cluster)["Hsms"]) == 2
    assert refused(hsm.delete_cluster, ClusterId=cluster)[0] == INVALID
    assert hsm.delete_hsm(ClusterId=cluster, EniIp="10.0.0.7")["HsmId"] == first["HsmId"]
    assert refused(hsm.delete_hsm, ClusterId=cluster, HsmId=first["HsmId"])[0] == MISSING
    assert refused(hsm.delete_hsm, ClusterId=cluster)[0] == INVALID
    assert len(list((hsm_account.home / "hsm" / "tokens").iterdir())) == 1
    [event] = hsm_account.events("InitializeCluster")[-1:]
    assert event["requestParameters"]["clusterId"] == cluster


@pytest.mark.parametrize(
    "wrong",
    [
        {"HsmType": "hsm9.huge"},
        {"HsmType": "hsm1.medium", "Mode": "NON_FIPS"},
        {"SubnetIds": [SUBNETS[0], SUBNETS[0]]},
        {"BackupRetentionPolicy": {"Type": "DAYS", "Value": "6"}},
        {"BackupRetentionPolicy": {"Type": "DAYS", "Value": "380"}},
    ],
)
def test_what_no_cluster_is_made_of_is_refused(hsm: Any, wrong: dict[str, Any]) -> None:
    chosen = {"HsmType": "hsm2m.medium", "Mode": "FIPS", "SubnetIds": SUBNETS} | wrong
    assert refused(hsm.create_cluster, **chosen)[0] == INVALID


def test_a_backup_outlives_its_hsms_is_copied_deleted_and_brought_back(hsm: Any, make: Callable[..., str]) -> None:
    cluster = make()
    hsm.create_hsm(ClusterId=cluster, AvailabilityZone="us-east-1a")
    authority = Authority()
    claim(hsm, cluster, authority)
    certificate = described(hsm, cluster)["Certificates"]["ClusterCertificate"]
    hsm.delete_hsm(ClusterId=cluster, HsmId=described(hsm, cluster)["Hsms"][0]["HsmId"])
    assert described(hsm, cluster)["State"] == "INITIALIZED"
    [backup] = hsm.describe_backups(Filters={"clusterIds": [cluster]})["Backups"]
    assert (backup["BackupState"], backup["NeverExpires"]) == ("READY", False)
    name = backup["BackupId"]
    assert hsm.modify_backup_attributes(BackupId=name, NeverExpires=True)["Backup"]["NeverExpires"]
    hsm.create_hsm(ClusterId=cluster, AvailabilityZone="us-east-1b")  # goes on from the backup
    restored = make(SourceBackupId=name)
    assert described(hsm, restored)["SourceBackupId"] == name
    assert described(hsm, restored)["Certificates"]["ClusterCertificate"] == certificate
    hsm.create_hsm(ClusterId=restored, AvailabilityZone="us-east-1a")
    assert described(hsm, restored)["State"] == "ACTIVE"
    copied = hsm.copy_backup_to_region(DestinationRegion="eu-west-1", BackupId=name)["DestinationBackup"]
    assert (copied["SourceBackup"], copied["SourceRegion"]) == (name, "us-east-1")
    assert refused(hsm.copy_backup_to_region, DestinationRegion="us-east-1", BackupId=name)[0] == INVALID
    assert hsm.delete_backup(BackupId=name)["Backup"]["BackupState"] == "PENDING_DELETION"
    assert refused(hsm.delete_backup, BackupId=name)[0] == INVALID
    assert hsm.restore_backup(BackupId=name)["Backup"]["BackupState"] == "READY"
    assert refused(hsm.restore_backup, BackupId=name)[0] == INVALID


def test_backups_come_each_day_and_go_when_their_time_is_over(
    hsm: Any, make: Callable[..., str], hsm_account: Account
) -> None:
    cluster = make(BackupRetentionPolicy={"Type": "DAYS", "Value": "7"})
    hsm.create_hsm(ClusterId=cluster, AvailabilityZone="us-east-1a")
    claim(hsm, cluster, Authority())

    def backups() -> list[str]:
        found = hsm_account.client("cloudhsmv2").describe_backups(Filters={"clusterIds": [cluster]})["Backups"]
        return [one["BackupId"] for one in found]

    assert unaccounted(hsm_account.home) == [], "a backup of the home takes tokens and their backups along"
    hsm.delete_hsm(ClusterId=cluster, HsmId=described(hsm, cluster)["Hsms"][0]["HsmId"])
    [first] = backups()
    hsm.create_hsm(ClusterId=cluster, AvailabilityZone="us-east-1a")
    hsm_account.clock.shift(timedelta(days=9))
    eventually(lambda: len(backups()) == 1 and first not in backups())
    assert refused(hsm_account.client("cloudhsmv2").delete_backup, BackupId=first)[0] == MISSING


def eventually(find: Callable[[], Any]) -> Any:
    until = time.monotonic() + 15
    while not (found := find()):
        assert time.monotonic() < until
        time.sleep(0.1)
    return found


def test_tags_and_the_policy_of_a_backup(hsm: Any, make: Callable[..., str], hsm_account: Account) -> None:
    cluster = make(TagList=[{"Key": "a", "Value": "1"}])
    hsm.tag_resource(ResourceId=cluster, TagList=[{"Key": "b", "Value": "2"}])
    hsm.untag_resource(ResourceId=cluster, TagKeyList=["a", "none"])
    assert hsm.list_tags(ResourceId=cluster)["TagList"] == [{"Key": "b", "Value": "2"}]
    wrong = {"ResourceId": cluster, "TagList": [{"Key": "aws:x", "Value": "1"}]}
    assert refused(hsm.tag_resource, **wrong)[0] == "CloudHsmTagException"
    assert refused(hsm.list_tags, ResourceId="cluster-aaaaaaaaaaa")[0] == MISSING
    backup = hsm.describe_backups(MaxResults=1)["Backups"][0]
    policy = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": hsm_account.account_id},
            "Action": ["cloudhsm:DescribeBackups", "cloudhsm:CreateCluster"],
            "Resource": backup["BackupArn"],
        },
    }
    where = {"ResourceArn": backup["BackupArn"]}
    assert refused(hsm.get_resource_policy, **where)[0] == MISSING
    assert refused(hsm.put_resource_policy, **where, Policy="{}")[0] == INVALID
    hsm.put_resource_policy(**where, Policy=json.dumps(policy))
    assert json.loads(hsm.get_resource_policy(**where)["Policy"]) == policy
    hsm.delete_resource_policy(**where)
    assert hsm.describe_backups(Shared=True)["Backups"] == []


def test_pages_and_filters(hsm: Any, make: Callable[..., str]) -> None:
    made = {make(), make()}
    first = hsm.describe_clusters(MaxResults=1)
    rest = hsm.describe_clusters(NextToken=first["NextToken"])["Clusters"]
    assert made == {one["ClusterId"] for one in (*first["Clusters"], *rest)}
    assert refused(hsm.describe_clusters, NextToken="nonsense")[0] == INVALID
    assert refused(hsm.describe_clusters, Filters={"color": ["red"]})[0] == INVALID
    assert hsm.describe_clusters(Filters={"states": ["ACTIVE"]})["Clusters"] == []


def test_without_tokens_in_the_settings_there_are_no_clusters(garrison_module: Account) -> None:
    code, message = refused(
        garrison_module.client("cloudhsmv2").create_cluster, HsmType="hsm1.medium", SubnetIds=SUBNETS
    )
    assert (code, "settings" in message) == (FAILED, True)
