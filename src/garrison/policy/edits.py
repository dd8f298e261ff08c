"""Candidate edits of policies: each lets one obstacle of a request go, in the smallest way that one edit of a policy can.

They are candidates only: `smallest_change` keeps those after which `decide` says something else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .context import ContextValue, Scope, text_of
from .decision import Decision, Verdict
from .document import Effect, PolicyKind, Statement
from .principals import Grant
from .raw_edits import adding, adding_principal, adding_value, dropping, edited, removing, removing_value
from .sources import CompiledSource, CompiledStatement
from .world import Edit, World, written

NEW_POLICY = "new-policy"
"""The name of a policy that an edit proposes to make."""
_FROM_AWS = "arn:aws:iam::aws:"
_ANOTHERS = (_FROM_AWS, "sts:")
"""Policies that nobody here can change: AWS's own, and the limits that STS puts on its sessions."""

EXACT, RELATED, SHARED, COARSE = 0, 1, 2, 4
"""How broad an edit is: for the one request alone; also for others alike; also for others who hold the policy; whole
statements or conditions dropped."""

_LISTING = (
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "ArnEquals",
    "ArnLike",
    "IpAddress",
    "NumericEquals",
)
"""Operators to which a value can be added so that it is accepted; their negations are widened by the same addition."""
_NEGATED = {
    "StringNotEquals",
    "StringNotEqualsIgnoreCase",
    "StringNotLike",
    "ArnNotEquals",
    "ArnNotLike",
    "NotIpAddress",
    "NumericNotEquals",
}


def towards_allow(world: World, decision: Decision) -> Iterator[Edit]:
    """Edits that let the obstacle of a denied request go."""
    if decision.effect is Verdict.EXPLICIT_DENY:
        yield from _around_deny(world, decision)
    elif decision.policy_kind in (PolicyKind.RESOURCE, PolicyKind.TRUST):
        yield from _on_resource(world, decision.policy_kind)
    else:
        yield from _grants(world, decision.policy_kind or PolicyKind.IDENTITY)


def towards_deny(world: World, decision: Decision) -> Iterator[Edit]:
    """Edits that stop an allowed request."""
    yield from _new_deny(world)
    for matched in decision.statements:
        source = world.find((matched.kind, matched.source))
        if source is None or not _is_ours(source):
            continue
        statement = source.statements[matched.index].statement
        if len(statement.actions) > 1 and (name := _exact(statement.actions, world.request.action)):
            yield edited(source, statement, f"take {name} out of it", removing("Action", name), RELATED)
        yield edited(source, statement, "take the statement away", None, COARSE)


def _around_deny(world: World, decision: Decision) -> Iterator[Edit]:
    matched = decision.statements[0]
    source = world.find((matched.kind, matched.source))
    if source is None or not _is_ours(source):
        return
    compiled = source.statements[matched.index]
    statement, request = compiled.statement, world.request
    breadth = RELATED + _shared(source)
    if statement.not_action:
        yield edited(source, statement, f"except {request.action}", adding("NotAction", request.action), breadth)
    elif len(statement.actions) > 1 and (name := _exact(statement.actions, request.action)):
        yield edited(source, statement, f"no longer deny {name}", removing("Action", name), breadth)
    if statement.not_resource:
        yield edited(source, statement, f"except {request.resource}", adding("NotResource", request.resource), breadth)
    elif len(statement.resources) > 1 and request.resource in statement.resources:
        summary = f"no longer deny it on {request.resource}"
        yield edited(source, statement, summary, removing("Resource", request.resource), breadth)
    yield from _excepting_caller(world, source, statement)
    yield from _by_conditions(world, source, compiled, unmet=False)
    if source.kind in (PolicyKind.BOUNDARY, PolicyKind.SESSION) and len(source.statements) == 1:
        yield _turned(world, source, statement)
    else:
        yield edited(source, statement, "take the statement away", None, COARSE + breadth)


def _turned(world: World, source: CompiledSource, statement: Statement) -> Edit:
    """The one statement of a ceiling, allowing the request where it denied: without it no ceiling would be left at all."""
    allowing = _new_statement(world, source.kind)

    def change(raw: dict[str, Any]) -> None:
        raw.clear()
        raw.update(allowing)

    summary = f"allow {world.request.action} on {world.request.resource} instead"
    return edited(source, statement, summary, change, RELATED + _shared(source))


