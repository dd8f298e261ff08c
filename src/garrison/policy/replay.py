"""What a policy that is not in force would have changed: the decision on a past request with it, and without.

A draft is added beside the policies that there are, or takes the place of one. A request counts as changed where the
draft alone turns it: both decisions are made with the same other policies. Where something is not known (`supposing`), a
change that is not certain is undetermined, with the names of what was missing.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field

from .compile import CompiledPrincipal, CompiledResourcePolicy, Levels
from .context import AuthorizationRequest, Scope
from .decision import Decision
from .document import Document, PolicyKind, Source
from .evaluate import decide
from .identity import PrincipalIdentity
from .parse import parse_document
from .sources import CompiledSource, compile_source
from .supposing import Suppositions

_FULL_ACCESS = compile_source(
    Source(
        PolicyKind.SCP,
        "FullAWSAccess",
        parse_document(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}', PolicyKind.SCP
        ),
    )
)
"""What stands on every level of an organization until somebody takes it away (Organizations User Guide, "SCP evaluation")."""
_KINDS = frozenset({PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SCP, PolicyKind.RESOURCE, PolicyKind.TRUST})
_MOST_CALLERS = 10_000
"""Callers whose policies with the draft are kept; beyond it they are made anew."""
_ON_RESOURCES = frozenset({PolicyKind.RESOURCE, PolicyKind.TRUST})


class Change(enum.StrEnum):
    """What a draft does to a request."""

    NEWLY_DENIED = "newlyDenied"
    NEWLY_ALLOWED = "newlyAllowed"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A request that a draft changes."""

    change: Change
    before: Decision
    after: Decision
    missing: tuple[str, ...] = ()
    """What would have to be known: condition keys in lower case, `resource`."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A policy that is not in force."""

    kind: PolicyKind
    name: str
    text: str | None
    """The document; None for one that is taken away."""
    applies_to: Callable[[PrincipalIdentity], bool] = lambda identity: True
    """Whether it hangs on a caller: for identity policies, boundaries and SCPs."""
    resource: str | None = None
    """The ARN of the resource that it hangs on: for resource and trust policies."""
    replaces: str | None = None
    """The name of the policy whose place it takes; None where it is added."""


