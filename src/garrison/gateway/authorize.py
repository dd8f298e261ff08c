"""Ask the policies whether a call may be made: every action an operation needs, on every resource it names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.gateway.audit import is_enforced
from garrison.gateway.context import call_context
from garrison.policy import (
    AuthorizationRequest,
    CompiledPrincipal,
    Decision,
    Levels,
    RememberedDecisions,
    compile_levels,
    compile_resource_policy,
    denial_message,
)
from garrison.policy.actions import supports_resource_controls
from garrison.services.organizations.controls import standing_of

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.registry import Operation

_DENIED_CODES = {
    "ec2": "UnauthorizedOperation",
    "json": "AccessDeniedException",
    "rest-json": "AccessDeniedException",
    "rpc-v2-cbor": "AccessDeniedException",
}
"""The code of a refused call by error style; `AccessDenied` elsewhere."""
_DENIED_CODES_OF_SERVICES = {"sns": "AuthorizationError"}
"""Services with a code of their own."""

_decisions = RememberedDecisions()

_ORGANIZATION, _PATHS = "aws:principalorgid", "aws:principalorgpaths"
"""The organization in what a compiled principal brings into its requests."""


@dataclass(slots=True)
class Authorization:
    """How a call was decided."""

    context: dict[str, Any]
    """The condition values the last decision was made with."""
    decisions: list[tuple[str, str, Decision]] = field(default_factory=list)
    """Action, resource and decision, in the order they were asked; the last one is the refusal, if any."""
    is_audited: bool = False
    """Whether refusals are recorded only."""
    is_in_parts: bool = False
    """Whether each part of the call is decided by itself: what refuses one refuses not the call."""
    refused_parts: dict[int, tuple[str, str, Decision]] = field(default_factory=dict)
    """The decisions that refused parts, by the parts' numbers."""

    @property
    def refusal(self) -> tuple[str, str, Decision] | None:
        """The decision that refused the call."""
        return None if self.is_in_parts else self.last_refusal

    @property
    def last_refusal(self) -> tuple[str, str, Decision] | None:
        """The last decision, if it refuses."""
        if self.decisions and not self.decisions[-1][2].is_allowed and not self.lets_pass(self.decisions[-1]):
            return self.decisions[-1]
        return None

    def lets_pass(self, decided: tuple[str, str, Decision]) -> bool:
        """Whether a refusal is one that audit mode does not enforce."""
        return self.is_audited and not decided[2].is_allowed and not is_enforced(decided[0])


def authorize(
    call: Call,
    operation: Operation,
    request: Any,
    principal: CompiledPrincipal,
    of_principal: dict[str, Any],
    *,
    is_audited: bool = False,
) -> Authorization:
    """Decide every need of an operation, stopping at the first refusal that is enforced; of each part, where it has parts."""
    authorization = Authorization(call_context(call, of_principal), is_audited=is_audited)
    if operation.needs_nothing:
        return authorization
    context = authorization.context
    if operation.parts is None:
        _decide_needs(call, operation, request, principal, authorization, context)
        return authorization
    authorization.is_in_parts = True
    for number, part in enumerate(operation.parts(call, request)):
        _decide_needs(call, operation, part, principal, authorization, context)
        if authorization.last_refusal is not None:
            authorization.refused_parts[number] = authorization.last_refusal
    return authorization


def _decide_needs(
    call: Call,
    operation: Operation,
    request: Any,
    principal: CompiledPrincipal,
    authorization: Authorization,
    context: dict[str, Any],
) -> None:
    """Decide what a request needs, up to the first refusal that is enforced."""
    if operation.context is not None:
        context = {**context, **operation.context(call, request)}
    for action, resources in operation.needs.items():
        for resource in _resources(resources, call, request):
            account = _owning_account(call, operation, request, resource)
            policy = operation.resource_policy(call, request, resource) if operation.resource_policy else None
            controls = _resource_controls(call, principal, action, account)
            authorization.context = context | _of_resource(call, principal, account)
            if operation.resource_context is not None:
                authorization.context |= operation.resource_context(call, request, action, resource)
            unsupplied = operation.unsupplied(call, request, action, resource) if operation.unsupplied else frozenset()
            asked = AuthorizationRequest(action, resource, account, authorization.context, unsupplied)
            compiled = compile_resource_policy(policy) if policy else None
            decision = _decisions.decide(principal, asked, compiled, controls)
            authorization.decisions.append((action, resource, decision))
            if authorization.last_refusal is not None:
                return


def _owning_account(call: Call, operation: Operation, request: Any, resource: str) -> str:
    """The account that a resource belongs to."""
    arn = parse_arn(resource)
    if arn is not None and arn.account not in ("", "aws"):
        return arn.account
    if operation.owner is not None and resource != "*":
        return operation.owner(call, request, resource)
    # What AWS gives to every account (`arn:aws:iam::aws:policy/…`) is as good as the caller's own.
    return call.account


def _resource_controls(call: Call, principal: CompiledPrincipal, action: str, account: str) -> Levels:
    """The resource control policies over the resource's account, for the services that take part in them."""
    controls = principal.rcps
    if account != call.account:
        controls = compile_levels(standing_of(call.unit, account).rcp_levels)
    return controls if controls and supports_resource_controls(action.partition(":")[0]) else ()


def _of_resource(call: Call, principal: CompiledPrincipal, account: str) -> dict[str, Any]:
    """The condition values of the account that owns the resource."""
    if account == call.account:
        organization_id, paths = principal.context.get(_ORGANIZATION), principal.context.get(_PATHS)
    else:
        standing = standing_of(call.unit, account)
        organization_id, paths = standing.organization_id, [standing.path]
    values: dict[str, Any] = {"aws:ResourceAccount": account}
    return values | ({"aws:ResourceOrgID": organization_id, "aws:ResourceOrgPaths": paths} if organization_id else {})


def refusal_error(
    call: Call,
    style: str,
    refusal: tuple[str, str, Decision],
    encode: Callable[[], str],
) -> ApiError:
    """The service's own access-denied error for a refused call; `encode` seals EC2's authorization message."""
    action, resource, decision = refusal
    if call.principal.identity_provider is not None:
        # Whoever holds a token of theirs is not told which roles there are.
        return ApiError("AccessDenied", f"Not authorized to perform {action}", status=403)
    who = call.principal.arn or (call.principal.principal_id if call.principal.kind == "AWSService" else "")
    message = denial_message(who or "anonymous", action, resource, decision)
    if style == "ec2":
        message = f"You are not authorized to perform this operation. {message} Encoded authorization failure message: {encode()}"
    code = _DENIED_CODES_OF_SERVICES.get(call.service) or _DENIED_CODES.get(style, "AccessDenied")
    return ApiError(code, message, status=400 if style in ("json", "rpc-v2-cbor") else 403)


def _resources(resources: Any, call: Call, request: Any) -> Iterable[str]:
    found = resources(call, request) if callable(resources) else resources
    return (found,) if isinstance(found, str) else found
