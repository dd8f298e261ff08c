"""SimulateCustomPolicy and SimulatePrincipalPolicy: what the policies would decide, with the evaluator that enforces them.

Beyond AWS's simulator a role's trust policy takes part where the simulated resource is a role of the account: a principal
that may call sts:AssumeRole, but whom the role does not trust, is not `allowed`. Where AWS refuses a resource policy for
roles, it is evaluated here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.policy import (
    AuthorizationRequest,
    CompiledPrincipal,
    CompiledResourcePolicy,
    ContextValue,
    compile_levels,
    compile_resource_policy,
)
from garrison.policy.simulation import simulate
from garrison.services.iam import simulation_inputs as inputs
from garrison.services.iam.paging import max_items, page_of
from garrison.services.iam.principals import trust_policy_of
from garrison.services.iam.resources import Group
from garrison.services.iam.service import service
from garrison.services.iam.simulation_answers import evaluation_result
from garrison.services.iam.simulation_subject import (
    compiled_entity,
    compiled_sources,
    entity_of_arn,
    exclusions,
    iam_entity,
    invalid,
    named_identity,
    subject,
)

if TYPE_CHECKING:
    from types_boto3_iam import type_defs as shapes

    from garrison.services.call import Call

Answer = dict[str, Any]
Request = Mapping[str, Any]
PolicyOf = Callable[[str], CompiledResourcePolicy | None]


@dataclass(frozen=True, slots=True)
class _Simulation:
    """Everything that one call simulates with."""

    principal: CompiledPrincipal
    resources: list[str]
    owner: str | None
    policy_of: PolicyOf
    context: dict[str, ContextValue]

    def result(self, action: str) -> Answer:
        """The result of one action on all the resources."""
        found = [(resource, simulate(*self._question(action, resource))) for resource in self.resources or ["*"]]
        return evaluation_result(action, found, has_resources=bool(self.resources))

    def _question(
        self, action: str, resource: str
    ) -> tuple[CompiledPrincipal, AuthorizationRequest, CompiledResourcePolicy | None]:
        arn = parse_arn(resource)
        owner = (arn.account if arn is not None else "") or self.owner
        return self.principal, AuthorizationRequest(action, resource, owner, self.context), self.policy_of(resource)


@service.operation("SimulateCustomPolicy", needs={"iam:SimulateCustomPolicy": "*"})
def simulate_custom_policy(call: Call, request: shapes.SimulateCustomPolicyRequestTypeDef) -> Answer:
    """Decide actions by the policies that the request brings, and by nothing of the account."""
    context, resources = inputs.context(request), inputs.resources(request)
    given = inputs.resource_policy(request, resources)
    if given is not None and "CallerArn" not in request:
        raise invalid("CallerArn is required where ResourcePolicy is given.")
    boundary = inputs.boundary_source(request)
    identity = named_identity(call.unit, call, request.get("CallerArn"))
    principal = subject(
        identity,
        compiled_sources(inputs.input_sources(request, "PolicyInputList")),
        boundary=None if boundary is None else compiled_sources([boundary]),
        scps=compile_levels(inputs.organization_levels(request)),
        rcps=(),
        context=context,
    )
    owner = inputs.resource_owner(request, identity.account)
    return _answer(call, request, _Simulation(principal, resources, owner, lambda resource: given, context))


@service.operation(
    "SimulatePrincipalPolicy",
    needs={"iam:SimulatePrincipalPolicy": lambda call, request: request["PolicySourceArn"]},
)
def simulate_principal_policy(call: Call, request: shapes.SimulatePrincipalPolicyRequestTypeDef) -> Answer:
    """Decide actions by the policies that a user, group or role has, with those that the request adds or leaves out."""
    entity = entity_of_arn(call, request["PolicySourceArn"])
    context, resources = inputs.context(request), inputs.resources(request)
    given = inputs.resource_policy(request, resources)
    caller_arn = request.get("CallerArn")
    if given is not None and caller_arn is None and isinstance(entity, Group):
        raise invalid("CallerArn is required where ResourcePolicy is given and PolicySourceArn is a group.")
    present = compiled_entity(call, entity)
    principal = _changed(call, request, present, caller_arn, context)
    owner = inputs.resource_owner(request, principal.identity.account)

    def policy_of(resource: str) -> CompiledResourcePolicy | None:
        if given is not None or not inputs.is_role(resource):
            return given
        trust = trust_policy_of(call.unit, resource)
        return compile_resource_policy(trust) if trust is not None else None

    return _answer(call, request, _Simulation(principal, resources, owner, policy_of, context))


def _changed(
    call: Call, request: Request, present: CompiledPrincipal, caller_arn: str | None, context: dict[str, ContextValue]
) -> CompiledPrincipal:
    """The caller with the policies that the request adds, replaces and leaves out."""
    excludes, types = exclusions(request.get("PolicyExclusionList") or ())
    added = compiled_sources(inputs.input_sources(request, "PolicyInputList"))
    kept = tuple(source for source in present.identity_sources if not excludes(source.name))
    boundary = None if "permission-boundary" in types else present.boundary
    replaced = inputs.boundary_source(request)
    identity = present.identity
    if caller_arn is not None and iam_entity(caller_arn, "CallerArn"):
        identity = named_identity(call.unit, call, caller_arn)
    return subject(
        identity,
        (*kept, *added),
        boundary=boundary if replaced is None else compiled_sources([replaced]),
        scps=() if "scp" in types else present.scps,
        rcps=() if "rcp" in types else present.rcps,
        context=context,
    )


def _answer(call: Call, request: Request, simulation: _Simulation) -> Answer:
    limit = min(max_items(request), max(1, inputs.MOST_PAIRS // max(1, len(simulation.resources))))
    return page_of(
        call,
        {**request, "MaxItems": limit},
        "EvaluationResults",
        list(enumerate(inputs.actions(request))),
        key=lambda numbered: f"{numbered[0]:09}",
        render=lambda numbered: simulation.result(numbered[1]),
    )
