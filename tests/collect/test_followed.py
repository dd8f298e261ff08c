"""What followed log files say has changed in an account that is collected is looked at again, by the running server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from garrison.collect import Wanted, collect
from garrison.inventory import INVENTORY_FILE, History, Resource
from garrison.testing.plugin import _account
from tests.lake.templates import record, write_log
from tests.services.sns.receiving import eventually

from .conftest import StandIn

ACCOUNT, GROUP = "123456789012", "AWS::EC2::SecurityGroup"


def changed(number: int, name: str, group: str, **more: Any) -> dict[str, Any]:
    return record(number) | {
        "eventTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "ec2.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "recipientAccountId": ACCOUNT,
        "readOnly": False,
        "requestParameters": {"groupId": group},
        **more,
    }


@contextmanager
def followed(home: Path, logs: Path) -> Iterator[None]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GARRISON"))}
    command = [sys.executable, "-m", "garrison", "trail", "ingest", str(logs), "--follow", "--every", "0.3", "--json"]
    with subprocess.Popen([*command, "--home", str(home)], env=environment, stdout=subprocess.DEVNULL) as follower:
        try:
            yield
        finally:
            follower.terminate()


def test_just_what_followed_log_files_name_is_collected_again(
    stand_in: StandIn, pytestconfig: pytest.Config, tmp_path: Path
) -> None:
    ec2 = stand_in.client("ec2")
    web, old, other = (
        ec2.create_security_group(GroupName=name, Description="x")["GroupId"] for name in ("web", "old", "other")
    )
    (tmp_path / "credentials").write_text("[default]\naws_access_key_id=testing\naws_secret_access_key=testing\n")
    known = {"endpoint": stand_in.url, "credentials_file": str(tmp_path / "credentials")}
    with (
        _account(pytestconfig, collected_accounts={ACCOUNT: known}) as account,
        closing(History(account.home / INVENTORY_FILE, sync=False)) as history,
    ):
        for result in collect(Wanted(targets=[stand_in.target], types=[GROUP])):
            history.record(result.items, result.outcomes, at=datetime.now(UTC))
        opened = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        for group in (web, other):
            ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[opened])
        ec2.delete_security_group(GroupId=old)
        bucket = changed(3, "CreateBucket", "", eventSource="s3.amazonaws.com", requestParameters={"bucketName": "b"})
        told = [changed(1, "AuthorizeSecurityGroupIngress", web), changed(2, "DeleteSecurityGroup", old), bucket]
        write_log(tmp_path / "logs" / "one.json.gz", told)

        def ports(group: str) -> list[Any]:
            item = history.get(Resource(ACCOUNT, "us-east-1", GROUP, group))
            assert item is not None
            return [one.get("fromPort") for one in item.configuration["ipPermissions"]]

        with followed(account.home, tmp_path / "logs"):
            eventually(lambda: ports(web), 40)
            eventually(lambda: history.find(ACCOUNT, GROUP, old)[0].status == "ResourceDeleted", 20)
        assert ports(web) == [22] and ports(other) == []  # nobody told of the other
        (latest, *_) = history.versions(Resource(ACCOUNT, "us-east-1", GROUP, web), latest_first=True)
        assert [cause.event_id for cause in latest.causes] == [told[0]["eventID"]]
        assert history.counts(ACCOUNT, ("us-east-1",)).keys() == {GROUP}  # buckets were never collected