@dataclass(slots=True)
class PolicyReplay:
    """A draft, asked about one request after another. Raises `MalformedPolicy` and `ValueError` for what is no draft."""

    draft: Draft
    suppositions: Suppositions | None = None
    """Given where requests come with gaps."""
    _made: CompiledSource | None = field(init=False, default=None)
    _changed: dict[int, tuple[CompiledPrincipal, CompiledPrincipal]] = field(init=False, default_factory=dict)
    _concerned: dict[str, bool] = field(init=False, default_factory=dict)
    _worlds: dict[tuple[int, bool], tuple[CompiledPrincipal, CompiledPrincipal]] = field(
        init=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        draft = self.draft
        if draft.kind not in _KINDS:
            raise ValueError(f"a {draft.kind} policy is not replayed")
        if (draft.kind in _ON_RESOURCES) is (draft.resource is None):
            raise ValueError("a resource or trust policy, and none else, needs its resource")
        if draft.text is not None:
            self._made = compile_source(Source(draft.kind, draft.name, parse_document(draft.text, draft.kind)))

    @property
    def document(self) -> Document | None:
        """The draft as it was read; None where a policy is taken away."""
        return self._made.document if self._made is not None else None

    def concerns(self, action: str, resource: str) -> bool:
        """Whether the draft could change anything about an action; quick, and where in doubt yes."""
        if self.draft.resource is not None:
            return resource == self.draft.resource
        if self.draft.replaces is not None or self.draft.kind is PolicyKind.BOUNDARY or self._made is None:
            return True
        found = self._concerned.get(action)
        if found is None:
            found = self._concerned[action] = any(self._made.candidates(action.lower()))
        return found

    def outcome(
        self,
        principal: CompiledPrincipal,
        request: AuthorizationRequest,
        policy: CompiledResourcePolicy | None = None,
        controls: Levels | None = None,
    ) -> Outcome | None:
        """What the draft changes about a request; None where nothing.

        `principal` may come again: what is made of it is kept, and its `context` is looked at anew each time.
        """
        changed, new_policy = self._with_draft(principal), self._policy(policy, request.resource)
        if changed is principal and new_policy is policy:
            return None
        if self.suppositions is None:
            before, after = decide(principal, request, policy, controls), decide(changed, request, new_policy, controls)
            return None if before.is_allowed == after.is_allowed else Outcome(_change(after), before, after)
        return self._supposed((principal, policy), (changed, new_policy), request, controls)

    def _supposed(
        self,
        old: tuple[CompiledPrincipal, CompiledResourcePolicy | None],
        new: tuple[CompiledPrincipal, CompiledResourcePolicy | None],
        request: AuthorizationRequest,
        controls: Levels | None,
    ) -> Outcome | None:
        suppositions = self.suppositions
        assert suppositions is not None
        suppositions.asked.clear()
        pairs = []
        for generous in (False, True):
            levels = None if controls is None else suppositions.levels(controls, generous=generous)
            pairs.append(
                tuple(
                    decide(
                        self._world(principal, generous),
                        request,
                        suppositions.policy(policy, generous=generous),
                        levels,
                    )
                    for principal, policy in (old, new)
                )
            )
        (before, after), (generous_before, generous_after) = pairs
        missing = tuple(sorted(suppositions.asked))
        before_is_certain = before.is_allowed == generous_before.is_allowed
        if before_is_certain and after.is_allowed == generous_after.is_allowed:
            return None if before.is_allowed == after.is_allowed else Outcome(_change(after), before, after)
        # Uncertain before and after alike may still be a change, unless the draft has nothing to say.
        return Outcome(Change.UNDETERMINED, before, after, missing) if self._may_speak(old[0], request) else None

    def _may_speak(self, principal: CompiledPrincipal, request: AuthorizationRequest) -> bool:
        """Whether, whatever is unknown, a statement of the draft could apply."""
        if self.draft.replaces is not None or self.draft.kind is PolicyKind.BOUNDARY or self._made is None:
            return True
        assert self.suppositions is not None
        scope = Scope(principal.context, request)
        possible = self.suppositions.possible(self._made).candidates(request.action.lower())
        return any(statement.applies(request.resource, scope) for group in possible for statement in group)

    def _world(self, principal: CompiledPrincipal, generous: bool) -> CompiledPrincipal:
        assert self.suppositions is not None
        key = id(principal), generous
        kept = self._worlds.get(key)
        if kept is None or kept[0] is not principal:
            kept = self._worlds[key] = principal, self.suppositions.principal(principal, generous=generous)
        kept[1].context = principal.context
        return kept[1]

    def _with_draft(self, principal: CompiledPrincipal) -> CompiledPrincipal:
        if self.draft.kind in _ON_RESOURCES or not self.draft.applies_to(principal.identity):
            return principal
        kept = self._changed.get(id(principal))
        if kept is None or kept[0] is not principal:
            if len(self._changed) >= _MOST_CALLERS:
                self._changed.clear()
                self._worlds.clear()
            kept = self._changed[id(principal)] = principal, self._made_of(principal)
        kept[1].context = principal.context
        return kept[1]

    def _made_of(self, principal: CompiledPrincipal) -> CompiledPrincipal:
        kind, made = self.draft.kind, self._made
        boundary, scps = principal.boundary, principal.scps
        if kind is PolicyKind.BOUNDARY:
            boundary = None if made is None else (made,)
        if kind is PolicyKind.SCP and not principal.identity.is_service_linked:
            scps = self._levels(scps or ((_FULL_ACCESS,),))
        return CompiledPrincipal(
            principal.identity,
            identity_sources=self._among(principal.identity_sources)
            if kind is PolicyKind.IDENTITY
            else principal.identity_sources,
            boundary=boundary,
            session=principal.session,
            scps=scps,
            rcps=principal.rcps,
        )

    def _levels(self, levels: Levels) -> Levels:
        """On the level of the account itself, unless it takes the place of one elsewhere."""
        if self.draft.replaces is None:
            return (*levels[:-1], self._among(levels[-1]))
        return tuple(self._among(level) for level in levels)

    def _among(self, sources: tuple[CompiledSource, ...]) -> tuple[CompiledSource, ...]:
        made = () if self._made is None else (self._made,)
        if self.draft.replaces is None:
            return (*sources, *made)
        replaced = [source.name == self.draft.replaces for source in sources]
        if not any(replaced):
            return sources
        return (*(source for source, gone in zip(sources, replaced, strict=True) if not gone), *made)

    def _policy(self, policy: CompiledResourcePolicy | None, resource: str) -> CompiledResourcePolicy | None:
        if self.draft.resource is None or self.draft.resource != resource:
            return policy
        must_allow = policy.must_allow if policy is not None else self.draft.kind is PolicyKind.TRUST
        return None if self._made is None else CompiledResourcePolicy(self._made, must_allow)


def _change(after: Decision) -> Change:
    return Change.NEWLY_ALLOWED if after.is_allowed else Change.NEWLY_DENIED
