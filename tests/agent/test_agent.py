"""The agent's one file against a real server, as a host runs it."""

from __future__ import annotations

import gzip
import hashlib
import json
import ssl
import stat
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from garrison.cli.application import application
from garrison.hosts import open_hosts
from garrison.testing import Account

from .conftest import Fleet, Machine


def enrolled(fleet: Fleet, machine: Machine, name: str) -> None:
    """Enroll a machine under a name."""
    done = machine.run("enrol", "--endpoint", fleet.account.endpoint, given=fleet.invite(name) + "\n")
    assert done.returncode == 0, done.stderr


def described(fleet: Fleet, name: str) -> dict[str, Any]:
    """What the server knows of a host."""
    return fleet.garrison.describe_host(Host=name)


def test_a_host_enrolls_scans_and_reports_whole_and_then_what_changed(fleet: Fleet, machine: Machine) -> None:
    enrolled(fleet, machine, "web-1")
    first = machine.once()
    assert first.returncode == 0, first.stderr
    shown = described(fleet, "web-1")
    assert shown["Summary"]["Packages"] == 2
    assert shown["Summary"]["PlatformVersion"] == "12"
    assert sum(shown["Summary"]["Checks"].values()) >= 9
    assert "/var/lib/dpkg/status.d" in {one["Path"] for one in shown["Summary"]["Unread"]}, (
        "it says what it could not read"
    )
    assert shown["Host"]["LastReport"]["Sequence"] == 1
    told = machine.status()
    assert told["most_memory_bytes"] < 100_000_000
    assert (told["is_report_waiting"], told["failure"]) == (False, None)
    own = machine.home / "own"
    assert stat.S_IMODE(own.stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in own.iterdir()} == {0o600}

    machine.install("openssl@3.0.17-1~deb12u3", "zlib1g@1:1.2.13.dfsg-1")
    fleet.garrison.start_host_scan(Host="web-1")
    fleet.account.clock.shift(timedelta(seconds=65))
    age(machine, 120)
    assert machine.once().returncode == 0
    sent = [one for one in fleet.account.events("PutHostReport") if "errorCode" not in one][-1]["requestParameters"]
    assert sent["base"] == shown["Host"]["LastReport"]["Digest"], "a delta"
    report = open_hosts(fleet.account.home, sync=False).last(fleet.account.account_id, "us-east-1", "web-1")
    assert report is not None
    assert report.inventory.packages[0].version == "3.0.17-1~deb12u3"
    assert report.inventory.instance == shown["Host"]["HostId"]


def test_the_server_asks_for_a_whole_report_where_it_lacks_the_base(fleet: Fleet, machine: Machine) -> None:
    enrolled(fleet, machine, "web-2")
    assert machine.once().returncode == 0
    fleet.account.clock.shift(timedelta(seconds=65))
    (machine.home / "own" / "report.base").write_bytes(gzip.compress(b"{}"))
    age(machine, 100_000)
    done = machine.once()
    assert done.returncode == 0, done.stderr
    assert described(fleet, "web-2")["Host"]["LastReport"]["Sequence"] == 2


def test_a_server_that_is_away_costs_no_report(fleet: Fleet, machine: Machine) -> None:
    enrolled(fleet, machine, "web-3")
    place = machine.home / "own" / "host.json"
    held = place.read_text()
    place.write_text(held.replace(fleet.account.endpoint, "http://127.0.0.1:1"))
    assert machine.once().returncode == 1
    told = machine.status()
    assert told["is_report_waiting"]
    assert "cannot be reached" in told["failure"]
    spool = machine.home / "own" / "report.spool"
    assert json.loads(gzip.decompress(spool.read_bytes()))["inventory"]["platform"]["version"] == "12"
    place.write_text(held)
    assert machine.once().returncode == 0
    assert not spool.exists()
    assert described(fleet, "web-3")["Summary"]["Packages"] == 2


