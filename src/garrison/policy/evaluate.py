"""AWS's order of evaluation: one explicit deny anywhere ends it, then every ceiling and a grant must allow.

Source: IAM user guide, "How AWS enforcement code logic evaluates requests to allow or deny access", "Policy evaluation for
requests within a single account" and "Cross-account policy evaluation logic"; Organizations user guide, "SCP evaluation".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from .actions import supports_resource_controls
from .compile import CompiledPrincipal, CompiledResourcePolicy, Levels
from .context import AuthorizationRequest, Scope
from .decision import Decision, MatchedStatement, Verdict
from .document import PolicyKind
from .principals import Grant
from .sources import CompiledSource, CompiledStatement

UNDENIABLE_ACTIONS = frozenset({"sts:GetCallerIdentity"})
"""Need no permission, and no policy can deny them (STS API reference, GetCallerIdentity): the gateway does not ask."""

_ROOT_ALLOWED = Decision(Verdict.ALLOW, None)
_NOTHING_ALLOWS = {kind: Decision(Verdict.IMPLICIT_DENY, kind) for kind in PolicyKind}


def decide(
    principal: CompiledPrincipal,
    request: AuthorizationRequest,
    resource_policy: CompiledResourcePolicy | None = None,
    resource_controls: Levels | None = None,
) -> Decision:
    """Decide one request.

    `resource_controls` are the RCP levels of the account that owns the resource; left out, the caller's own are used for
    its own account's resources and none for another's. RCPs matter only to services that take part in them
    (`actions.supports_resource_controls`); whoever gives them leaves them out for the others.
    """
    return _Question(principal, request, resource_policy, resource_controls).answer()


class RememberedDecisions:
    """Decisions that no value of the context had a part in: such a question always has the same answer.

    Principals and policies are part of the question as they are compiled, and those never change: other policies are other
    questions. Shared by threads: each step is one operation on a dict.
    """

    __slots__ = ("_kept", "_most")

    def __init__(self, most: int = 2048) -> None:
        self._most = most
        self._kept: dict[tuple[object, ...], Decision] = {}

    def decide(
        self,
        principal: CompiledPrincipal,
        request: AuthorizationRequest,
        policy: CompiledResourcePolicy | None,
        controls: Levels,
    ) -> Decision:
        """The same as `decide`."""
        if request.unsupplied:
            return decide(principal, request, policy, controls)
        on_resource = None if policy is None else (policy.source, policy.must_allow)
        place = (principal, request.action, request.resource, request.resource_account, on_resource, controls)
        found = self._kept.get(place)
        if found is None:
            question = _Question(principal, request, policy, controls)
            found = question.answer()
            if not question.scope.was_asked:
                if len(self._kept) >= self._most:
                    self._kept.clear()
                self._kept[place] = found
        return found


def decide_many(
    principals: Iterable[CompiledPrincipal], requests: Sequence[AuthorizationRequest]
) -> Iterator[list[Decision]]:
    """For each principal in turn, its decisions on all the requests; nothing is kept between principals."""
    for principal in principals:
        yield [decide(principal, request) for request in requests]


def is_same_account(principal: CompiledPrincipal, request: AuthorizationRequest) -> bool:
    """Whether the resource belongs to the caller's account."""
    return request.resource_account is None or request.resource_account == principal.identity.account


def controls_over(principal: CompiledPrincipal, request: AuthorizationRequest, controls: Levels | None) -> Levels:
    """The RCPs that reach a request; a service-linked role's are none."""
    if principal.identity.is_service_linked:
        return ()
    if controls is None:
        takes_part = is_same_account(principal, request) and principal.rcps
        return principal.rcps if takes_part and supports_resource_controls(request.action.partition(":")[0]) else ()
    return controls


