"""What it costs to assess an account, beside Prowler and Cloud Custodian on the same account in the same run.

    python benchmarks/assess.py [garrison] [prowler] [c7n]

moto's server stands in for AWS: 200 buckets, 201 security groups, 100 users, 100 roles, 50 instances; all regions are looked at, as
Prowler does by itself. It is the bottleneck, so that
time says nothing: what counts is the requests (as moto's log has them), processor time and memory of the whole process tree. Cloud
Custodian has 20 policies that mean the same as 20 of Config's rules, and must find the same resources. Prowler and Cloud Custodian are
installed into environments of their own below `build/peers`; the first time takes minutes.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import yaml
from _peers import environment

from garrison.rules import managed_rules

ROOT = Path(__file__).parents[1]
BUCKETS, GROUPS, USERS, ROLES, INSTANCES = 200, 200, 100, 100, 50
POLICIES = Path(__file__).with_name("assess_policies.yml")
NAMES = ("InstanceId", "VolumeId", "GroupId", "UserName", "RoleName", "GroupName", "PolicyName", "VpcId", "Name")
"""Members that name a resource of Cloud Custodian's, the first that is there; an instance also has a VpcId."""
REGION = "us-east-1"
TYPES = ("AWS::S3::", "AWS::EC2::", "AWS::IAM::", "AWS::::Account")
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
LAUNCHER = """
import os, sys
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, _, usage = os.wait4(pid, 0)
open(sys.argv[1], "w").write(f"{usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}")
"""
"""A small process that starts another: Linux counts what the starting process holds into the peak of the started one."""
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)
READ = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]})
ADMIN = READ.replace("s3:Get*", "*")


@dataclass
class Cost:
    """What one run took."""

    requests: int
    cpu_seconds: float
    peak_megabytes: float
    seconds: float
    checks: int = 0
    found: dict[str, set[Any]] = field(default_factory=dict)
    """By check, the failing resources: the last word of the type, in lower case, and the name."""


class Stand:
    """The stand-in account."""

    def __init__(self, url: str, log: Path) -> None:
        self.url, self._log = url, log

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    def requests(self) -> int:
        """Sent so far, but for moto's own."""
        return len(re.findall(rb'" [0-9]{3} -', self._log.read_bytes()))

    def run(self, command: list[str], folder: Path, **environment: str) -> tuple[Cost, bytes]:
        """Run a command to its end; what it wrote is given too."""
        before, began = self.requests(), time.monotonic()
        output = folder / "output"
        base = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GARRISON"))}
        with output.open("wb") as file, (folder / "errors").open("wb") as errors:
            launch = [sys.executable, "-I", "-S", "-c", LAUNCHER, str(folder / "usage"), *command]
            subprocess.run(
                launch, cwd=folder, env=base | CREDENTIALS | environment, stdout=file, stderr=errors, check=False
            )
        cpu, kibibytes = (float(word) for word in (folder / "usage").read_text().split())
        cost = Cost(
            requests=self.requests() - before,
            cpu_seconds=cpu,
            peak_megabytes=kibibytes / 1024,
            seconds=time.monotonic() - began,
        )
        return cost, output.read_bytes()


@contextmanager
def account() -> Iterator[Stand]:
    """moto's server with everything made."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "moto.log"
        environment = os.environ | {"MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}
        with log.open("wb") as file:
            command = [sys.executable, "-m", "moto.server", "-p", str(port)]
            process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=file)
        try:
            stand = Stand(f"http://127.0.0.1:{port}", log)
            _wait(stand.url)
            fill(stand)
            yield stand
        finally:
            process.terminate()
            process.wait()


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{url}/moto-api/", timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("moto does not start")


def fill(stand: Stand) -> None:
    """Make the account's resources: of each kind some that obey and some that do not."""
    makers: list[tuple[Callable[[Any, int], None], str, int]] = [
        (make_bucket, "s3", BUCKETS),
        (make_group, "ec2", GROUPS),
        (make_user, "iam", USERS),
        (make_role, "iam", ROLES),
    ]
    iam = stand.client("iam")
    iam.create_group(GroupName="staff")
    for name, document in (("reader", READ), ("admin", ADMIN)):
        iam.create_policy(PolicyName=name, PolicyDocument=document)
    for make, service, count in makers:
        client = stand.client(service)
        for number in range(count):
            make(client, number)
    ec2 = stand.client("ec2")
    for number in range(INSTANCES):
        tokens = "required" if number % 2 else "optional"
        ec2.run_instances(
            ImageId="ami-12345678",
            MinCount=1,
            MaxCount=1,
            MetadataOptions={"HttpTokens": tokens, "HttpEndpoint": "enabled"},
        )
    for number in range(10):
        ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=1, Encrypted=bool(number % 2))


