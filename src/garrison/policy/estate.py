"""Everybody who could ask, with their policies as texts: parsed and compiled only where they may matter to a question.

An account of thousands of principals holds tens of thousands of policies, and a question concerns few of them. What a policy
says about actions is read quickly; a policy none of whose statements is about the action changes no decision on it, so it is
left out of what is compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from .compile import CompiledPrincipal, CompiledResourcePolicy, Levels
from .document import PolicyKind, Source
from .glob import compile_pattern
from .identity import PrincipalIdentity
from .malformed import SYNTAX, MalformedPolicy
from .parse import parse_document
from .sources import CompiledSource, compile_source

Strings = str | list[str]


class _Actions(msgspec.Struct):
    """What a statement says about actions; everything else is skipped."""

    action: Strings | None = msgspec.field(default=None, name="Action")
    not_action: Strings | None = msgspec.field(default=None, name="NotAction")


class _Document(msgspec.Struct):
    statement: _Actions | list[_Actions] = msgspec.field(name="Statement")


_decoder = msgspec.json.Decoder(_Document)


class PolicyText:
    """A policy where it hangs, parsed when first needed. Share one among all who hold it."""

    __slots__ = ("_actions", "_compiled", "kind", "name", "text")

    def __init__(self, kind: PolicyKind, name: str, text: str) -> None:
        self.kind = kind
        self.name = name
        self.text = text
        self._actions: tuple[str, ...] | None = None
        self._compiled: CompiledSource | None = None

    @property
    def actions(self) -> tuple[str, ...]:
        """The patterns of its actions in lower case; `*` where a statement has NotAction."""
        if self._actions is None:
            try:
                statement = _decoder.decode(self.text).statement
            except msgspec.DecodeError:
                raise MalformedPolicy(f"{self.name}: {SYNTAX}") from None
            found: list[str] = []
            for one in statement if isinstance(statement, list) else [statement]:
                if one.action is None:
                    found.append("*")
                else:
                    found += [one.action] if isinstance(one.action, str) else one.action
            self._actions = tuple(map(str.lower, found))
        return self._actions

    @property
    def compiled(self) -> CompiledSource:
        """The policy ready for decisions. Raises MalformedPolicy."""
        if self._compiled is None:
            try:
                document = parse_document(self.text, self.kind)
            except MalformedPolicy as malformed:
                raise MalformedPolicy(f"{self.name}: {malformed.message}", malformed.place) from None
            self._compiled = compile_source(Source(self.kind, self.name, document))
        return self._compiled


class Relevance:
    """Which policies may say anything about one action; remembered for the patterns and the policies met."""

    def __init__(self, action: str) -> None:
        self._action = action.lower()
        self._patterns: dict[str, bool] = {}
        self._policies: dict[int, bool] = {}

    def concerns(self, policy: PolicyText) -> bool:
        """Whether a statement of the policy is about the action."""
        known = self._policies.get(id(policy))
        if known is None:
            known = self._policies[id(policy)] = any(map(self._matches, policy.actions))
        return known

    def _matches(self, pattern: str) -> bool:
        known = self._patterns.get(pattern)
        if known is None:
            known = self._patterns[pattern] = compile_pattern(pattern)(self._action)
        return known


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A user, a role or the root of an account."""

    arn: str
    """Of the user or role itself, not of a session."""
    identity: PrincipalIdentity
    """Of the caller: for a role, a session of it."""
    policies: tuple[PolicyText, ...] = ()
    boundary: PolicyText | None = None
    trust: PolicyText | None = None
    """Who may become it, where it is a role."""
    missing: tuple[str, ...] = ()
    """Its policies that are not known: whatever they say, it is not known what the member may do."""

    def compiled(self, scps: Levels, rcps: Levels, relevance: Relevance | None = None) -> CompiledPrincipal:
        """The member ready for decisions: with all its policies, or those that concern one action."""
        held = self.policies
        if relevance is not None:
            held = tuple(policy for policy in held if relevance.concerns(policy))
        boundary: tuple[CompiledSource, ...] | None = None
        if self.boundary is not None:
            concerned = relevance is None or relevance.concerns(self.boundary)
            boundary = (self.boundary.compiled,) if concerned else ()
        touched = not (self.identity.is_service_linked or self.identity.is_management_account)
        return CompiledPrincipal(
            self.identity,
            identity_sources=tuple(policy.compiled for policy in held),
            boundary=boundary,
            session=None,
            scps=scps if touched else (),
            rcps=rcps if touched else (),
        )

    def is_concerned(self, relevance: Relevance) -> bool:
        """Whether any policy of its own may say something about the action."""
        return any(map(relevance.concerns, self.policies))


def no_resource_policies(resource: str) -> None:
    """The policies of resources where none has one."""
    return


@dataclass(frozen=True, slots=True)
class Estate:
    """Principals of one or several accounts, and the policies around them."""

    members: tuple[Member, ...]
    resource_policy: Callable[[str], CompiledResourcePolicy | None] = no_resource_policies
    """The policy that hangs on a resource, roles apart: their trust policies are the members'."""
    resource_policies: Callable[[], Iterable[tuple[str, CompiledResourcePolicy]]] = tuple
    """Every resource that is known to have a policy, with it; roles apart."""
    owner: Callable[[str], str | None] = lambda resource: None
    """The account of a resource whose ARN names none; None means the caller's own."""
    scps: Mapping[str, Levels] = field(default_factory=dict)
    """By account, from the organization's root down."""
    rcps: Mapping[str, Levels] = field(default_factory=dict)
    missing: Callable[[str], tuple[str, ...]] = lambda resource: ()
    """What is not known about a resource or an organization: whatever it says, answers are not certain."""
    by_arn: Mapping[str, Member] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_arn", {member.arn: member for member in self.members})

    def compiled(self, member: Member, relevance: Relevance | None = None) -> CompiledPrincipal:
        """A member of this estate ready for decisions."""
        account = member.identity.account or ""
        return member.compiled(self.scps.get(account, ()), self.rcps.get(account, ()), relevance)

    def find(self, arn: str) -> Member | None:
        """The member with this ARN."""
        return self.by_arn.get(arn)

    def named(self, written: str) -> Member | None:
        """The member that a person means: an ARN, `user/NAME` or `role/NAME` (also with its path), or a user's name."""
        found = self.by_arn.get(written)
        if found is not None or written.startswith("arn:"):
            return found
        kind, _, name = written.rpartition("/")
        kind = kind.partition("/")[0] or ("root" if written == "root" else "user")
        ends = f":{kind}" if kind == "root" else f"/{name}"
        fits = (one for arn, one in self.by_arn.items() if arn.endswith(ends) and arn.split(":", 5)[5].startswith(kind))
        return next(fits, None)


def plain_text(document: Any) -> str:
    """A policy given as JSON, as text."""
    return document if isinstance(document, str) else msgspec.json.encode(document).decode()
