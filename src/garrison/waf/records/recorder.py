"""The log record of a decision, with the members and words of AWS WAF's logs.

Match details are given for every statement that read a field, where AWS gives them for SQL injection and XSS only.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from garrison.waf.bundle import Bundle
from garrison.waf.decision import Action, Decision, Evidence, GroupResult, Hit, RateHit
from garrison.waf.records.filters import keeps
from garrison.waf.records.protection import SECRET_HEADERS, Protection
from garrison.waf.records.samples import Sample, samples_of
from garrison.waf.records.texts import shown, text
from garrison.waf.request import Request

MOST_LABELS = 100
"""Of a request's labels the first are logged (logging-fields.html, "labels")."""
UNKNOWN = "-"


class Recorder:
    """Makes records and samples for one web ACL."""

    def __init__(
        self,
        bundle: Bundle,
        *,
        source_name: str = UNKNOWN,
        source_id: str = UNKNOWN,
        secrets: Iterable[str] = SECRET_HEADERS,
        hash_key: bytes = b"",
    ) -> None:
        """For requests to a source: CF, ALB, APIGW … and its id. `secrets` names headers that no record tells the values of."""
        logging, acl = bundle.logging or {}, bundle.web_acl
        secrets = tuple(secrets)
        self._acl = acl
        self._filter = logging.get("LoggingFilter")
        self._source = source_name, source_id
        self._logged = Protection.of(
            acl.data_protection_config, logging.get("RedactedFields") or (), secrets, key=hash_key
        )
        self._sampled = Protection.of(acl.data_protection_config, (), secrets, key=hash_key)

    def record(self, request: Request, decision: Decision, at: float, country: str = UNKNOWN) -> dict[str, Any] | None:
        """The log record of a request that came at `at` (seconds since 1970); None where the logging filter drops it."""
        if not keeps(self._filter, decision):
            return None
        name, source_id = self._source
        ending = decision.terminating
        record: dict[str, Any] = {
            "timestamp": int(at * 1000),
            "formatVersion": 1,
            "webaclId": self._acl.arn,
            "terminatingRuleId": decision.rule,
            "terminatingRuleType": decision.kind.value,
            "action": decision.action.value,
            "terminatingRuleMatchDetails": self._details(ending.evidence) if ending is not None else [],
            "httpSourceName": name,
            "httpSourceId": source_id,
            "ruleGroupList": [self._group(one) for one in decision.groups],
            "rateBasedRuleList": [self._rate(one) for one in decision.rates],
            "nonTerminatingMatchingRules": [self._hit(one) for one in decision.counted],
            "requestHeadersInserted": [{"name": key, "value": value} for key, value in decision.inserted] or None,
            "responseCodeSent": _response_code(decision),
            "httpRequest": self._request(request, country),
        }
        if decision.labels:
            record["labels"] = [{"name": label} for label in decision.labels[:MOST_LABELS]]
        return record | _measures(request, decision)

    def samples(self, request: Request, decision: Decision, at: float, country: str = UNKNOWN) -> list[Sample]:
        """The request as a sample of each rule that asks for samples and matched it."""
        return samples_of(self._acl, self._sampled, request, decision, at, country)

    def _request(self, request: Request, country: str) -> dict[str, Any]:
        parts = self._logged.parts(shown(request))
        told: dict[str, Any] = {
            "clientIp": request.address,
            "country": country,
            "headers": [{"name": key, "value": value} for key, value in parts.headers],
            "uri": parts.uri,
            "args": parts.args,
            "httpVersion": text(request.version),
            "httpMethod": self._logged.method(text(request.method)),
            "requestId": request.request_id,
        }
        if request.fragment is not None:
            told["fragment"] = text(request.fragment)
        host = next((value for key, value in parts.headers if key.lower() == "host"), None)
        return told | {"scheme": text(request.scheme)} | ({"host": host} if host is not None else {})

    def _group(self, group: GroupResult) -> dict[str, Any]:
        excluded = [{"exclusionType": "EXCLUDED_AS_COUNT", "ruleId": rule} for rule in group.excluded]
        return {
            "ruleGroupId": group.group,
            "terminatingRule": self._hit(group.terminating) if group.terminating is not None else None,
            "nonTerminatingMatchingRules": [self._hit(one) for one in group.counted],
            "excludedRules": excluded or None,
            "customerConfig": None,
        }

    def _hit(self, hit: Hit) -> dict[str, Any]:
        told: dict[str, Any] = {
            "ruleId": hit.rule,
            "action": hit.action.value,
            "ruleMatchDetails": self._details(hit.evidence) or None,
        }
        return told | ({"overriddenAction": hit.overridden.value} if hit.overridden is not None else {})

    def _details(self, found: Iterable[Evidence]) -> list[dict[str, Any]]:
        return [self._detail(one) for one in found if one.field]

    def _detail(self, evidence: Evidence) -> dict[str, Any]:
        told: dict[str, Any] = {
            "conditionType": evidence.condition,
            "location": evidence.field,
            "matchedData": [self._logged.matched(evidence, text(evidence.matched))] if evidence.matched else [],
        }
        if evidence.level:
            told["sensitivityLevel"] = evidence.level
        return told | ({"matchedFieldName": evidence.place} if evidence.place else {})

    def _rate(self, rate: RateHit) -> dict[str, Any]:
        told: dict[str, Any] = {
            "rateBasedRuleId": f"{self._acl.arn}/{rate.rule}",
            "rateBasedRuleName": rate.rule,
            "limitKey": rate.key_type,
            "maxRateAllowed": rate.limit,
            "evaluationWindowSec": str(rate.window_seconds),
        }
        if rate.key_type in {"IP", "FORWARDEDIP"}:
            return told | {"limitValue": rate.keys[0][1] if rate.keys else ""}
        values = []
        for kind_and_name, value in rate.keys:
            kind, _, name = kind_and_name.partition(":")
            one = {"key": kind, "name": name} if name else {"key": kind}
            values.append(one | {"value": self._logged.rate_value(kind, name, value)})
        return told | ({"customValues": values} if values else {})


def _response_code(decision: Decision) -> int | None:
    """Only a custom response names its code."""
    ended_by_itself = decision.action is not Action.BLOCK or decision.answer is None or decision.answer.status == 403
    return None if ended_by_itself or decision.answer is None else decision.answer.status


def _measures(request: Request, decision: Decision) -> dict[str, Any]:
    inspected = len(request.body)
    told: dict[str, Any] = {
        "requestBodySize": inspected if request.body_bytes is None else request.body_bytes,
        "requestBodySizeInspectedByWAF": inspected,
    }
    if request.ja3 is not None:
        told["ja3Fingerprint"] = request.ja3
    if request.ja4 is not None:
        told["ja4Fingerprint"] = request.ja4
    return told | ({"oversizeFields": list(decision.oversize)} if decision.oversize else {})
