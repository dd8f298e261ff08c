"""Trails whose log files go to another S3-compatible store that the settings name: moto's server stands in for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.testing import Account
from tests.services.moto import Moto

from .running import Trail, text

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
GARRISON = str(Path(sys.executable).with_name("garrison"))


@pytest.fixture(scope="module")
def moto() -> Iterator[Moto]:
    with closing(Moto()) as running:
        yield running


@pytest.fixture(scope="module")
def account(pytestconfig: pytest.Config, moto: Moto, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    from garrison.testing.plugin import _account

    settings: dict[str, Any] = dict(moto.settings(tmp_path_factory.mktemp("archive")))
    settings |= {"trail_delivery_seconds": 1, "digest_anchors": ("s3://anchors/digests",)}
    with _account(pytestconfig, **settings) as made:
        # The AWS CLI signs by the machine's clock, which is reached when an hour's digest is due.
        made.clock.shift(timedelta(hours=-1))
        yield made


def garrison(account: Account, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [GARRISON, *arguments, "--home", str(account.home), "--json"],
        env={name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_what_is_delivered_there_is_verified_by_the_aws_cli_and_ingested(account: Account, moto: Moto) -> None:
    start = text(account.clock.now() - timedelta(minutes=5))
    moto.s3().create_bucket(Bucket="anchors")
    trail = Trail(account, "elsewhere", s3=moto.s3(), EnableLogFileValidation=True)
    markers = [made["Key"] for made in moto.s3().list_objects_v2(Bucket=trail.bucket)["Contents"]]
    assert any(key.endswith("/CloudTrail-Digest/") for key in markers)
    account.client("iam").create_user(UserName="logged-elsewhere")
    trail.wait_for_event("CreateUser")
    account.clock.shift(timedelta(hours=1))
    (digest,) = trail.wait_for(lambda: trail.keys("CloudTrail-Digest"))
    status, said = trail.validate(start, AWS_ENDPOINT_URL_S3=moto.endpoint)
    assert status == 0, said
    assert "1/1 digest files valid" in said
    (anchor,) = trail.wait_for(lambda: moto.s3().list_objects_v2(Bucket="anchors").get("Contents"))
    body = moto.s3().get_object(Bucket="anchors", Key=anchor["Key"])["Body"].read()
    assert json.loads(body)["key"] == digest
    assert account.client("s3").list_buckets()["Buckets"] == []

    told = garrison(account, "trail", "ingest", f"s3://{trail.bucket}/AWSLogs")
    assert (told["files"], told["digests"]["read"]) == (len(trail.keys()), 1)
    follow = [GARRISON, "trail", "ingest", f"s3://{trail.bucket}/AWSLogs", "--follow", "--every", "0.2", "--json"]
    with subprocess.Popen([*follow, "--home", str(account.home)], stdout=subprocess.PIPE, text=True) as following:
        assert following.stdout is not None
        assert json.loads(following.stdout.readline())["files"] <= 1
        account.client("iam").create_user(UserName="followed")
        assert any(json.loads(line)["files"] for line in following.stdout)
        following.terminate()


def test_a_trail_is_refused_where_the_store_has_no_such_bucket(account: Account) -> None:
    with pytest.raises(ClientError) as caught:
        account.client("cloudtrail").create_trail(Name="nowhere", S3BucketName="nobody-made-this-bucket")
    assert caught.value.response["Error"]["Code"] == "S3BucketDoesNotExistException"


def test_while_the_store_is_down_the_status_says_so_and_nothing_is_lost(account: Account, moto: Moto) -> None:
    trail = Trail(account, "interrupted", s3=moto.s3())
    trail.wait_for_event("StartLogging")
    moto.close()
    made = [account.client("iam").create_group(GroupName=f"meanwhile-{number}") for number in range(3)]
    status = trail.wait_for(
        lambda: (found := trail.cloudtrail.get_trail_status(Name=trail.name)).get("LatestDeliveryError") and found
    )
    assert status["LatestDeliveryError"] == "ServiceUnavailable"
    with pytest.raises(ClientError) as caught:
        account.client("cloudtrail").update_trail(Name=trail.name, S3KeyPrefix="other")
    assert caught.value.response["Error"]["Code"] == "ServiceUnavailable"
    moto.start()
    moto.s3().create_bucket(Bucket=trail.bucket)
    trail.wait_for_event("CreateGroup")
    trail.wait_for(lambda: "LatestDeliveryError" not in trail.cloudtrail.get_trail_status(Name=trail.name))
    groups = [record for record in trail.records() if record["eventName"] == "CreateGroup"]
    assert [group["responseElements"]["group"]["groupId"] for group in groups] == [
        group["Group"]["GroupId"] for group in made
    ]
