"""How requests name analyzers: by name in paths, by ARN elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.services.accessanalyzer.resources import Analyzer, analyzer_arn

if TYPE_CHECKING:
    from garrison.services.call import Call


def named(call: Call, request: Mapping[str, Any]) -> str:
    """The ARN of the analyzer that a request names by its name."""
    return analyzer_arn(call.region, call.account, request["analyzerName"])


def named_by_arn(call: Call, request: Mapping[str, Any]) -> str:
    """The ARN of the analyzer that a request names by its ARN."""
    return str(request["analyzerArn"])


def tags_of_analyzer(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """`aws:ResourceTag/…` of the analyzer that a request names."""
    name = request.get("analyzerName") or _name_in(request.get("analyzerArn") or request.get("resourceArn") or "")
    analyzer = call.unit.get(Analyzer, name) if name else None
    return {f"aws:ResourceTag/{key}": value for key, value in (analyzer.tags if analyzer else {}).items()}


def _name_in(text: str) -> str:
    arn = parse_arn(text)
    return arn.resource.partition("/")[2] if arn is not None else ""


def find(call: Call, name: str) -> Analyzer:
    """The analyzer of a name, in the called region."""
    analyzer = call.unit.get(Analyzer, name)
    if analyzer is None:
        raise not_found(analyzer_arn(call.region, call.account, name), "Analyzer")
    return analyzer


def find_by_arn(call: Call, arn: str) -> Analyzer:
    """The analyzer of an ARN; only the called region's are there."""
    name = _name_in(arn)
    if arn != analyzer_arn(call.region, call.account, name):
        raise not_found(arn, "Analyzer")
    return find(call, name)


def not_found(resource: str, kind: str) -> ApiError:
    """The answer about what is not there."""
    return ApiError(
        "ResourceNotFoundException",
        f"{kind} not found.",
        members={"resourceId": resource, "resourceType": kind},
    )
