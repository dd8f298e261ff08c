"""Sets of regular expressions: made, read, listed, replaced and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.wafv2.changing import identified, keep_changed, keep_new, remove
from garrison.services.wafv2.faults import invalid, limit_exceeded
from garrison.services.wafv2.listing import page_of_kind
from garrison.services.wafv2.naming import Request, found, named, scope_of, unlocked
from garrison.services.wafv2.resources import RegexPatternSet
from garrison.services.wafv2.service import service
from garrison.services.wafv2.tags import checked_tags, of_entity, tagged
from garrison.waf.validation.regexes import problem_of

if TYPE_CHECKING:
    from types_boto3_wafv2 import type_defs as shapes

    from garrison.services.call import Call

MOST_PATTERNS = 10
"""AWS WAF Developer Guide, "AWS WAF quotas"."""

_arn = named(RegexPatternSet)
_context = of_entity(RegexPatternSet)


@service.operation(
    "CreateRegexPatternSet",
    needs={"wafv2:CreateRegexPatternSet": _arn, "wafv2:TagResource": tagged(_arn)},
    context=_context,
)
def create_regex_pattern_set(call: Call, request: shapes.CreateRegexPatternSetRequestTypeDef) -> dict[str, Any]:
    """A new set."""
    scope = scope_of(call, request)
    entity = RegexPatternSet(
        **identified(call, request, scope), patterns=_checked(request), tags=checked_tags(request.get("Tags"))
    )
    return keep_new(call, entity)


@service.operation("GetRegexPatternSet", needs={"wafv2:GetRegexPatternSet": _arn}, context=_context)
def get_regex_pattern_set(call: Call, request: shapes.GetRegexPatternSetRequestTypeDef) -> dict[str, Any]:
    """A set with its expressions."""
    entity = found(call, RegexPatternSet, request)
    shown = {
        "Name": entity.name,
        "Id": entity.id,
        "ARN": entity.arn,
        "Description": entity.description,
        "RegularExpressionList": [{"RegexString": pattern} for pattern in entity.patterns],
    }
    return {"RegexPatternSet": shown, "LockToken": entity.lock_token}


@service.operation("ListRegexPatternSets", needs={"wafv2:ListRegexPatternSets": "*"})
def list_regex_pattern_sets(call: Call, request: shapes.ListRegexPatternSetsRequestTypeDef) -> dict[str, Any]:
    """The sets of a scope."""
    return page_of_kind(call, request, RegexPatternSet, "RegexPatternSets")


@service.operation("UpdateRegexPatternSet", needs={"wafv2:UpdateRegexPatternSet": _arn}, context=_context)
def update_regex_pattern_set(call: Call, request: shapes.UpdateRegexPatternSetRequestTypeDef) -> dict[str, Any]:
    """The set with these expressions in place of those it had."""
    entity = unlocked(call, RegexPatternSet, request)
    patterns, description = _checked(request), request.get("Description") or ""
    return keep_changed(call, replace(entity, patterns=patterns, description=description))


@service.operation("DeleteRegexPatternSet", needs={"wafv2:DeleteRegexPatternSet": _arn}, context=_context)
def delete_regex_pattern_set(call: Call, request: shapes.DeleteRegexPatternSetRequestTypeDef) -> None:
    """Delete a set that no rule refers to."""
    remove(call, unlocked(call, RegexPatternSet, request))


def _checked(request: Request) -> tuple[str, ...]:
    patterns = tuple(str(one["RegexString"]) for one in request["RegularExpressionList"] if one.get("RegexString"))
    if len(patterns) > MOST_PATTERNS:
        raise limit_exceeded("REGEX_PATTERN_SET_PATTERNS")
    for pattern in patterns:
        problem = problem_of(pattern, "REGEX_PATTERN_SET")
        if problem is not None:
            raise invalid(problem.field, problem.parameter, problem.reason)
    return patterns
