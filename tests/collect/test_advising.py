"""`garrison advise` on the stand-in account, from the command line: what it finds, saves, writes, prints and keeps."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from garrison.cli.application import application
from garrison.gateway.founding import found_account
from garrison.runtime.home import Home

from .conftest import StandIn

HOSTILE = "=cmd|' /C calc'!A0<script>alert(1)</script>"
COST = ("--category", "cost_optimizing", "--check", "unassociated*,underutilized-ebs*,idle-load*,low-util*")


def run(*arguments: str) -> Any:
    return CliRunner().invoke(application(["advise", "collect", "prices", "version"]), list(arguments))


def advise(stand_in: StandIn, *options: str) -> Any:
    return run("advise", "--endpoint", stand_in.url, *options)


@pytest.fixture
def wasteful(stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """An account with an idle address, an idle volume with a hostile name, an idle load balancer and a quiet instance."""
    home = tmp_path / "home"
    monkeypatch.setenv("GARRISON_HOME", str(home))
    ec2 = stand_in.client("ec2")
    ec2.allocate_address(Domain="vpc")
    tags = [{"ResourceType": "volume", "Tags": [{"Key": "Name", "Value": HOSTILE}]}]
    ec2.create_volume(AvailabilityZone="us-east-1a", Size=100, VolumeType="gp2", TagSpecifications=tags)
    stand_in.client("elb").create_load_balancer(
        LoadBalancerName="idle",
        Listeners=[{"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}],
        AvailabilityZones=["us-east-1a"],
    )
    return stand_in


def test_the_sum_comes_first_and_every_form_tells_the_same(wasteful: StandIn, tmp_path: Path) -> None:
    done = advise(wasteful, *COST)
    assert done.exit_code == 4, done.output
    first = done.stdout.splitlines()[0]
    assert first == "Account 123456789012 could save $31.90 a month."
    assert "ElasticLoadBalancing $18.25, EC2 $13.65" in done.stdout
    told = json.loads(advise(wasteful, *COST, "--json").stdout)
    (account,) = told["accounts"]
    assert account["monthly_savings"] == 31.9
    assert {one["key"]: one["status"] for one in account["checks"]} == {
        "unassociated-elastic-ip-addresses": "warning",
        "underutilized-ebs-volumes": "warning",
        "idle-load-balancers": "warning",
        "low-utilization-ec2-instances": "ok",
    }
    rows = list(csv.DictReader(io.StringIO(advise(wasteful, *COST, "--format", "csv").stdout)))
    assert sorted(row["monthly_savings"] for row in rows) == ["10.00", "18.25", "3.65"]
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    page = tmp_path / "page.html"
    advise(wasteful, *COST, "--format", "html", "--output", str(page))
    html = page.read_text()
    assert "<script" not in html and "&lt;script&gt;" in html
    assert "default-src 'none'" in html and not re.search(r"(src|href)=", html)
    assert "$31.90" in html


def test_fixes_are_printed_and_not_run(wasteful: StandIn) -> None:
    done = advise(wasteful, *COST, "--fix")
    commands = [shlex.split(line) for line in done.stdout.splitlines() if line and not line.startswith("#")]
    assert {tuple(words[:3]) for words in commands} == {
        ("aws", "ec2", "release-address"),
        ("aws", "ec2", "create-snapshot"),
        ("aws", "ec2", "delete-volume"),
        ("aws", "elb", "delete-load-balancer"),
    }
    assert all(words[-2:] == ["--region", "us-east-1"] for words in commands)
    assert len(wasteful.client("ec2").describe_addresses()["Addresses"]) == 1
    assert len(wasteful.client("ec2").describe_volumes()["Volumes"]) == 1


def test_what_is_measured_is_asked_of_the_account_s_cloudwatch(stand_in: StandIn) -> None:
    role = stand_in.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("main.py", "")
    code = {"ZipFile": archive.getvalue()}
    stand_in.client("lambda").create_function(
        FunctionName="failing", Role=role, Runtime="python3.12", Handler="main.run", Code=code, MemorySize=1024
    )
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    data = [
        {
            "MetricName": metric,
            "Dimensions": [{"Name": "FunctionName", "Value": "failing"}],
            "Timestamp": midnight - timedelta(days=3) + timedelta(hours=1),
            "Value": value,
        }
        for metric, value in (("Invocations", 1000.0), ("Errors", 500.0), ("Duration", 2000.0))
    ]
    stand_in.client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=data)
    asked = ("--check", "lambda-functions-with-high-error-rates", "--json")
    (check,) = json.loads(advise(stand_in, *asked).stdout)["accounts"][0]["checks"]
    (row,) = check["resources"]
    assert row["metadata"]["Max Daily Error Rate"] == "50.0%"
    assert row["metadata"]["Date for Max Error Rate"] == (midnight - timedelta(days=3)).date().isoformat()
    assert row["monthly_savings"] == 0.07
    (blind,) = json.loads(advise(stand_in, *asked, "--no-metrics").stdout)["accounts"][0]["checks"]
    assert blind["status"] == "not_available" and "were not asked for" in blind["reason"]


def test_runs_are_kept_and_compared(wasteful: StandIn, tmp_path: Path) -> None:
    found_account(Home(tmp_path / "home"), region="us-east-1")
    ec2 = wasteful.client("ec2")

    def since() -> dict[str, Any]:
        told: dict[str, Any] = json.loads(advise(wasteful, *COST, "--json").stdout)["accounts"][0]["since"]
        return told

    assert since()["at"] is None
    (volume,) = ec2.describe_volumes()["Volumes"]
    ec2.delete_volume(VolumeId=volume["VolumeId"])
    (address,) = ec2.describe_addresses()["Addresses"]
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    tied = ec2.associate_address(AllocationId=address["AllocationId"], NetworkInterfaceId=interface)["AssociationId"]
    second = since()
    assert (second["fixed"], second["found"], second["monthly_saved"]) == (2, 0, 13.65)
    ec2.disassociate_address(AssociationId=tied)
    third = since()
    assert (third["fixed"], third["returned"], third["monthly_saved_in_all"]) == (0, 1, 10.0)
    done = advise(wasteful, *COST)
    assert "0 fixed" in done.stdout and "Saved so far: $10.00 a month." in done.stdout


def test_garrisons_own_account_is_advised_on_without_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("GARRISON_HOME", str(home))
    found_account(Home(home), region="us-east-1")
    (told,) = json.loads(run("advise", "--own", "--json").stdout)["accounts"]
    found = {one["key"]: one["status"] for one in told["checks"]}
    assert found["own-trail-missing"] == found["iam-password-policy"] == "error"
    assert found["aws-cloudtrail-management-event-logging"] == "error"
    assert found["mfa-on-root-account"] == found["own-access-keys"] == "ok"
    assert [key for key, status in found.items() if status == "not_available"] == ["exposed-access-keys"]
    fixes = run("advise", "--own", "--no-keep", "--fix", "--check", "iam-password-policy").stdout
    assert "aws iam update-account-password-policy" in fixes


def test_a_price_list_is_read_into_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("GARRISON_HOME", str(home))
    found_account(Home(home), region="us-east-1")
    offer = tmp_path / "offer.csv"
    lines = [
        '"Publication Date","2026-02-03T00:00:00Z"', '"OfferCode","AWSELB"',
        '"SKU","TermType","StartingRange","PricePerUnit","Currency","Product Family","serviceCode","Region Code","usageType"',
        '"S","OnDemand","0","0.0280","USD","Load Balancer","AWSELB","eu-west-1","EU-LoadBalancerUsage"',
    ]  # fmt: skip
    offer.write_text("\n".join(lines))
    assert run("prices", "update", str(offer)).exit_code == 0
    assert json.loads(run("prices", "show", "--json").stdout)["kinds"]["balancer-hour"]["eu-west-1"] == 1
    offer.write_text("nothing")
    refused = run("prices", "update", str(offer))
    assert "is no price list" in str(refused.exception)


def test_a_file_of_items_is_judged_without_a_call_and_what_it_lacks_is_not_told(
    wasteful: StandIn, tmp_path: Path
) -> None:
    path = tmp_path / "items"
    run("collect", "--endpoint", wasteful.url, "--types", "AWS::EC2::EIP", "--output", str(path))
    told = json.loads(run("advise", "--inventory", str(path), *COST, "--json").stdout)["accounts"][0]
    statuses = {one["key"]: (one["status"], one["reason"]) for one in told["checks"]}
    assert statuses["unassociated-elastic-ip-addresses"][0] == "warning"
    status, reason = statuses["idle-load-balancers"]
    assert status == "not_available" and "was not collected" in reason
    path.write_bytes(path.read_bytes() + b"{}\n")
    refused = run("advise", "--inventory", str(path))
    assert refused.exception is not None and "line 2 is no item" in str(refused.exception)
