"""Who can do something, directly or by assuming one role after another, and why.

The question is asked backwards: first who can do it at once, then who can become one of those roles, and so on, so that each
principal is found by its shortest way. Principals outside, whom a trust or resource policy names, are answers too; what they
may do is up to policies that are not here, so that those answers are `unknown`.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from .collector import held_collector
from .compile import CompiledPrincipal, CompiledResourcePolicy
from .context import AuthorizationRequest, ContextValue, Scope
from .decision import Decision, Verdict
from .estate import Estate, Member, Relevance
from .evaluate import decide
from .explain import explain
from .outsiders import Outsider, outsiders_of
from .sample_context import sample_values

ASSUME_ROLE = "sts:AssumeRole"


class Certainty(enum.StrEnum):
    """How sure an answer is."""

    ALLOWED = "allowed"
    CONDITIONAL = "conditional"
    """Allowed where the request has the named values of context keys."""
    UNKNOWN = "unknown"
    """It depends on policies that are not known, which the answer names."""


@dataclass(frozen=True, slots=True)
class Step:
    """One decision on the way: who does what on what, and the statements that let them."""

    principal: str
    action: str
    resource: str
    decision: Decision
    context: Mapping[str, ContextValue] = field(default_factory=dict)
    """Values that the request must have for it, beyond those of the question."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A principal that can do what was asked."""

    principal: str
    certainty: Certainty
    path: tuple[Step, ...]
    """From the principal's first step to the action itself."""
    missing: tuple[str, ...] = ()
    """The policies that are not known."""


def who_can(estate: Estate, request: AuthorizationRequest) -> list[Answer]:
    """Everybody in the estate who can make the request, and whom its policies let in from outside."""
    with held_collector():
        answers = _Search(estate, request).run()
    return sorted(answers, key=lambda answer: (len(answer.path), answer.principal))


def can(estate: Estate, member: Member, request: AuthorizationRequest) -> Decision:
    """What one member may do at once: the decision that `who_can` rests on."""
    asked = replace(request, resource_account=request.resource_account or estate.owner(request.resource))
    return decide(estate.compiled(member), asked, policy_on(estate, asked.resource))


def policy_on(estate: Estate, resource: str) -> CompiledResourcePolicy | None:
    """The policy of a resource: of a role its trust policy."""
    role = estate.find(resource) if ":role/" in resource else None
    if role is not None and role.trust is not None:
        return CompiledResourcePolicy(role.trust.compiled, must_allow=True)
    return estate.resource_policy(resource)


