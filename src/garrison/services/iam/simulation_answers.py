"""A simulation in the members of IAM's answers, one result an action with the results of each resource inside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from garrison.policy import MatchedStatement, PolicyKind, Verdict
from garrison.policy.actions import action as action_facts
from garrison.policy.actions import resource_type
from garrison.policy.glob import compile_pattern
from garrison.policy.simulation import Simulated
from garrison.policy.sources import CompiledSource
from garrison.policy.spans import Position, Span, statement_spans

Answer = dict[str, Any]

_FIELD = re.compile(r"\$\{[^}]*\}")
"""A field of an ARN format: `${BucketName}`."""

IAM_POLICY, RESOURCE_POLICY, BOUNDARY_POLICY = "IAM Policy", "Resource Policy", "Permissions Boundary Policy"
"""Types of policies as AWS's answers write them; its model lists others (`user`, `group` …), which it does not use."""

_MOST_RESTRICTIVE = (Verdict.EXPLICIT_DENY, Verdict.IMPLICIT_DENY, Verdict.ALLOW)
_ON_RESOURCES = (PolicyKind.RESOURCE, PolicyKind.TRUST)


def evaluation_result(action: str, found: Sequence[tuple[str, Simulated]], *, has_resources: bool) -> Answer:
    """The result of one action: the most restrictive of its resources' decisions, and those themselves."""
    simulated = [each for _, each in found]
    result: Answer = {
        "EvalActionName": action,
        "EvalResourceName": resource_template(action, found[0][0]) if has_resources else "*",
        "EvalDecision": _worst(each.verdict for each in simulated).value,
        "MatchedStatements": _deciding(simulated),
        "MissingContextValues": list(dict.fromkeys(key for each in simulated for key in each.missing)),
    }
    organization = [each.within_organization for each in simulated if each.within_organization is not None]
    if organization:
        result["OrganizationsDecisionDetail"] = {"AllowedByOrganizations": all(organization)}
    result |= _boundary(simulated) | _details(simulated, has_resources=has_resources)
    if has_resources:
        result["ResourceSpecificResults"] = [_resource_result(resource, each) for resource, each in found]
    return result


def _resource_result(resource: str, simulated: Simulated) -> Answer:
    result: Answer = {
        "EvalResourceName": resource,
        "EvalResourceDecision": simulated.verdict.value,
        "MatchedStatements": shown_statements(simulated.matched),
        "MissingContextValues": list(simulated.missing),
    }
    return result | _boundary([simulated]) | _details([simulated], has_resources=True)


def _boundary(simulated: Sequence[Simulated]) -> Answer:
    verdicts = [each.boundary_verdict for each in simulated if each.boundary_verdict is not None]
    if not verdicts:
        return {}
    within = all(verdict is Verdict.ALLOW for verdict in verdicts)
    return {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": within}}


def _details(simulated: Sequence[Simulated], *, has_resources: bool) -> Answer:
    """EvalDecisionDetails: empty within one account, left out where all resources are meant or an organization denies."""
    if not has_resources or any(each.within_organization is False for each in simulated):
        return {}
    details = {
        IAM_POLICY: [each.identity_verdict for each in simulated if each.identity_verdict is not None],
        RESOURCE_POLICY: [each.resource_verdict for each in simulated if each.resource_verdict is not None],
    }
    if details[IAM_POLICY]:
        details[BOUNDARY_POLICY] = [each.boundary_verdict for each in simulated if each.boundary_verdict is not None]
    return {"EvalDecisionDetails": {kind: _worst(verdicts).value for kind, verdicts in details.items() if verdicts}}


def _worst(verdicts: Iterable[Verdict]) -> Verdict:
    return min(verdicts, key=_MOST_RESTRICTIVE.index)


def _deciding(simulated: Sequence[Simulated]) -> list[Answer]:
    """The statements of the resources that decided as the whole did, each once."""
    worst = _worst(each.verdict for each in simulated)
    found = {
        (source.kind, statement.id): (source, statement)
        for each in simulated
        if each.verdict is worst
        for source, statement in each.matched
    }
    return shown_statements(found.values())


def shown_statements(matched: Iterable[tuple[CompiledSource, MatchedStatement]]) -> list[Answer]:
    """Statements with the policies that they are from and their places in these."""
    return [_statement(source, statement) for source, statement in matched]


def _statement(source: CompiledSource, statement: MatchedStatement) -> Answer:
    span = _spans(source.document.text)[statement.index]
    return {
        "SourcePolicyId": policy_id(source.name),
        "SourcePolicyType": RESOURCE_POLICY if source.kind in _ON_RESOURCES else IAM_POLICY,
        "StartPosition": _position(span.start),
        "EndPosition": _position(span.end),
    }


def policy_id(source_name: str) -> str:
    """A policy as the simulator names it: a managed one by its name, an inline one as `user_alice_policy-name`."""
    if source_name.startswith("arn:"):
        return source_name.rpartition("/")[2]
    return "_".join(source_name.split("/", 2))


def _position(position: Position) -> Answer:
    return {"Line": position.line, "Column": position.column}


@lru_cache(maxsize=1024)
def _spans(text: str) -> tuple[Span, ...]:
    return statement_spans(text)


def resource_template(action: str, resource: str) -> str:
    """The ARN format of the resource type that an ARN is of, among those of the action; `*` where there is none."""
    facts = action_facts(action)
    service = action.partition(":")[0]
    described = [resource_type(service, use.name) for use in facts.resources] if facts is not None else []
    formats = [each.arn_format for each in described if each is not None]
    fitting = [each for each in formats if compile_pattern(_FIELD.sub("*", each))(resource)]
    return max(fitting, key=lambda each: len(_FIELD.sub("", each)), default=formats[0] if formats else "*")
