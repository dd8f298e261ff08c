"""Texts by key, as the preview gives them: what a key stands for in a language is asked for by LocalizeText.

A finding's texts are known by `InspectorFindings` and the path of its ARN with `/title`, `/description` or `/recommendation`; a rules
package's by `InspectorRulesPackages` and the id in its ARN.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.inspector.assessments_file import assessments_of
from garrison.services.inspector.faults import invalid, no_such
from garrison.services.inspector.packages import packages_of
from garrison.services.inspector.resources import inspector_arn
from garrison.services.inspector.storage import findings
from garrison.services.inspector.storage.findings import Kept
from garrison.services.inspector_2015_08_18.arns import meant, shown
from garrison.services.inspector_2015_08_18.service import service

if TYPE_CHECKING:
    from garrison.services.call import Call

FINDINGS, PACKAGES = "InspectorFindings", "InspectorRulesPackages"
_PARTS = ("title", "description", "recommendation")
_LOCALES = ("EN_US", "EN")
_MOST_TEXTS = 100


def text_of(found: Kept, part: str) -> dict[str, Any]:
    """The key of a finding's text, with what the text says of the instance."""
    path = shown(found.arn).split(":", 5)[5]
    parameters = [{"name": "INSTANCE_ID", "value": found.agent}] if found.agent else []
    return {"key": {"facility": FINDINGS, "id": f"{path}/{part}"}, "parameters": parameters}


def text_of_package(arn: str) -> dict[str, Any]:
    """The key of a rules package's description."""
    return {"key": {"facility": PACKAGES, "id": arn.rpartition("/")[2]}, "parameters": []}


@service.operation("LocalizeText", needs={"inspector:DescribeFindings": "*"}, read_only=True, long=True)
def localize_text(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The texts of keys, in English."""
    if request["locale"].upper().replace("-", "_") not in _LOCALES:
        raise invalid("INVALID_LOCALE", "The texts are there in en_US.")
    asked = request["localizedTexts"]
    if len(asked) > _MOST_TEXTS:
        raise invalid("INVALID_LOCALE", f"Ask for at most {_MOST_TEXTS} texts at once.")
    return {"message": f"{len(asked)} texts", "results": [_text(call, one.get("key") or {}) for one in asked]}


def _text(call: Call, key: Mapping[str, Any]) -> str:
    facility, name = key.get("facility"), key.get("id") or ""
    text = None
    if facility == PACKAGES:
        text = next(
            (one.description for arn, one in packages_of(call.region).items() if arn.endswith(f"/{name}")), None
        )
    elif facility == FINDINGS:
        text = _text_of_finding(call, name)
    if text is None:
        raise no_such("FINDING", name)
    return text


def _text_of_finding(call: Call, name: str) -> str | None:
    path, _, part = name.rpartition("/")
    file = assessments_of(call.parts)
    if part not in _PARTS or not file.exists:
        return None
    with file.reading() as db:
        found = findings.get(db, meant(inspector_arn(call.region, call.account, path)))
    text: str | None = getattr(found.made, part) if found is not None else None
    return text
