"""AWS's managed policies through the checks of ValidatePolicy: no error but those that AWS's own reference makes one.

AWS says itself that some of its managed policies name actions that do not exist (IAM user guide, "IAM policy validation check
reference", Invalid action). What else is an error in one of them is listed here with the reason.
"""

from __future__ import annotations

import gzip
import json
import tomllib
from pathlib import Path

import pytest

from garrison.policy.analysis.validation import FindingType, validate_policy

FLOORS = Path(__file__).parents[1] / "floors.toml"
ABSENT_FROM_THE_REFERENCE = frozenset(
    {"INVALID_ACTION", "INVALID_SERVICE_IN_ACTION", "INVALID_SERVICE", "INVALID_SERVICE_CONDITION_KEY"}
)
"""Actions, services and keys that the Service Authorization Reference does not have: retired ones, mostly."""
ARGUED = {
    '"arn:*:kms:*:::*"': "a colon too many: no key's ARN begins so",
    '"arn:aws:ec2:*:*:vpc-endpoint:*"': "endpoints are vpc-endpoint/id",
    '"arn:aws:logs:*:*:/aws-glue/*"': "log groups are log-group:name",
    '"arn:aws:logs:*:*:/aws-sixthsense/*"': "log groups are log-group:name",
    '"arn:aws:logs:*:*:/aws/lambda/AmazonSecurityLake*"': "log groups are log-group:name",
    '"arn:aws:states:*:*:statemachine:*sagemaker*"': "state machines are stateMachine:name, and ARNs compare with case",
    '"arn:aws:cloudformation:::stack/ApplicationWizard*/"': "stacks have a Region and an account",
    '"arn:aws:cloudformation:::stack/LaunchWizard*/"': "stacks have a Region and an account",
    '"arn:aws:logs:::log-group:ApplicationWizard*"': "log groups have a Region and an account",
    '"arn:aws:logs:::log-group:LaunchWizard*"': "log groups have a Region and an account",
}


def test_managed_policies_validate_without_a_false_error(suites: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed = (suites / "iam" / "managed-policies.json.gz").read_bytes()
    policies = json.loads(gzip.decompress(packed))["policies"]
    wrong: dict[str, list[str]] = {}
    for name, policy in policies.items():
        text = json.dumps(policy["document"], indent=2)
        for finding in validate_policy(text):
            place = finding.locations[0]
            written = text[place.start.offset : place.end.offset]
            is_true = finding.issue_code in ABSENT_FROM_THE_REFERENCE or written in ARGUED
            if finding.finding_type is FindingType.ERROR and not is_true:
                wrong.setdefault(name, []).append(f"{finding.issue_code} {written}")
    with capsys.disabled():
        print(f"\nManaged policies without a false error: {len(policies) - len(wrong)}/{len(policies)}")
    assert len(policies) - len(wrong) >= tomllib.loads(FLOORS.read_text())["policy_validated"], wrong