class _Search:
    """One question under way."""

    def __init__(self, estate: Estate, request: AuthorizationRequest) -> None:
        self._estate = estate
        self._request = replace(request, resource_account=request.resource_account or estate.owner(request.resource))
        self._policy = policy_on(estate, request.resource)
        self._missing = estate.missing(request.resource)
        self._reached: dict[str, Answer] = {}
        self._assuming = _Assumption(estate, request.context)
        self._accounts = frozenset(one.identity.account for one in estate.members if one.identity.account)

    def run(self) -> list[Answer]:
        """All answers, by the shortest ways."""
        relevance = Relevance(self._request.action)
        waiting: list[Member] = []
        for member in self._estate.members:
            answer = self._directly(member, relevance)
            if answer is not None:
                self._reached[member.arn] = answer
                if member.trust is not None:
                    waiting.append(member)
        self._outside(self._policy, Step("", self._request.action, self._request.resource, _UNDECIDED), ())
        while waiting:
            further: list[Member] = []
            for role in waiting:
                further += self._through(role)
            waiting = further
        return list(self._reached.values())

    def _directly(self, member: Member, relevance: Relevance) -> Answer | None:
        """The answer for a member that can do it at once."""
        concerned = member.is_concerned(relevance)
        if not concerned and self._policy is None and not member.missing and not _is_root(member):
            return None
        principal = self._estate.compiled(member, relevance)
        step, certainty = decided(principal, member.arn, self._request, self._policy)
        missing = (*member.missing, *self._missing)
        if step.decision.effect is Verdict.EXPLICIT_DENY:
            return None
        if step.decision.is_allowed:
            certainty = Certainty.UNKNOWN if missing else certainty
            return Answer(member.arn, certainty, (step,), missing)
        return Answer(member.arn, Certainty.UNKNOWN, (step,), member.missing) if member.missing else None

    def _through(self, role: Member) -> Iterator[Member]:
        """The roles that are newly reached by becoming `role`; other principals that can are noted."""
        onward = self._reached[role.arn]
        for member, step, certainty, missing in self._assuming.into(role, self._reached):
            worst = worse(certainty, onward.certainty)
            if not self._is_better(member, worst):
                continue
            names = tuple(dict.fromkeys((*missing, *onward.missing)))
            self._reached[member.arn] = Answer(member.arn, worst, (step, *onward.path), names)
            if member.trust is not None:
                yield member
        trust = CompiledResourcePolicy(role.trust.compiled, must_allow=True) if role.trust is not None else None
        self._outside(trust, Step("", ASSUME_ROLE, role.arn, _UNDECIDED), onward.path, onward.missing)

    def _is_better(self, member: Member, certainty: Certainty) -> bool:
        """Whether an answer is the first for a member, or surer than the one it has."""
        known = self._reached.get(member.arn)
        return known is None or _ORDER.index(certainty) < _ORDER.index(known.certainty)

    def _outside(
        self, policy: CompiledResourcePolicy | None, step: Step, path: tuple[Step, ...], missing: tuple[str, ...] = ()
    ) -> None:
        """Note whom a policy lets in from outside the estate."""
        if policy is None:
            return
        for outsider in outsiders_of(policy, step.action, step.resource, self._accounts, self._request.context):
            if outsider.name not in self._reached:
                first = Step(outsider.name, outsider.action, step.resource, outsider.decision, outsider.context)
                names = tuple(dict.fromkeys((*outsider.missing, *missing, *(() if path else self._missing))))
                certainty = _certainty(outsider, names)
                self._reached[outsider.name] = Answer(outsider.name, certainty, (first, *path), names)


class _Assumption:
    """Who can assume which role."""

    def __init__(self, estate: Estate, context: Mapping[str, ContextValue]) -> None:
        self._estate = estate
        self._context = context
        self._relevance = Relevance(ASSUME_ROLE)
        self._compiled: dict[str, CompiledPrincipal] = {}
        self._by_arn = {member.arn: member for member in estate.members}
        self._by_id = {_entity_id(member): member for member in estate.members if member.identity.user_id}
        self._able: dict[str, Member] | None = None

    def into(
        self, role: Member, known: Mapping[str, Answer]
    ) -> Iterator[tuple[Member, Step, Certainty, tuple[str, ...]]]:
        """Members not known for sure yet that can become the role, with the step and how sure it is."""
        if role.trust is None or not self._relevance.concerns(role.trust):
            return
        trust = CompiledResourcePolicy(role.trust.compiled, must_allow=True)
        asked = AuthorizationRequest(ASSUME_ROLE, role.arn, role.identity.account, self._context)
        for member in self._candidates(trust, asked):
            if member is role or _is_root(member) or _is_certain(known.get(member.arn)):
                continue
            step, certainty = decided(self._principal(member), member.arn, asked, trust)
            if step.decision.is_allowed:
                certainty = Certainty.UNKNOWN if member.missing else certainty
                yield member, step, certainty, member.missing
            elif member.missing and step.decision.effect is not Verdict.EXPLICIT_DENY and _trusts(trust, member):
                yield member, step, Certainty.UNKNOWN, member.missing

    def _candidates(self, trust: CompiledResourcePolicy, asked: AuthorizationRequest) -> Iterable[Member]:
        """The members whom a trust policy could mean: those it names, or all whose own rights may reach the role."""
        named: dict[str, Member] = {}
        for statement in trust.source.candidates(ASSUME_ROLE.lower())[1]:
            element = statement.principal
            if element is None or element.negated or element.everyone or "*" in element.aws:
                return self._estate.members
            for name in element.aws:
                if name.isdigit() or name.endswith(":root"):
                    named |= {arn: one for arn, one in self._with_rights().items() if self._may_reach(one, asked)}
                elif (member := self._by_arn.get(name) or self._by_id.get(name)) is not None:
                    named[member.arn] = member
        return named.values()

    def _with_rights(self) -> dict[str, Member]:
        """The members whose own policies may let them assume roles."""
        if self._able is None:
            members = self._estate.members
            self._able = {one.arn: one for one in members if one.missing or self._may_assume(one)}
        return self._able

    def _may_assume(self, member: Member) -> bool:
        if not member.is_concerned(self._relevance):
            return False
        return any(source.candidates(ASSUME_ROLE.lower())[1] for source in self._principal(member).identity_sources)

    def _may_reach(self, member: Member, asked: AuthorizationRequest) -> bool:
        """Whether an Allow of the member's own about assuming roles is about this one."""
        if member.missing:
            return True
        principal = self._principal(member)
        scope, action = Scope(principal.context, asked), ASSUME_ROLE.lower()
        return any(
            one.resource_matches is None or one.resource_matches(asked.resource, scope)
            for source in principal.identity_sources
            for one in source.candidates(action)[1]
        )

    def _principal(self, member: Member) -> CompiledPrincipal:
        compiled = self._compiled.get(member.arn)
        if compiled is None:
            compiled = self._compiled[member.arn] = self._estate.compiled(member, self._relevance)
        return compiled