def make_bucket(s3: Any, number: int) -> None:
    name = f"bucket-{number:03}"
    s3.create_bucket(Bucket=name)
    if number % 2:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    if number % 4 == 0:
        blocked = dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        )
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=blocked)
    if number % 5 == 0:
        statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*"}
        statement |= {"Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]}
        statement |= {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def make_group(ec2: Any, number: int) -> None:
    group = ec2.create_security_group(GroupName=f"group-{number:03}", Description="x")["GroupId"]
    port, source = (22, "0.0.0.0/0") if number % 10 == 0 else (443, "10.0.0.0/8")
    permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": source}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])


def make_user(iam: Any, number: int) -> None:
    name = f"user-{number:03}"
    iam.create_user(UserName=name)
    if number % 2:
        iam.add_user_to_group(UserName=name, GroupName="staff")
    if number % 5 == 0:
        iam.create_login_profile(UserName=name, Password="Correct-Horse-9-Battery")
    if number % 7 == 0:
        iam.create_access_key(UserName=name)
    if number % 8 == 0:
        iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=READ)


def make_role(iam: Any, number: int) -> None:
    name = f"role-{number:03}"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    if number % 3 == 0:
        iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=READ)


def garrison(stand: Stand, rules: str = "") -> Cost:
    """`garrison assess`: all rules that read nothing but the three services, in all regions; or some rules in one."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = ["--rules", rules] if rules else ["--rules", rules_of_three_services(), "--regions", "all"]
        command = [sys.executable, "-m", "garrison", "assess", "--endpoint", stand.url, *chosen, "--json", "--all"]
        cost, output = stand.run(command, Path(folder), GARRISON_HOME=str(Path(folder) / "none"))
    told = json.loads(output)
    decided = [one for one in told["findings"] if one["state"] in ("FAILED", "PASSED", "NOT_APPLICABLE")]
    cost.checks = len({one["check"] for one in decided})
    for one in told["findings"]:
        if one["state"] == "FAILED":
            kind = one["resource_type"]
            name = one["resource_id"]
            if kind.startswith("AWS::IAM::"):  # moto tells no PolicyName with all policies' details
                name = one.get("resource_name") or one["arn"].rpartition("/")[2]
            cost.found.setdefault(one["check"], set()).add((kind.rpartition("::")[2].lower(), name))
    return cost


def rules_of_three_services() -> str:
    """What Prowler means by its services s3, ec2 and iam: what reads trails or backup plans belongs to others there too."""
    every = managed_rules()
    return ",".join(name for name, rule in every.items() if rule.reads and all(map(_is_of_three, rule.reads)))


def _is_of_three(resource_type: str) -> bool:
    return resource_type.startswith(TYPES)


def prowler(stand: Stand) -> Cost:
    """Prowler, all its checks of the three services."""
    program = environment("prowler") / "bin" / "prowler"
    with tempfile.TemporaryDirectory() as folder:
        command = [str(program), "aws", "--services", "s3", "ec2", "iam", "--no-banner"]
        command += ["--output-formats", "json-ocsf", "--output-directory", folder, "--output-filename", "result"]
        cost, _ = stand.run(command, Path(folder), AWS_ENDPOINT_URL=stand.url, HOME=folder)
        results = [each for path in Path(folder).rglob("result*.json") for each in json.loads(path.read_text())]
    cost.checks = len({each["metadata"]["event_code"] for each in results})
    return cost


def custodian(stand: Stand) -> Cost:
    """Cloud Custodian with its 20 policies and its cache."""
    program = environment("c7n") / "bin" / "custodian"
    with tempfile.TemporaryDirectory() as folder:
        command = [str(program), "run", "--region", REGION, "--cache-period", "60", "--cache", f"{folder}/cache"]
        command += ["--output-dir", folder, str(POLICIES)]
        cost, _ = stand.run(command, Path(folder), AWS_ENDPOINT_URL=stand.url, HOME=folder)
        for policy in rules_of_policies():
            found = json.loads((Path(folder) / policy / "resources.json").read_text())
            cost.found[policy] = {next(one[name] for name in NAMES if name in one) for one in found}
    cost.checks = len(cost.found)
    return cost


def rules_of_policies() -> dict[str, tuple[str, str]]:
    """Each policy with the rule that means the same and the type (its last word, in lower case) that it is confined to, or ""."""
    names = [policy["name"] for policy in yaml.safe_load(POLICIES.read_text())["policies"]]
    return {name: (name.partition("-of-")[0].upper().replace("-", "_"), name.partition("-of-")[2]) for name in names}


def differing(ours: Cost, theirs: Cost) -> dict[str, tuple[list[str], list[str]]]:
    """Of each policy what only Garrison and what only Cloud Custodian finds, where that is anything."""
    differences = {}
    for policy, (rule, kind) in rules_of_policies().items():
        mine = {name for of, name in ours.found.get(rule, ()) if kind in ("", of)}
        if mine != theirs.found[policy]:
            differences[policy] = (sorted(mine - theirs.found[policy])[:3], sorted(theirs.found[policy] - mine)[:3])
    return differences


def show(name: str, cost: Cost) -> None:
    print(
        f"{name:<28}{cost.checks:>7}{cost.requests:>10}{cost.cpu_seconds:>9.1f}{cost.peak_megabytes:>9.0f}"
        f"{cost.requests / cost.checks:>15.1f}{cost.cpu_seconds / cost.checks:>12.3f}"
    )


def main() -> int:
    """Measure, print, and fail where a target is missed."""
    asked = set(sys.argv[1:]) or {"garrison", "prowler", "c7n"}
    missed = []
    for peer in ("prowler", "c7n"):
        if peer in asked:
            environment(peer)
    with account() as stand:
        print(f"{'':<28}{'checks':>7}{'requests':>10}{'CPU s':>9}{'peak MB':>9}{'requests/check':>15}{'CPU/check':>12}")
        ours = garrison(stand)
        show("garrison, s3 + ec2 + iam", ours)
        if "prowler" in asked:
            theirs = prowler(stand)
            show("prowler, s3 + ec2 + iam", theirs)
            ratios = {
                "requests": (ours.requests / theirs.requests, 1 / 3),
                "CPU time": (ours.cpu_seconds / theirs.cpu_seconds, 1 / 5),
                "memory": (ours.peak_megabytes / theirs.peak_megabytes, 1 / 3),
                "requests per check": (ours.requests / ours.checks / (theirs.requests / theirs.checks), 1.0),
                "CPU time per check": (ours.cpu_seconds / ours.checks / (theirs.cpu_seconds / theirs.checks), 1.0),
            }
            for what, (ratio, target) in ratios.items():
                print(f"  {what}: {ratio:.2f} of prowler's (at most {target:.2f})")
                missed += [what] if ratio > target else []
        if "c7n" in asked:
            few = garrison(stand, ",".join(dict.fromkeys(rule for rule, _ in rules_of_policies().values())))
            theirs = custodian(stand)
            show("garrison, the same 20", few)
            show("cloud custodian, 20 policies", theirs)
            print(
                f"  requests: {few.requests / theirs.requests:.2f} of Cloud Custodian's, CPU time: {few.cpu_seconds / theirs.cpu_seconds:.2f}"
            )
            missed += ["requests of c7n"] if few.requests >= theirs.requests else []
            missed += ["CPU time of c7n"] if few.cpu_seconds >= theirs.cpu_seconds else []
            for policy, (mine, other) in differing(few, theirs).items():
                missed.append(policy)
                print(f"  {policy}: only Garrison {mine}, only Cloud Custodian {other}")
    print("missed: " + ", ".join(missed) if missed else "all targets are met")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