def test_a_scan_that_dies_leaves_the_report_before(fleet: Fleet, machine: Machine) -> None:
    enrolled(fleet, machine, "web-4")
    assert machine.once().returncode == 0
    before = described(fleet, "web-4")["Host"]["LastReport"]
    fleet.account.clock.shift(timedelta(seconds=65))
    age(machine, 100_000)
    done = machine.run("run", "--once", "--root", str(machine.folder / "nothing"))
    assert "The scan failed" in done.stderr
    assert described(fleet, "web-4")["Host"]["LastReport"] == before


def test_a_group_of_hosts_enrolls_with_one_token_from_where_it_is_good(
    fleet: Fleet, machine: Machine, tmp_path: Any
) -> None:
    token = fleet.invite("fleet", Count=2, SourceAddresses=["127.0.0.0/8"])
    for folder, name in (("a", "db"), ("b", "db")):
        arguments = (
            "enrol",
            "--endpoint",
            fleet.account.endpoint,
            "--name",
            name,
            "--instance-id",
            "i-0123456789abcdef0",
        )
        command = machine.home / folder
        done = machine.run(*arguments, "--folder", str(command), given=token)
        assert done.returncode == 0, done.stderr
        (machine.home / "own").rename(command) if (machine.home / "own").exists() else None
    names = {one["Name"]: one for one in fleet.garrison.list_hosts()["Hosts"] if one["Name"].startswith("fleet-")}
    assert len(names) == 2, "nobody takes over another's name"
    assert names["fleet-db"]["HostId"] == "i-0123456789abcdef0"
    assert sorted(one["HostId"] == "i-0123456789abcdef0" for one in names.values()) == [False, True]
    third = machine.run("enrol", "--endpoint", fleet.account.endpoint, given=token)
    assert "invitation is not valid" in third.stderr, "used up"
    elsewhere = fleet.invite("far", Count=5, SourceAddresses=["192.0.2.0/24"])
    assert (
        "invitation is not valid" in machine.run("enrol", "--endpoint", fleet.account.endpoint, given=elsewhere).stderr
    )
    fleet.garrison.revoke_host(Name="far")
    with pytest.raises(ClientError, match="no host far"):
        fleet.garrison.revoke_host(Name="far")
    with pytest.raises(ClientError, match="CIDR"):
        fleet.invite("odd", SourceAddresses=["none"])


def test_operators_tag_hosts_and_a_host_chooses_only_what_its_token_lets_it(fleet: Fleet, machine: Machine) -> None:
    def tags(name: str) -> dict[str, str]:
        return {one["Key"]: one["Value"] for one in described(fleet, name)["Host"].get("Tags", ())}

    token = fleet.invite("tagged", Tags=[{"Key": "role", "Value": "web"}], AllowedTagKeys=["stage"])
    asked = ("enrol", "--endpoint", fleet.account.endpoint)
    for bad in ("role=root", "owner=me"):
        assert (
            "does not let hosts choose the tag"
            in machine.run(*asked, "--tag", "stage=x", "--tag", bad, given=token).stderr
        )
    assert "KEY=VALUE" in machine.run(*asked, "--tag", "stage", given=token).stderr
    done = machine.run(*asked, "--tag", "stage=test", given=token)
    assert done.returncode == 0, done.stderr
    assert tags("tagged") == {"role": "web", "stage": "test"}
    given = fleet.garrison.tag_host(Host="tagged", Tags=[{"Key": "stage", "Value": "live"}, {"Key": "x", "Value": ""}])
    assert {one["Key"] for one in given["Tags"]} == {"role", "stage", "x"}
    fleet.garrison.untag_host(Host="tagged", TagKeys=["x", "none"])
    inspector = fleet.account.client("inspector")
    for value, expected in (("live", ["tagged"]), ("test", [])):
        group = inspector.create_resource_group(resourceGroupTags=[{"key": "stage", "value": value}])[
            "resourceGroupArn"
        ]
        target = inspector.create_assessment_target(assessmentTargetName=value, resourceGroupArn=group)[
            "assessmentTargetArn"
        ]
        found = inspector.preview_agents(previewAgentsArn=target)["agentPreviews"]
        assert [one["agentId"] for one in found] == [described(fleet, name)["Host"]["HostId"] for name in expected]
    fleet.invite("tagged")
    assert tags("tagged") == {"role": "web", "stage": "live"}, "inviting it again takes none"
    for refused in (
        {"Tags": [{"Key": "aws:x", "Value": "y"}]},
        {"Tags": [{"Key": "a", "Value": "b"}], "AllowedTagKeys": ["a"]},
        {"AllowedTagKeys": ["aws:a"]},
    ):
        with pytest.raises(ClientError, match=r"tag|Tag"):
            fleet.invite("odd", **refused)
    with pytest.raises(ClientError, match="no host nobody"):
        fleet.garrison.tag_host(Host="nobody", Tags=[])