def _excepting_caller(world: World, source: CompiledSource, statement: Statement) -> Iterator[Edit]:
    """A condition that spares the caller alone; a policy that only the caller holds would say less by saying nothing."""
    arn = world.principal.identity.principal_arn
    taken = {(condition.written_operator, condition.key.lower()) for condition in statement.conditions}
    if arn is None or ("ArnNotEquals", "aws:principalarn") in taken:
        return

    def change(raw: dict[str, Any]) -> None:
        raw.setdefault("Condition", {}).setdefault("ArnNotEquals", {})["aws:PrincipalArn"] = arn

    if _shared(source) or source.kind in (PolicyKind.SCP, PolicyKind.RCP, PolicyKind.RESOURCE):
        yield edited(source, statement, f"except {arn}", change, RELATED)


def _grants(world: World, kind: PolicyKind) -> Iterator[Edit]:
    """Edits after which a policy of this kind allows the request."""
    level = _silent_level(world, kind)
    for source in world.sources():
        if source.kind is not kind or not _is_ours(source) or (level is not None and source.name not in level[1]):
            continue
        for compiled in source.statements:
            if compiled.effect is Effect.ALLOW:
                yield from _widened(world, source, compiled)
        yield _appended(world, source, _new_statement(world, kind))
    if kind is PolicyKind.IDENTITY and _can_hold_policies(world):
        yield _new_policy(world, kind, _new_statement(world, kind), "add an inline policy")
    elif level is not None:
        statement = _new_statement(world, kind)
        if kind is PolicyKind.RCP:
            statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
        yield _new_policy(world, kind, statement, "attach a policy to the level that allows nothing", level[0])


def _widened(world: World, source: CompiledSource, compiled: CompiledStatement) -> Iterator[Edit]:
    """An Allow statement that falls short in one respect, made to reach the request."""
    request, statement = world.request, compiled.statement
    scope = Scope(world.principal.context, request)
    about_action = compiled in source.candidates(request.action.lower())[1]
    about_resource = compiled.resource_matches is None or compiled.resource_matches(request.resource, scope)
    in_context = all(condition.holds(scope) for condition in compiled.conditions)
    shared = _shared(source)
    if about_action and in_context and not about_resource:
        alone = EXACT if {action.lower() for action in statement.actions} == {request.action.lower()} else RELATED
        if statement.not_resource and request.resource in statement.resources and len(statement.resources) > 1:
            yield edited(
                source,
                statement,
                f"no longer except {request.resource}",
                removing("NotResource", request.resource),
                alone + shared,
            )
        elif not statement.not_resource:
            yield edited(
                source, statement, f"add {request.resource}", adding("Resource", request.resource), alone + shared
            )
    elif about_resource and in_context and not about_action:
        alone = EXACT if statement.resources == (request.resource,) else RELATED
        if not statement.not_action:
            yield edited(source, statement, f"add {request.action}", adding("Action", request.action), alone + shared)
    elif about_action and about_resource:
        yield from _by_conditions(world, source, compiled, unmet=True)


def _by_conditions(world: World, source: CompiledSource, compiled: CompiledStatement, *, unmet: bool) -> Iterator[Edit]:
    """Edits of the conditions that stand in the way: those of an Allow that are unmet, or those that make a Deny apply."""
    scope = Scope(world.principal.context, world.request)
    statement, breadth = compiled.statement, RELATED + _shared(source)
    standing = [held.condition for held in compiled.conditions if held.holds(scope) is not unmet]
    if unmet and len(standing) > 1:
        return
    for condition in standing:
        operator, key = condition.written_operator, condition.key
        actual = scope.get(key.lower())
        values = _texts(actual)
        widens = condition.operator in (_LISTING if unmet else _NEGATED)
        if widens and len(values) == 1:
            summary = f"let {key} be {values[0]}"
            yield edited(source, statement, summary, adding_value(operator, key, values[0]), breadth)
        if not unmet and len(condition.values) > 1 and len(values) == 1 and values[0] in condition.values:
            summary = f"no longer deny it where {key} is {values[0]}"
            yield edited(source, statement, summary, removing_value(operator, key, values[0]), breadth)
        if unmet:
            yield edited(source, statement, f"drop the condition on {key}", dropping(operator, key), COARSE + breadth)


