"""AWS's own CheckNoNewAccess verdicts, asked of `check_no_new_access`.

One candidate of the source names a resource of its own instead of the one that its text is about; what its text expects does
not follow from its policies, so it is counted as argued, with the verdict that does follow.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from garrison.policy import Document, PolicyKind, parse_document
from garrison.policy.analysis import check_no_new_access

FLOORS = Path(__file__).parents[1] / "floors.toml"
ARGUED = {
    ("ec2-network-acl.md", "Candidate policy 3"): (
        "PASS",
        "the reference denies network-acl/acl-sensitive, the candidate allows network-acl/acl-123456, another resource",
    )
}


def document(written: dict[str, Any], policy_type: str) -> Document:
    statements = written["Statement"] if isinstance(written["Statement"], list) else [written["Statement"]]
    if policy_type == "IDENTITY_POLICY":
        kind = PolicyKind.IDENTITY
    elif any("Resource" in one or "NotResource" in one for one in statements):
        kind = PolicyKind.RESOURCE
    else:
        kind = PolicyKind.TRUST
    return parse_document(json.dumps(written), kind)


def test_every_verdict_is_that_of_aws(suites: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = json.loads((suites / "iam" / "check-no-new-access.json").read_text())["cases"]
    differing: list[str] = []
    for case in cases:
        argued = ARGUED.get((case["file"].rpartition("/")[2], case["case"].partition(":")[0]))
        expected = argued[0] if argued else case["expected"]
        new, old = (document(case[which], case["policyType"]) for which in ("candidate", "reference"))
        verdict = check_no_new_access(new, old)
        if verdict.result != expected:
            differing.append(f"{case['file']}: {case['case']}: {verdict.result}")
    with capsys.disabled():
        print(f"\nCheckNoNewAccess verdicts: {len(cases) - len(differing)}/{len(cases)}, argued {len(ARGUED)}")
    assert len(cases) - len(differing) >= tomllib.loads(FLOORS.read_text())["check_no_new_access"], differing
