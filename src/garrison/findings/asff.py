"""ASFF: the AWS Security Finding Format, as BatchImportFindings of Security Hub takes it (at most 100 a call).

Source: AWS Security Hub User Guide, "AWS Security Finding Format (ASFF) syntax" and "Required top-level ASFF attributes".
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from garrison.findings.finding import Finding, Severity, State
from garrison.findings.vulnerability import ASFF_TYPE

SCHEMA_VERSION = "2018-10-08"
TYPE = "Software and Configuration Checks/AWS Security Best Practices"
MOST_TITLE, MOST_DESCRIPTION, MOST_FIX = 256, 1024, 512
"""Characters; "Required top-level ASFF attributes", "Remediation"."""
MOST_STANDARDS = 20
"""Of `AssociatedStandards` ("Compliance")."""
_STATUSES = {
    State.FAILED: "FAILED",
    State.PASSED: "PASSED",
    State.UNKNOWN: "WARNING",
    State.NOT_APPLICABLE: "NOT_AVAILABLE",
}
_UNKNOWN_REASON = "CONFIG_EVALUATIONS_EMPTY"
_OTHER_TYPES = {
    "AWS::::Account": "AwsAccount",
    "AWS::AutoScaling::AutoScalingGroup": "AwsAutoScalingAutoScalingGroup",
    "AWS::EC2::EIP": "AwsEc2Eip",
    "AWS::EC2::VPC": "AwsEc2Vpc",
    "AWS::ElasticLoadBalancing::LoadBalancer": "AwsElbLoadBalancer",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "AwsElbv2LoadBalancer",
    "AWS::OpenSearch::Domain": "AwsOpenSearchServiceDomain",
    "AWS::RDS::DBInstance": "AwsRdsDbInstance",
    "AWS::RDS::DBCluster": "AwsRdsDbCluster",
    "AWS::RDS::DBClusterSnapshot": "AwsRdsDbClusterSnapshot",
    "AWS::RDS::DBSnapshot": "AwsRdsDbSnapshot",
    "AWS::S3::AccountPublicAccessBlock": "AwsS3AccountPublicAccessBlock",
    "AWS::WAFv2::WebACL": "AwsWafv2WebAcl",
}
"""Types that ASFF does not call as the plain rule would."""


def asff(finding: Finding, version: str) -> dict[str, Any]:
    """One finding as an entry of BatchImportFindings; `version` is Garrison's."""
    region = _region(finding)
    product = f"arn:{finding.partition}:securityhub:{region}:{finding.account}:product/{finding.account}/default"
    made: dict[str, Any] = {
        "SchemaVersion": SCHEMA_VERSION,
        "Id": f"{product}/garrison-{finding.id}",
        "ProductArn": product,
        "ProductName": "Garrison",
        "CompanyName": "Garrison",
        "GeneratorId": f"garrison-{finding.product}/{finding.check}",
        "AwsAccountId": finding.account,
        "Region": region,
        "Types": [ASFF_TYPE if finding.vulnerability is not None else TYPE],
        "CreatedAt": _time(finding.cause.at if finding.cause else finding.seen_at),
        "UpdatedAt": _time(finding.seen_at),
        "LastObservedAt": _time(finding.seen_at),
        "Severity": {"Label": _label(finding), "Original": finding.severity.value},
        "Title": finding.title[:MOST_TITLE],
        "Description": (finding.evidence or finding.title)[:MOST_DESCRIPTION],
        "Resources": [_resource(finding, region)],
        "Workflow": {"Status": _workflow(finding)},
        "RecordState": "ACTIVE",
        "ProductFields": _fields(finding, version),
    }
    if finding.vulnerability is not None:
        made["Vulnerabilities"] = [finding.vulnerability.as_asff()]
    else:
        made["Compliance"] = _compliance(finding)
    if finding.fix:
        made["Remediation"] = {"Recommendation": {"Text": finding.fix[:MOST_FIX]}}
    if finding.excuse is not None:
        note = f"{'Expired: ' if finding.excuse.is_expired else ''}{finding.excuse.reason}"
        made["Note"] = {
            "Text": note[:MOST_FIX],
            "UpdatedBy": finding.excuse.owner,
            "UpdatedAt": _time(finding.seen_at),
        }
    return made


def _resource(finding: Finding, region: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "Type": _type(finding.resource_type),
        "Id": f"AWS::::Account:{finding.account}" if finding.resource_type == "AWS::::Account" else finding.arn,
        "Partition": finding.partition,
        "Region": region,
        "Details": {"Other": {"name": finding.name, "type": finding.resource_type}},
    }
    return made | ({"Tags": finding.tags} if finding.tags else {})


def _type(resource_type: str) -> str:
    """`AWS::S3::Bucket` is `AwsS3Bucket`; abbreviations are words."""
    if resource_type in _OTHER_TYPES:
        return _OTHER_TYPES[resource_type]
    return "".join(_word(part) for part in resource_type.split("::"))


def _word(part: str) -> str:
    return part.capitalize() if part.isupper() else part[:1].upper() + part[1:]


def _compliance(finding: Finding) -> dict[str, Any]:
    made: dict[str, Any] = {"Status": _STATUSES[finding.state], "SecurityControlId": finding.check}
    if finding.state is State.UNKNOWN:
        made["StatusReasons"] = [
            {"ReasonCode": _UNKNOWN_REASON, "Description": (finding.evidence or "unknown")[:MOST_DESCRIPTION]}
        ]
    if finding.standards:
        made["AssociatedStandards"] = [{"StandardsId": name} for name in finding.standards[:MOST_STANDARDS]]
    return made


def _fields(finding: Finding, version: str) -> dict[str, str]:
    fields = {"garrison/version": version, "garrison/check": finding.check}
    if finding.source:
        fields["garrison/source"] = finding.source
    if finding.cause is not None:
        fields["garrison/cause/eventId"] = finding.cause.event_id
        fields["garrison/cause/eventName"] = f"{finding.cause.source}:{finding.cause.name}"
        fields["garrison/cause/principal"] = finding.cause.who
    return fields


def _label(finding: Finding) -> str:
    return Severity.INFORMATIONAL.value if finding.state is not State.FAILED else finding.severity.value


def _workflow(finding: Finding) -> str:
    if finding.state in (State.PASSED, State.NOT_APPLICABLE):
        return "RESOLVED"
    return "SUPPRESSED" if finding.is_excused else "NEW"


def _region(finding: Finding) -> str:
    return "us-east-1" if finding.region == "global" else finding.region


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
