"""Rule groups: made with a capacity for good, read, listed, replaced and deleted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.wafv2.changing import identified, keep_changed, keep_new, remove
from garrison.services.wafv2.checking import Checked, checked_rules
from garrison.services.wafv2.documents import kept, rules_of, shown
from garrison.services.wafv2.faults import invalid, limit_exceeded
from garrison.services.wafv2.listing import page_of_kind
from garrison.services.wafv2.naming import Request, at_arn, found, named, scope_of, unlocked
from garrison.services.wafv2.referring import with_references
from garrison.services.wafv2.resources import RuleGroup
from garrison.services.wafv2.service import service
from garrison.services.wafv2.sharing import group_policy, may_use
from garrison.services.wafv2.tags import checked_tags, of_entity, tagged
from garrison.waf.capacity import MOST
from garrison.waf.validation.problems import MINIMUM
from garrison.waf.walking import statements_of

if TYPE_CHECKING:
    from types_boto3_wafv2 import type_defs as shapes

    from garrison.services.call import Call
    from garrison.waf.document import Rule

MEMBERS = ("Rules", "VisibilityConfig", "CustomResponseBodies")

_arn = named(RuleGroup)
_context = of_entity(RuleGroup)


@service.operation(
    "CreateRuleGroup",
    needs={"wafv2:CreateRuleGroup": with_references(_arn), "wafv2:TagResource": tagged(_arn)},
    context=_context,
)
def create_rule_group(call: Call, request: shapes.CreateRuleGroupRequestTypeDef) -> dict[str, Any]:
    """A new group, whose rules may use so much capacity."""
    scope = scope_of(call, request)
    capacity = request["Capacity"]
    if capacity > MOST:
        raise limit_exceeded("WCU")
    checked = _checked(call, request, scope, capacity)
    entity = RuleGroup(
        **identified(call, request, scope),
        document=kept(request, MEMBERS),
        refers=checked.refers,
        capacity=capacity,
        tags=checked_tags(request.get("Tags")),
    )
    return keep_new(call, entity)


@service.operation("GetRuleGroup", needs={"wafv2:GetRuleGroup": _arn}, context=_context, resource_policy=group_policy)
def get_rule_group(call: Call, request: shapes.GetRuleGroupRequestTypeDef) -> dict[str, Any]:
    """A group with its rules, and the labels that they add and look for; by its ARN also one that is shared with the account."""
    shared = at_arn(call.unit, RuleGroup, request.get("ARN") or "")
    entity = shared if shared is not None and may_use(call, shared) else found(call, RuleGroup, request)
    return {"RuleGroup": group_shown(entity), "LockToken": entity.lock_token}


@service.operation("ListRuleGroups", needs={"wafv2:ListRuleGroups": "*"})
def list_rule_groups(call: Call, request: shapes.ListRuleGroupsRequestTypeDef) -> dict[str, Any]:
    """The groups of a scope."""
    return page_of_kind(call, request, RuleGroup, "RuleGroups")


@service.operation("UpdateRuleGroup", needs={"wafv2:UpdateRuleGroup": with_references(_arn)}, context=_context)
def update_rule_group(call: Call, request: shapes.UpdateRuleGroupRequestTypeDef) -> dict[str, Any]:
    """The group with these rules in place of those it had, within the capacity it was made with."""
    entity = unlocked(call, RuleGroup, request)
    checked = _checked(call, request, entity.scope, entity.capacity)
    changed = replace(
        entity,
        document=kept(request, MEMBERS),
        refers=checked.refers,
        description=request.get("Description") or "",
    )
    return keep_changed(call, changed)


@service.operation("DeleteRuleGroup", needs={"wafv2:DeleteRuleGroup": _arn}, context=_context)
def delete_rule_group(call: Call, request: shapes.DeleteRuleGroupRequestTypeDef) -> None:
    """Delete a group that no web ACL refers to, of its own account or of one that it was shared with."""
    remove(call, unlocked(call, RuleGroup, request))


def group_shown(entity: RuleGroup) -> dict[str, Any]:
    """A group as answers show it."""
    rules = rules_of(entity.document)
    return {
        "Name": entity.name,
        "Id": entity.id,
        "Capacity": entity.capacity,
        "ARN": entity.arn,
        "Description": entity.description,
        "Rules": [],
        **shown(entity.document),
        "LabelNamespace": entity.label_namespace,
        "AvailableLabels": _labels(
            f"{entity.label_namespace}{label.name}" for rule in rules for label in rule.rule_labels
        ),
        "ConsumedLabels": _labels(_looked_for(rules)),
    }


def _labels(names: Iterable[str]) -> list[dict[str, str]]:
    return [{"Name": name} for name in sorted(set(names))]


def _looked_for(rules: Iterable[Rule]) -> Iterable[str]:
    for rule in rules:
        for statement in statements_of(rule.statement):
            if statement.label_match_statement is not None:
                yield statement.label_match_statement.key


def _checked(call: Call, request: Request, scope: str, capacity: int) -> Checked:
    if request.get("MonetizationConfig"):
        raise invalid("MONETIZATION_CONFIG", "MonetizationConfig", "Payments are not built here.")
    checked = checked_rules(call, request, scope, RuleGroup)
    if checked.capacity > capacity:
        raise invalid("RULE_GROUP", "Capacity", MINIMUM)
    return checked