def _on_resource(world: World, kind: PolicyKind) -> Iterator[Edit]:
    """Edits of the resource's own policy after which it allows the caller."""
    principal = _principal_name(world)
    if principal is None:
        return
    policy = world.resource_policy
    statement = _new_statement(world, kind) | {"Principal": principal}
    if policy is None:
        yield _new_policy(world, kind, statement, "give the resource a policy")
        return
    source = policy.source
    scope = Scope(world.principal.context, world.request)
    for compiled in source.candidates(world.request.action.lower())[1]:
        reached = world.principal.reached_by(compiled) is not Grant.NONE
        if not reached and compiled.applies(world.request.resource, scope):
            named = compiled.statement.principal
            if named is not None and not named.negated and not named.everyone:
                breadth = EXACT if len(compiled.statement.actions) == 1 else RELATED
                yield edited(
                    source, compiled.statement, f"trust {_only(principal)}", adding_principal(principal), breadth
                )
        elif reached:
            yield from _widened(world, source, compiled)
    yield _appended(world, source, statement)


def _new_statement(world: World, kind: PolicyKind) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": world.request.action}
    if kind is not PolicyKind.TRUST:
        statement["Resource"] = world.request.resource
    return statement


def _new_deny(world: World) -> Iterator[Edit]:
    statement = {"Effect": "Deny", "Action": world.request.action, "Resource": world.request.resource}
    if _can_hold_policies(world):
        for source in world.principal.identity_sources:
            if _is_ours(source) and not _shared(source):
                yield _appended(world, source, statement)
        yield _new_policy(world, PolicyKind.IDENTITY, statement, "add an inline policy")
    principal, policy = _principal_name(world), world.resource_policy
    if policy is not None and principal is not None:
        if policy.source.kind is PolicyKind.TRUST:
            del statement["Resource"]
        yield _appended(world, policy.source, statement | {"Principal": principal})


def _new_policy(
    world: World, kind: PolicyKind, statement: dict[str, Any], summary: str, level: int | None = None
) -> Edit:
    document = written({"Version": "2012-10-17", "Statement": [statement]})
    name = NEW_POLICY if kind is not PolicyKind.TRUST else world.request.resource
    return Edit(kind, name, summary, None, document, EXACT if level is None else SHARED, level)


def _appended(world: World, source: CompiledSource, statement: dict[str, Any]) -> Edit:
    document = json.loads(source.document.text)
    present = document["Statement"]
    document["Statement"] = [*(present if isinstance(present, list) else [present]), statement]
    summary = f"add a statement to {source.name}"
    return Edit(source.kind, source.name, summary, source.document.text, written(document), EXACT + _shared(source))


def _only(principal: dict[str, str]) -> str:
    return next(iter(principal.values()))


def _exact(actions: tuple[str, ...], action: str) -> str | None:
    """How a list of actions writes an action that it names without wildcards."""
    return next((name for name in actions if name.lower() == action.lower()), None)


def _texts(value: ContextValue | None) -> list[str]:
    if value is None:
        return []
    if isinstance(value, (list, tuple)):
        return [text_of(one) for one in value]
    return [text_of(value)]  # type: ignore[arg-type]


def _is_ours(source: CompiledSource) -> bool:
    return not source.name.startswith(_ANOTHERS)


def _shared(source: CompiledSource) -> int:
    """How much broader an edit is where others hold the same policy: a managed one, a group's, an organization's."""
    managed = source.name.startswith("arn:") and source.kind in (PolicyKind.IDENTITY, PolicyKind.BOUNDARY)
    if managed or source.name.startswith("group/") or source.kind in (PolicyKind.SCP, PolicyKind.RCP):
        return SHARED
    return EXACT


def _can_hold_policies(world: World) -> bool:
    return world.principal.has_account and not world.principal.is_root


def _principal_name(world: World) -> dict[str, str] | None:
    """The caller as a Principal element names it."""
    identity = world.principal.identity
    if identity.service is not None:
        return {"Service": identity.service}
    if not identity.belongs_to_account:
        return {"Federated": identity.provider} if identity.provider else None
    arn = identity.role_arn or identity.arn
    return {"AWS": arn} if arn else None


def _silent_level(world: World, kind: PolicyKind) -> tuple[int, frozenset[str]] | None:
    """The first level of the organization whose policies do not allow the request, and their names."""
    levels = {PolicyKind.SCP: world.principal.scps, PolicyKind.RCP: world.controls}.get(kind)
    if levels is None:
        return None
    scope = Scope(world.principal.context, world.request)
    action, resource = world.request.action.lower(), world.request.resource
    for number, level in enumerate(levels):
        allowing = (one for source in level for one in source.candidates(action)[1] if one.applies(resource, scope))
        if next(allowing, None) is None:
            return number, frozenset(source.name for source in level)
    return None