class _Question:
    """One request on its way through the order of evaluation."""

    __slots__ = ("action", "controls", "policy", "principal", "resource", "same_account", "scope")

    def __init__(
        self,
        principal: CompiledPrincipal,
        request: AuthorizationRequest,
        policy: CompiledResourcePolicy | None,
        controls: Levels | None,
    ) -> None:
        self.principal = principal
        self.policy = policy
        self.action = request.action.lower()
        self.resource = request.resource
        self.same_account = is_same_account(principal, request)
        self.scope = Scope(principal.context, request)
        self.controls = controls_over(principal, request, controls)

    def answer(self) -> Decision:
        """The decision."""
        return self.explicit_deny() or self.missing_control() or self.granted()

    def explicit_deny(self) -> Decision | None:
        """The first statement of any policy that denies."""
        on_resource = () if self.policy is None else (self.policy.source,)
        for sources in (*self.controls, self.principal.held, on_resource):
            for source in sources:
                for statement in source.candidates(self.action)[0]:
                    if self.principal.reached_by(statement) and statement.applies(self.resource, self.scope):
                        return statement.as_deny
        return None

    def missing_control(self) -> Decision | None:
        """The implicit deny of an organization's policies: some level has none that allows."""
        for levels, kind in ((self.controls, PolicyKind.RCP), (self.principal.scps, PolicyKind.SCP)):
            for level in levels:
                if self._allowing(level) is None:
                    return _NOTHING_ALLOWS[kind]
        return None

    def granted(self) -> Decision:
        """Whether a grant and the ceilings over it allow, once no explicit deny and no organization stands against it."""
        by_resource, strength = self._resource_grant()
        policy_kind = self.policy.source.kind if self.policy is not None else PolicyKind.RESOURCE
        if not self.principal.has_account:
            return by_resource.as_allow if by_resource else _NOTHING_ALLOWS[policy_kind]
        suffices = by_resource is not None and (self.same_account or by_resource.statement.is_grant)
        if by_resource and suffices and strength is Grant.DIRECT:
            return by_resource.as_allow
        if self.same_account and by_resource is None and self.policy is not None and self.policy.must_allow:
            return _NOTHING_ALLOWS[policy_kind]
        return self._granted_by_account(by_resource, strength, policy_kind)

    def _granted_by_account(
        self, by_resource: CompiledStatement | None, strength: Grant, policy_kind: PolicyKind
    ) -> Decision:
        """The caller's account has to allow; another account's resource has to allow as well."""
        principal = self.principal
        is_grant = by_resource is not None and by_resource.statement.is_grant
        stands_in = (self.same_account or is_grant) and strength is Grant.ENTITY
        by_identity = by_resource if stands_in else self._allowing(principal.identity_sources)
        if by_identity is None and not principal.is_root:
            return _NOTHING_ALLOWS[PolicyKind.IDENTITY]
        deciding = [by_identity] if by_identity else []
        for ceiling, kind in ((principal.boundary, PolicyKind.BOUNDARY), (principal.session, PolicyKind.SESSION)):
            if ceiling is not None:
                within = self._allowing(ceiling)
                if within is None:
                    return _NOTHING_ALLOWS[kind]
                deciding.append(within)
        if not self.same_account:
            if by_resource is None:
                return _NOTHING_ALLOWS[policy_kind]
            if by_resource not in deciding:
                deciding.append(by_resource)
        return _allowed(deciding)

    def _resource_grant(self) -> tuple[CompiledStatement | None, Grant]:
        """The strongest Allow of the resource's policy that reaches the caller."""
        best: CompiledStatement | None = None
        strength = Grant.NONE
        if self.policy is None:
            return best, strength
        for statement in self.policy.source.candidates(self.action)[1]:
            reached = self.principal.reached_by(statement)
            if reached > strength and statement.applies(self.resource, self.scope):
                best, strength = statement, reached
                if reached is Grant.DIRECT:
                    break
        return best, strength

    def _allowing(self, sources: Iterable[CompiledSource]) -> CompiledStatement | None:
        action, resource, scope = self.action, self.resource, self.scope
        for source in sources:
            for statement in source.candidates(action)[1]:
                if statement.applies(resource, scope):
                    return statement
        return None


def _allowed(deciding: list[CompiledStatement]) -> Decision:
    if len(deciding) == 1:
        return deciding[0].as_allow
    if not deciding:
        return _ROOT_ALLOWED
    statements: tuple[MatchedStatement, ...] = tuple(statement.matched for statement in deciding)
    return Decision(Verdict.ALLOW, statements[0].kind, statements)
