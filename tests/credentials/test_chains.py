"""Unmodified boto3 and the AWS CLI find a host's role where they look for it on EC2, in containers and in config files."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from garrison.testing import Account

from .conftest import COMMAND, EC2, Hosts, Machine, plain_environment, trusting

WHO = "print(json.dumps(boto3.client('sts').get_caller_identity()['Arn']))"


def test_boto3_finds_the_role_at_the_metadata_service(app: Machine, python: Callable[..., Any]) -> None:
    with app.serving() as variables:
        name = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
        told = python(
            "s = boto3.Session(); c = s.get_credentials()\n"
            "print(json.dumps([c.method, boto3.client('sts').get_caller_identity()['Arn'], "
            "len(boto3.client('iam').list_users()['Users'])]))",
            {name: variables[name]},
        )
    assert told[0] == "iam-role"
    assert ":assumed-role/app/" in told[1]
    assert told[2] == 1


def test_boto3_finds_the_role_at_the_container_endpoint(app: Machine, python: Callable[..., Any]) -> None:
    with app.serving() as variables:
        chosen = {name: value for name, value in variables.items() if "CONTAINER" in name}
        method, arn = python(
            "c = boto3.Session().get_credentials()\n"
            "print(json.dumps([c.method, boto3.client('sts').get_caller_identity()['Arn']]))",
            chosen,
        )
        token = Path(variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read_text()
        by_value = {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": token,
        }
        assert ":assumed-role/app/" in python(WHO, by_value)
    assert method == "container-role"
    assert ":assumed-role/app/" in arn


def test_the_aws_cli_runs_credential_process(garrison_module: Account, app: Machine, tmp_path: Path) -> None:
    command = " ".join([*COMMAND, "process", "--identity", str(app.folder)])
    (tmp_path / "config").write_text(f"[default]\ncredential_process = {command}\n")
    environment = plain_environment() | garrison_module.environment() | {"AWS_CONFIG_FILE": str(tmp_path / "config")}
    told = subprocess.run(
        [sys.executable, "-m", "awscli", "sts", "get-caller-identity"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert ":assumed-role/app/" in json.loads(told.stdout)["Arn"]


def test_the_aws_cli_finds_the_role_at_both_endpoints(garrison_module: Account, app: Machine) -> None:
    with app.serving() as variables:
        for chosen in ("AWS_EC2", "AWS_CONTAINER"):
            environment = {name: value for name, value in variables.items() if name.startswith(chosen)}
            told = subprocess.run(
                [sys.executable, "-m", "awscli", "sts", "get-caller-identity", "--query", "Arn"],
                env=plain_environment() | garrison_module.environment() | environment,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert ":assumed-role/app/" in told.stdout, told.stderr


def test_an_instance_profile_hands_out_its_role_as_on_ec2(
    garrison_module: Account, hosts: Hosts, python: Callable[..., Any]
) -> None:
    iam = garrison_module.client("iam")
    for name in ("web", "batch"):
        garrison_module.role(name, trust=trusting(EC2, "sts:AssumeRole"))
    profile = iam.create_instance_profile(InstanceProfileName="servers")["InstanceProfile"]["Arn"]
    iam.add_role_to_instance_profile(InstanceProfileName="servers", RoleName="web")
    machine = hosts.enrolled("web-1", profile)
    host_id = next(one for one in hosts.garrison.list_hosts()["Hosts"] if one["Name"] == "web-1")["HostId"]
    with machine.serving() as variables:
        chosen = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"]}
        assert python(WHO, chosen).endswith(f":assumed-role/web/{host_id}")
    iam.remove_role_from_instance_profile(InstanceProfileName="servers", RoleName="web")
    iam.add_role_to_instance_profile(InstanceProfileName="servers", RoleName="batch")
    with machine.serving() as variables:
        chosen = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"]}
        assert python(WHO, chosen).endswith(f":assumed-role/batch/{host_id}")


def test_a_role_that_does_not_trust_ec2_is_not_handed_out(garrison_module: Account, hosts: Hosts) -> None:
    iam = garrison_module.client("iam")
    garrison_module.role("elsewhere", trust=trusting("lambda.amazonaws.com", "sts:AssumeRole"))
    profile = iam.create_instance_profile(InstanceProfileName="untrusting")["InstanceProfile"]["Arn"]
    iam.add_role_to_instance_profile(InstanceProfileName="untrusting", RoleName="elsewhere")
    machine = hosts.enrolled("stray", profile)
    since = garrison_module.position()
    done = machine.run("process")
    assert done.returncode == 1
    assert "AccessDenied" in done.stderr
    refused = garrison_module.assert_denied("CreateSession", by="trust", since=since)
    assert refused.refusal is not None


def test_a_hosts_session_goes_on_to_another_role_with_its_source_identity(
    garrison_module: Account, hosts: Hosts, python: Callable[..., Any]
) -> None:
    first = garrison_module.role(
        "first",
        [{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}],
        trust=trusting("rolesanywhere.amazonaws.com"),
    )
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": first.arn},
        "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        "Condition": {
            "StringEquals": {"sts:SourceIdentity": "CN=chain-1", "aws:PrincipalTag/x509Subject/CN": "chain-1"}
        },
    }
    second = garrison_module.role("second", trust=statement)
    machine = hosts.enrolled("chain-1", hosts.profile(first.arn), first.arn)
    with machine.serving() as variables:
        chosen = {name: value for name, value in variables.items() if "CONTAINER" in name}
        told = python(
            f"a = boto3.client('sts').assume_role(RoleArn={second.arn!r}, RoleSessionName='next', "
            "Tags=[{'Key': 'team', 'Value': 'web'}], TransitiveTagKeys=['team'])\n"
            "print(json.dumps([a['AssumedRoleUser']['Arn'], a['SourceIdentity']]))",
            chosen,
        )
    assert told[0].endswith(":assumed-role/second/next")
    assert told[1] == "CN=chain-1"
