"""The host's side of a CIS scan: a session for a job, in which it tells what each rule came to.

A host can open a session for its own jobs only, once, under a token that it chooses. Source: Inspector API reference, "StartCisSession",
"SendCisSessionTelemetry", "SendCisSessionHealth", "StopCisSession".
"""

from __future__ import annotations

from collections.abc import Mapping
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

import msgspec

from garrison import codec
from garrison.scan_findings import cis
from garrison.scan_findings.cis import SKIPPED, CisResult, CisScan, CisTarget
from garrison.services.garrison.host_reports import own_host
from garrison.services.inspector2.cis import verdicts
from garrison.services.inspector2.faults import conflict, denied, invalid
from garrison.services.inspector2.service import findings_of, service

if TYPE_CHECKING:
    from types_boto3_inspector2 import type_defs as shapes

    from garrison.services.call import Call

LONGEST_TEXT = 1000
_ENDINGS = {
    "SUCCESS": ("COMPLETED", None),
    "FAILED": ("CANCELLED", None),
    "INTERRUPTED": ("CANCELLED", None),
    "UNSUPPORTED_OS": ("CANCELLED", "UNSUPPORTED_OS"),
}
"""What a host's part of the scan is after a session of this status."""


@service.operation(
    "StartCisSession",
    needs={"inspector2:StartCisSession": "*"},
    stored_apart=True,
    hidden=("message.sessionToken",),
)
def start_cis_session(call: Call, request: shapes.StartCisSessionRequestTypeDef) -> None:
    """Open the session of a job; again with the same token changes nothing."""
    target, _ = _job(call, request)
    token = request["message"]["sessionToken"]
    if target.token not in (None, token):
        raise conflict("The session of this job was opened under another token.", target.job, "CIS_SCAN_JOB")
    with findings_of(call.parts).writing() as db:
        cis.set_token(db, target.job, token)


@service.operation(
    "SendCisSessionHealth",
    needs={"inspector2:SendCisSessionHealth": "*"},
    read_only=False,
    stored_apart=True,
    hidden=("sessionToken",),
)
def send_cis_session_health(call: Call, request: shapes.SendCisSessionHealthRequestTypeDef) -> None:
    """Say that the session goes on."""
    _session(call, request)


@service.operation(
    "SendCisSessionTelemetry",
    needs={"inspector2:SendCisSessionTelemetry": "*"},
    read_only=False,
    stored_apart=True,
    hidden=("sessionToken",),
)
def send_cis_session_telemetry(call: Call, request: shapes.SendCisSessionTelemetryRequestTypeDef) -> None:
    """Tell what rules came to."""
    target, scan = _session(call, request)
    found = [_result(scan, target, message) for message in request["messages"]]
    with findings_of(call.parts).writing() as db:
        cis.put_results(db, found)


@service.operation(
    "StopCisSession",
    needs={"inspector2:StopCisSession": "*"},
    read_only=False,
    stored_apart=True,
    hidden=("sessionToken",),
)
def stop_cis_session(call: Call, request: shapes.StopCisSessionRequestTypeDef) -> None:
    """End the session: the host's part of the scan is done."""
    target, _ = _session(call, request)
    message = request["message"]
    status, reason = _ENDINGS[message["status"]]
    told = message.get("computePlatform") or {}
    platform = " ".join(filter(None, (told.get("vendor"), told.get("product"), told.get("version"))))
    with findings_of(call.parts).writing() as db:
        cis.end_target(db, target, status, reason, platform.upper().replace(" ", "_"))


def _job(call: Call, request: Mapping[str, Any]) -> tuple[CisTarget, CisScan]:
    """The host and scan of a job that is not over; a host has a say in its own only."""
    kept, target, scan = findings_of(call.parts), None, None
    if kept.exists:
        with kept.reading() as db:
            target = cis.of_job(db, request["scanJobId"])
            scan = cis.scan_of(db, target.scan) if target is not None else None
    if target is None or scan is None or (scan.account, scan.region) != (call.account, call.region):
        raise invalid("There is no such scan job.", "scanJobId")
    own = own_host(call)
    if own is not None and own != target.host:
        raise denied("A host scans itself only.")
    if target.status is not None or scan.status != cis.IN_PROGRESS:
        raise conflict("The scan job is over.", target.job, "CIS_SCAN_JOB")
    return target, scan


def _session(call: Call, request: Mapping[str, Any]) -> tuple[CisTarget, CisScan]:
    target, scan = _job(call, request)
    if target.token is None or not compare_digest(target.token.encode(), request["sessionToken"].encode()):
        raise conflict("There is no such session of this job.", target.job, "CIS_SCAN_JOB")
    return target, scan


def _result(scan: CisScan, target: CisTarget, message: Mapping[str, Any]) -> CisResult:
    rule, details = message["ruleId"], _details(message["cisRuleDetails"])
    return CisResult(
        scan=scan.arn,
        account=target.account,
        resource=target.resource,
        check_id=rule,
        title=details.get("title", rule),
        description=details.get("description", details.get("title", rule)),
        remediation=details.get("remediation", ""),
        level=verdicts.LEVEL_2 if details.get("level") == verdicts.LEVEL_2 else verdicts.LEVEL_1,
        platform=details.get("platform", target.platform),
        status=verdicts.RULE_STATUSES.get(message["status"], SKIPPED),
        reason=" ".join(filter(None, (verdicts.reason_of(message["status"]), details.get("evidence", "")))),
        finding=verdicts.finding_arn(scan, target, rule),
    )


def _details(told: bytes) -> dict[str, str]:
    """What a host tells of a rule: a JSON object of texts, else a text, which is the evidence."""
    try:
        found = codec.decode(told)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {"evidence": told.decode("utf-8", "replace")[:LONGEST_TEXT]}
    if not isinstance(found, dict):
        return {"evidence": str(found)[:LONGEST_TEXT]}
    return {str(name): value[:LONGEST_TEXT] for name, value in found.items() if isinstance(value, str)}