_ORDER = (Certainty.ALLOWED, Certainty.CONDITIONAL, Certainty.UNKNOWN)
_UNDECIDED = Decision(Verdict.IMPLICIT_DENY, None)


def decided(
    principal: CompiledPrincipal,
    name: str,
    request: AuthorizationRequest,
    policy: CompiledResourcePolicy | None,
) -> tuple[Step, Certainty]:
    """A step by `name`, and whether it is allowed as the request is or with further context that its policies ask for."""
    decision = decide(principal, request, policy)
    step = Step(name, request.action, request.resource, decision)
    if decision.effect is not Verdict.IMPLICIT_DENY or not _lacks_keys(principal, request, policy):
        return step, Certainty.ALLOWED
    more = sample_values(explain(principal, request, policy), request)
    if not more:
        return step, Certainty.ALLOWED
    with_more = decide(principal, replace(request, context={**request.context, **more}), policy)
    if not with_more.is_allowed:
        return step, Certainty.ALLOWED
    return Step(name, request.action, request.resource, with_more, more), Certainty.CONDITIONAL


def _lacks_keys(
    principal: CompiledPrincipal, request: AuthorizationRequest, policy: CompiledResourcePolicy | None
) -> bool:
    """Whether an Allow about the request asks for keys that it does not have, which is when a closer look is worth it."""
    action, scope = request.action.lower(), Scope(principal.context, request)
    levels = (source for level in principal.scps for source in level)
    on_resource = () if policy is None else (policy.source,)
    for source in (*principal.identity_sources, *(principal.boundary or ()), *on_resource, *levels):
        for one in source.candidates(action)[1]:
            if any(scope.get(held.condition.key.lower()) is None for held in one.conditions) and (
                one.resource_matches is None or one.resource_matches(request.resource, scope)
            ):
                return True
    return False


def _trusts(trust: CompiledResourcePolicy, member: Member) -> bool:
    """Whether an Allow of a trust policy means a member in any way."""
    principal = member.compiled((), (), None if not member.policies else Relevance(""))
    return any(principal.reached_by(one) for one in trust.source.candidates(ASSUME_ROLE.lower())[1])


def worse(one: Certainty, other: Certainty) -> Certainty:
    """The less sure of two."""
    return max(one, other, key=_ORDER.index)


def _is_certain(answer: Answer | None) -> bool:
    return answer is not None and answer.certainty is Certainty.ALLOWED


def _certainty(outsider: Outsider, missing: tuple[str, ...]) -> Certainty:
    if missing:
        return Certainty.UNKNOWN
    return Certainty.CONDITIONAL if outsider.context else Certainty.ALLOWED


def _is_root(member: Member) -> bool:
    return member.arn.endswith(":root")


def _entity_id(member: Member) -> str:
    return (member.identity.user_id or "").partition(":")[0]
