"""What a check of a benchmark came to, as a result of a CIS scan."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from garrison.scan.benchmarks.check import Check, Verdict
from garrison.scan.inventory.facts import Platform
from garrison.scan_findings.cis import FAILED, PASSED, SKIPPED, CisResult, CisScan, CisTarget

LEVEL_1, LEVEL_2 = "LEVEL_1", "LEVEL_2"
_STATUSES = {Verdict.PASS: PASSED, Verdict.FAIL: FAILED}
_REASONS = {
    Verdict.NOT_APPLICABLE: "It does not apply to this host.",
    Verdict.UNKNOWN: "What it needs could not be read.",
    Verdict.WAIVED: "It fails, and somebody has taken that on.",
}
RULE_STATUSES = {"PASSED": PASSED, "FAILED": FAILED}
"""CisRuleStatus of a session's telemetry; the others are skipped."""
_RULE_REASONS = {
    "NOT_EVALUATED": "It was not evaluated.",
    "INFORMATIONAL": "It informs only.",
    "UNKNOWN": "It could not be decided.",
    "NOT_APPLICABLE": "It does not apply to this host.",
    "ERROR": "It could not be evaluated.",
}
_FRAMEWORK = "cis"


def results(scan: CisScan, target: CisTarget, platform: Platform, checks: Iterable[Check]) -> Iterator[CisResult]:
    """The checks of a host's report that are CIS recommendations of the scan's level."""
    taken = set[str]()
    for check in checks:
        references = check.references.get(_FRAMEWORK, ())
        level = level_of(check)
        if not references or (level == LEVEL_2 and scan.level == LEVEL_1):
            continue
        check_id = references[0] if references[0] not in taken else f"{references[0]} ({check.rule})"
        taken.add(check_id)
        yield CisResult(
            scan=scan.arn,
            account=target.account,
            resource=target.resource,
            check_id=check_id,
            title=check.title,
            description=check.description or check.title,
            remediation=check.fix,
            level=level,
            platform=platform_of(platform),
            status=_STATUSES.get(check.verdict, SKIPPED),
            reason=" ".join(filter(None, (_REASONS.get(check.verdict, ""), check.evidence))),
            finding=finding_arn(scan, target, check_id),
        )


def level_of(check: Check) -> str:
    """Level 2 is for what may get in the way of use; a check says so by its profile."""
    said = " ".join((check.profile, *check.packages)).lower().replace("_", " ")
    return LEVEL_2 if "level 2" in said or "level2" in said else LEVEL_1


def platform_of(platform: Platform) -> str:
    """`DEBIAN_12`."""
    return f"{platform.id} {platform.version}".strip().upper().replace(" ", "_").replace(".", "_") or "UNKNOWN"


def reason_of(status: str) -> str:
    """Why a rule of a session was skipped; empty where it was not."""
    return _RULE_REASONS.get(status, "")


def finding_arn(scan: CisScan, target: CisTarget, check_id: str) -> str:
    """A CIS finding's ARN, the same for the same check of the same host in a scan."""
    digest = hashlib.sha256("\n".join((scan.arn, target.account, target.resource, check_id)).encode()).hexdigest()
    number = f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"
    return f"arn:aws:inspector2:{scan.region}:{scan.account}:owner/{scan.account}/cis-finding/{number}"
