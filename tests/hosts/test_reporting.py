"""PutHostReport through the front door: a host speaks for itself alone, in order, and at its pace."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.credentials import RoleSessions, enroll
from garrison.scan import sending
from garrison.testing import Account, allow
from garrison.testing.clients import Credentials
from garrison.testing.policies import document

from .conftest import report, sent

TRUST = json.loads(
    document(
        {
            "Effect": "Allow",
            "Principal": {"Service": "rolesanywhere.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        }
    )
)
REPORTING = allow("garrison:PutHostReport", "garrison:DescribeHost")


@pytest.fixture(scope="module")
def host(garrison_module: Account, garrison: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """Enrolls a host and gives its own client."""
    role = garrison_module.role("agent", [REPORTING, allow("sts:*")], trust=TRUST).arn
    anywhere = garrison_module.client("rolesanywhere")
    profile = anywhere.create_profile(name="hosts", roleArns=[role], enabled=True)["profile"]["profileArn"]

    def enrolled(name: str) -> Any:
        token = garrison.create_host_invitation(Name=name, ProfileArn=profile, RoleArn=role)["Token"]
        identity = enroll(tmp_path_factory.mktemp(name), garrison_module.endpoint, token)
        held = RoleSessions(identity, garrison_module.clock).current()
        credentials = Credentials(held.access_key_id, held.secret_access_key, held.session_token)
        return garrison_module.make_client("garrison", credentials)

    return enrolled


def refused(call: Callable[..., Any], *arguments: Any, **members: Any) -> tuple[str, str]:
    """The code and message of a refusal."""
    with pytest.raises(ClientError) as problem:
        call(*arguments, **members)
    error = problem.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_host_reports_whole_and_then_what_changed(
    garrison_module: Account, garrison: Any, host: Callable[[str], Any]
) -> None:
    mine = host("whole")
    base = sending.encoded(report("openssl@1", instance="i-ffffffff"))
    first = mine.put_host_report(Report=sending.compressed(base), Sequence=5)
    host_id = garrison.describe_host(Host="whole")["Host"]["HostId"]
    assert first["InstanceId"] == host_id, "its enrolment names it, not what it says"
    new = sending.encoded(report("openssl@2", instance="i-ffffffff"))
    change = {
        "Report": sending.compressed(sending.delta(base, new)),
        "Base": sending.digest(base),
        "Digest": sending.digest(new),
    }
    assert refused(mine.put_host_report, **change)[0] == "ThrottlingException"
    garrison_module.clock.shift(timedelta(seconds=61))
    assert mine.put_host_report(**change, Sequence=6)["LastReport"]["Digest"] == sending.digest(new)
    garrison_module.clock.shift(timedelta(seconds=61))
    assert refused(mine.put_host_report, **change, Sequence=7)[0] == "BaseNotFoundException"
    shown = garrison.describe_host(Host="whole")
    assert shown["Summary"] | {"Checks": {}} == shown["Summary"]
    assert (shown["Summary"]["Packages"], shown["Summary"]["PlatformVersion"]) == (1, "12")
    assert shown["Host"]["LastReport"]["Sequence"] == 6
    assert shown["Host"]["LastReport"]["Reporter"].split("/")[1] == "agent"


def test_an_old_report_cannot_be_replayed(garrison_module: Account, host: Callable[[str], Any]) -> None:
    mine, old = host("replay"), sent(report("a@1"))
    mine.put_host_report(**old, Sequence=3)
    garrison_module.clock.shift(timedelta(seconds=61))
    code, message = refused(mine.put_host_report, **old, Sequence=3)
    assert (code, "taken is 3" in message) == ("ConflictException", True)


def test_a_host_speaks_for_no_other_also_through_another_role(
    garrison_module: Account, garrison: Any, host: Callable[[str], Any]
) -> None:
    host("victim")
    mine = host("liar")
    assert "about itself only" in refused(mine.put_host_report, Host="victim", **sent(report("a@1")))[1]
    own = {"Effect": "Allow", "Principal": {"AWS": garrison_module.account_id}, "Action": "sts:*"}
    other = garrison_module.role("other", [REPORTING], trust=json.loads(document(own))).arn
    sts = garrison_module.make_client("sts", _credentials_of(mine))
    chained = sts.assume_role(RoleArn=other, RoleSessionName="chained")["Credentials"]
    credentials = Credentials(chained["AccessKeyId"], chained["SecretAccessKey"], chained["SessionToken"])
    through = garrison_module.make_client("garrison", credentials)
    assert "about itself only" in refused(through.put_host_report, Host="victim", **sent(report("a@1")))[1]
    garrison.revoke_host(Name="liar")
    assert "not enrolled" in refused(mine.put_host_report, **sent(report("a@1")))[1]


def test_a_flood_is_refused_before_anything_is_unpacked(host: Callable[[str], Any]) -> None:
    mine = host("flood")
    codes = [refused(mine.put_host_report, Report=b"none")[0] for _ in range(25)]
    assert codes[0] == "ValidationException"
    assert codes[-1] == "ThrottlingException"


def test_who_scans_without_an_agent_reports_on_the_hosts_that_policies_name(
    garrison_module: Account, garrison: Any
) -> None:
    arn = f"arn:aws:garrison:us-east-1:{garrison_module.account_id}:host/disk-1"
    scanner = garrison_module.user("scanner", [allow("garrison:PutHostReport", on=arn)]).client("garrison")
    kept = scanner.put_host_report(Host="disk-1", **sent(report("a@1", instance="i-0abc1234")))
    assert kept["InstanceId"] == "i-0abc1234"
    assert scanner.put_host_report(Host="disk-1", **sent(report("a@1")))["LastReport"]["Sequence"] == 2
    assert refused(scanner.put_host_report, Host="disk-2", **sent(report("a@1")))[0] == "AccessDeniedException"
    assert refused(garrison.put_host_report, **sent(report("a@1")))[0] == "ValidationException"
    taken = garrison.put_host_report(Host="disk-3", **sent(report("a@1", instance="i-0abc1234")))
    assert taken["InstanceId"] != "i-0abc1234", "that is another host's"
    pages = garrison.get_paginator("list_hosts").paginate(PaginationConfig={"PageSize": 1})
    listed = {one["Name"]: one["Status"] for page in pages for one in page["Hosts"]}
    assert listed["disk-1"] == listed["disk-3"] == "SCANNED"
    assert refused(garrison.describe_host, Host="disk-9")[0] == "ResourceNotFoundException"
    recorded = garrison_module.events("PutHostReport")
    assert recorded
    assert "Report" not in json.dumps([one["requestParameters"] for one in recorded if one["requestParameters"]])


def test_a_backup_takes_the_reports_along(garrison_module: Account, garrison: Any, tmp_path: Path) -> None:
    garrison.put_host_report(Host="kept", **sent(report("a@1")))
    target = tmp_path / "all.backup"
    command = [sys.executable, "-m", "garrison", "backup", str(target), "--home", str(garrison_module.home)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert b"hosts/reports.db" in target.read_bytes()


def _credentials_of(client: Any) -> Credentials:
    held = client._request_signer._credentials.get_frozen_credentials()
    return Credentials(held.access_key, held.secret_key, held.token)
