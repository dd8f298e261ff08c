"""ListDetections and ListDetectionRules: what Sigma rules have found, and which rules there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.call import Call
from garrison.services.garrison.detecting import FOLDER, rules_of
from garrison.services.garrison.detection_file import Detection, DetectionFile
from garrison.services.garrison.faults import invalid
from garrison.services.garrison.service import service
from garrison.services.page_tokens import key_of, page_token

MOST_DETECTIONS = 100
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@service.operation("ListDetections", needs={"garrison:ListDetections": "*"}, read_only=True, long=True)
def list_detections(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The account's detections, newest first."""
    folder = call.parts.settings.home_path / FOLDER
    if not folder.is_dir():
        return {"Detections": []}
    limit = request.get("MaxResults") or MOST_DETECTIONS
    bounds = {name: request[given].strftime(_TIME) for name, given in _BOUNDS.items() if given in request}
    file = DetectionFile(folder)
    try:
        found = file.page(
            call.account,
            rule_id=request.get("RuleId"),
            level=request.get("Level"),
            before=_before(call, request.get("NextToken")),
            limit=limit + 1,
            **bounds,
        )
    finally:
        file.close()
    answer: dict[str, Any] = {"Detections": [_shown(one) for one in found[:limit]]}
    if len(found) > limit:
        answer["NextToken"] = page_token(call, " ".join(found[limit - 1].key))
    return answer


@service.operation("ListDetectionRules", needs={"garrison:ListDetectionRules": "*"}, read_only=True, long=True)
def list_detection_rules(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The Sigma rules that events are looked at by, and those that are set aside."""
    loaded = rules_of(call.parts.settings)
    home = f"{call.parts.settings.home_path}/"
    return {
        "Rules": [
            {
                "RuleId": rule.id,
                "Title": rule.title,
                "Level": rule.level,
                "Status": rule.status,
                "Authors": rule.authors,
                "Tags": list(rule.tags),
                "Description": rule.description,
                "FalsePositives": list(rule.false_positives),
            }
            for rule in loaded.rules
        ],
        "SetAside": [{"Place": one.place.removeprefix(home), "Reason": one.reason} for one in loaded.set_aside],
    }


_BOUNDS = {"start": "StartTime", "end": "EndTime"}


def _before(call: Call, token: str | None) -> tuple[str, str, str] | None:
    if token is None:
        return None
    key = key_of(call, token)
    if key is None:
        raise invalid("The token is not valid.")
    at, event_id, rule_id = key.split(" ", 2)
    return at, event_id, rule_id


def _shown(detection: Detection) -> dict[str, Any]:
    return {
        "RuleId": detection.rule_id,
        "Title": detection.title,
        "Level": detection.level,
        "Authors": detection.authors,
        "Tags": detection.tags.split(),
        "EventId": detection.event_id,
        "EventName": detection.event_name,
        "EventSource": detection.event_source,
        "EventTime": detection.at,
        "Principal": detection.principal,
        "SourceIPAddress": detection.source_address,
        "AwsRegion": detection.region,
    }
