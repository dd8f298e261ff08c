"""How fast stored items are judged by 50 change-triggered rules: each item is read from a SQLite file and decoded, in one process.

    python benchmarks/config_rules.py [ITEMS]

Making the file is not counted. Where fewer than 1,000,000 items are run, what is printed for so many is an extrapolation, and is called so.
"""

from __future__ import annotations

import json
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from garrison.items import Item
from garrison.rules import InvalidParameters, Inventory, Rule, RuleSet, Trigger, activate, managed_rules

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MILLION = 1_000_000
RULES = 50
"""Active at once, all of types that the estate has."""
REQUIRED = {
    "S3_BUCKET_BLACKLISTED_ACTIONS_PROHIBITED": {"blacklistedActionPattern": "s3:DeleteObject"},
    "CLOUDWATCH_ALARM_SETTINGS_CHECK": {"metricName": "CPUUtilization"},
    "S3_BUCKET_POLICY_NOT_MORE_PERMISSIVE": None,
}
TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
SHARED = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}, "Action": "s3:GetObject"}
"""What one bucket in fifty lets another account do; only such policies take a proof, which costs most of the time."""


def stored(number: int) -> bytes:
    """One item of an estate in which each policy is another text for every bucket."""
    kind, configuration, supplementary = KINDS[number % len(KINDS)]
    name = f"thing-{number}"
    arn = f"arn:aws:s3:::{name}" if kind == "AWS::S3::Bucket" else f"arn:aws:x:eu-west-1:111122223333:x/{name}"
    if kind == "AWS::S3::Bucket" and number % 10 == 0:
        statement = {**TLS_ONLY, "Resource": [arn, f"{arn}/*"]}
        statements = [statement, {**SHARED, "Resource": f"{arn}/*"}] if number % 400 == 0 else [statement]
        text = json.dumps({"Version": "2012-10-17", "Statement": statements})
        supplementary = {**supplementary, "BucketPolicy": {"policyText": text}}
    return msgspec.json.encode(
        Item(
            account="111122223333",
            region="eu-west-1",
            resource_type=kind,
            resource_id=name,
            arn=arn,
            configuration=configuration,
            supplementary=supplementary,
            captured_at=NOW,
        )
    )


ENCRYPTED = {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]}
"""As every bucket has it since January 2023."""
KINDS: list[tuple[str, dict[str, object], dict[str, object]]] = [
    (
        "AWS::S3::Bucket",
        {"name": "b"},
        {"BucketVersioningConfiguration": {"status": "Enabled"}, "ServerSideEncryptionConfiguration": ENCRYPTED},
    ),
    ("AWS::EC2::Instance", {"metadataOptions": {"httpTokens": "required"}, "state": {"name": "running"}}, {}),
    ("AWS::EC2::Volume", {"attachments": [{"instanceId": "i-1"}], "encrypted": True}, {}),
    (
        "AWS::EC2::SecurityGroup",
        {
            "groupName": "web",
            "ipPermissions": [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "ipRanges": ["::/0"]}],
        },
        {},
    ),
    ("AWS::IAM::Role", {"rolePolicyList": []}, {}),
    ("AWS::RDS::DBInstance", {"storageEncrypted": True, "backupRetentionPeriod": 7, "engine": "mysql"}, {}),
    ("AWS::DynamoDB::Table", {"ssedescription": {"ssetype": "KMS", "status": "ENABLED"}}, {}),
    ("AWS::CloudWatch::Alarm", {"alarmActions": ["a"], "metricName": "CPUUtilization"}, {}),
    (
        "AWS::RDS::DBCluster",
        {"engine": "aurora-mysql", "storageEncrypted": True, "backupRetentionPeriod": 7, "multiAZ": True},
        {},
    ),
    (
        "AWS::Lambda::Function",
        {"runtime": "python3.12", "packageType": "Zip", "vpcConfig": {"subnetIds": ["subnet-1"], "vpcId": "vpc-1"}},
        {"Policy": "null"},
    ),
    (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        {"type": "application", "scheme": "internal"},
        {"LoadBalancerAttributes": [{"key": "deletion_protection.enabled", "value": "true"}]},
    ),
]


def _is_usable(rule: Rule) -> bool:
    """Whether the rule's parameters are known here, or have defaults."""
    given = REQUIRED.get(rule.identifier, {})
    try:
        return given is not None and rule.read_parameters(given) is not None
    except InvalidParameters:
        return False


def main() -> None:
    """Judge the items and print what it took."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40_000
    changing = [one for one in managed_rules().values() if one.trigger is Trigger.CHANGE]
    judged = {kind for kind, *_ in KINDS}
    usable = [one for one in changing if not judged.isdisjoint(one.resource_types) and _is_usable(one)]
    chosen = sorted(usable, key=lambda one: one.identifier)[:RULES]
    rules = RuleSet([activate(one, REQUIRED.get(one.identifier)) for one in chosen])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "items.db"
        _store(file, count)
        started, cpu_before = time.perf_counter(), time.process_time()
        verdicts = _judge(file, rules)
        took, cpu = time.perf_counter() - started, time.process_time() - cpu_before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{count:,} items, {len(chosen)} change-triggered rules, {verdicts:,} verdicts, peak {peak} MB")
    print(f"{took:.1f} s ({cpu:.1f} CPU-s): {count / cpu:,.0f} items, {verdicts / cpu:,.0f} verdicts a CPU-second")
    if count < MILLION:
        print(f"extrapolated, not run: {MILLION:,} items would take {MILLION * cpu / count:.0f} CPU-s")


def _store(file: Path, count: int) -> None:
    with closing(sqlite3.connect(file)) as db:
        db.execute("CREATE TABLE item (body BLOB)")
        db.executemany("INSERT INTO item VALUES (?)", ((stored(number),) for number in range(count)))
        db.commit()


def _judge(file: Path, rules: RuleSet) -> int:
    """Judge all items; gives how many verdicts there were."""
    inventory, verdicts = Inventory("111122223333", [], at=NOW), 0
    for item in _items(file):
        for _ in rules.judge_item(item, inventory, Trigger.CHANGE):
            verdicts += 1
    return verdicts


def _items(file: Path) -> Iterator[Item]:
    decode = msgspec.json.Decoder(Item).decode
    with closing(sqlite3.connect(file)) as db:
        for (body,) in db.execute("SELECT body FROM item"):
            yield decode(body)


if __name__ == "__main__":
    main()
