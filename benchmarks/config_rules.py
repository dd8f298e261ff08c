"""How fast stored items are judged by all change-triggered rules: items are decoded from JSON as a store keeps them, one process.

    python benchmarks/config_rules.py [ITEMS]

What is printed for 1,000,000 items is an extrapolation from the items that were run, and is called so.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import UTC, datetime

import msgspec

from garrison.items import Item
from garrison.rules import InvalidParameters, Inventory, Rule, RuleSet, Trigger, activate, managed_rules

NOW = datetime(2026, 1, 1, tzinfo=UTC)
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
    inventory = Inventory("111122223333", [], at=NOW)
    rows = [stored(number) for number in range(count)]
    decode = msgspec.json.Decoder(Item).decode
    started, cpu_before, verdicts = time.perf_counter(), time.process_time(), 0
    for row in rows:
        for _ in rules.judge_item(decode(row), inventory, Trigger.CHANGE):
            verdicts += 1
    took, cpu = time.perf_counter() - started, time.process_time() - cpu_before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{count} items, {len(chosen)} change-triggered rules active, {verdicts} verdicts: {took:.2f} s ({cpu:.2f} CPU-s)"
    )
    print(f"{count / cpu:,.0f} items/CPU-s, {verdicts / cpu:,.0f} verdicts/CPU-s, peak {peak} MB")
    print(
        f"items x active rules: {count * len(chosen) / cpu:,.0f} a CPU-second (a rule is run only on items of its types)"
    )
    print(f"extrapolated, not run: 1,000,000 items would take {1_000_000 * cpu / count:.0f} CPU-s")


if __name__ == "__main__":
    main()