def test_jobs_are_data_and_a_host_asks_for_its_own(fleet: Fleet, machine: Machine) -> None:
    enrolled(fleet, machine, "web-5")
    fleet.garrison.put_host_job(Host="web-5", Parts=["INVENTORY"], ScanSeconds=300)
    assert machine.once().returncode == 0
    assert described(fleet, "web-5")["Summary"]["Checks"] == {}
    assert machine.status()["orders"]["parts"] == ["INVENTORY"]
    for bad in ({"Parts": ["BENCHMARKS"]}, {"Host": "nobody"}):
        with pytest.raises(ClientError):
            fleet.garrison.put_host_job(**bad)
    with pytest.raises(ClientError, match="its own jobs only"):
        fleet.garrison.get_host_jobs(Host="web-5")
    fleet.garrison.delete_host_job(Host="web-5")


@pytest.mark.garrison(tls=True)
def test_the_servers_certificate_is_pinned(garrison: Account, machine: Machine) -> None:
    fleet = Fleet(garrison)
    token = fleet.invite("pinned")
    assert garrison.ca_bundle is not None
    der = ssl.PEM_cert_to_DER_cert(Path(garrison.ca_bundle).read_text())
    right = hashlib.sha256(der).hexdigest()
    wrong = "00" * 32
    endpoint = ("enrol", "--endpoint", garrison.endpoint)
    assert "is not trusted" in machine.run(*endpoint, given=token).stderr
    assert "another server" in machine.run(*endpoint, "--ca-fingerprint", wrong, given=token).stderr
    done = machine.run(*endpoint, "--ca-fingerprint", f"SHA256:{right.upper()}", given=token)
    assert done.returncode == 0, done.stderr
    assert machine.once().returncode == 0
    assert described(fleet, "pinned")["Summary"]["Packages"] == 2


def age(machine: Machine, seconds: float) -> None:
    """Let the last scan be so long ago."""
    path = machine.home / "own" / "agent.json"
    state = json.loads(path.read_text())
    path.write_text(json.dumps(state | {"scanned": state["scanned"] - seconds}))


def test_the_operator_invites_by_command_and_the_role_is_narrow(fleet: Fleet, machine: Machine) -> None:
    account = fleet.account

    def command(*arguments: str) -> Any:
        asked = ["agent", *arguments, "--json", "--home", str(account.home)]
        done = CliRunner().invoke(application(["agent"]), asked)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    told = command(
        "invite", "shop", "--count", "3", "--from", "127.0.0.1/32", "--tag", "role=web", "--let-tag", "stage"
    )
    done = machine.run("enrol", "--endpoint", account.endpoint, "--name", "front", given=told["token"])
    assert done.returncode == 0, done.stderr
    assert machine.once().returncode == 0
    assert described(fleet, "shop-front")["Summary"]["Packages"] == 2
    assert command("job", "shop-front", "--every", "30")["job"]["ScanSeconds"] == 1800
    command("scan", "shop-front")
    assert command("tag", "shop-front", "a=b=c", "--remove", "role")["tags"] == {"a": "b=c"}
    trust = account.client("iam").get_role(RoleName="GarrisonAgent")["Role"]["AssumeRolePolicyDocument"]
    assert "trust-anchor/" in trust["Statement"][0]["Condition"]["ArnEquals"]["aws:SourceArn"][0]
    built = command("build", "--output", str(machine.folder / "agent.pyz"))
    with urllib.request.urlopen(f"{account.endpoint}/_garrison/agent.pyz", timeout=10) as answer:
        assert hashlib.sha256(answer.read()).hexdigest() == built["sha256"]
