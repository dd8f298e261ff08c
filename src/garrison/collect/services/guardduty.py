"""Amazon GuardDuty: the region's detector."""

from __future__ import annotations

from typing import Any

from garrison.collect.declaration import At, Call, Service, Type


def _enabled(configuration: dict[str, Any]) -> dict[str, Any]:
    """Config says by `Enable` what the API says by its status."""
    return {name: each for name, each in configuration.items() if name != "Status"} | {
        "Enable": configuration.get("Status") == "ENABLED"
    }


DETECTOR = Type(
    "AWS::GuardDuty::Detector",
    Call("GetDetector", params={"DetectorId": At(".")}, each=Call("ListDetectors", "DetectorIds[]")),
    id="^.",
    arn="arn:{partition}:guardduty:{region}:{account}:detector/{^.}",
    tags="Tags",
    added={"Id": "^."},
    shaped=_enabled,
)

SERVICE = Service("guardduty", (DETECTOR,))
