"""A caller, a resource's policy and an organization's policies made ready for `decide`.

The policies themselves are compiled in `sources` and shared; a compiled principal is little more than references to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .context import ContextValue
from .document import PolicyKind, Source
from .identity import PrincipalIdentity, PrincipalType, identity_context
from .principals import Grant, PrincipalNames, grant_to, names_of
from .sources import CompiledSource, CompiledStatement, compile_source

MAX_REMEMBERED_GRANTS = 256
"""Statements of resources' policies whose meaning for a caller is remembered."""

Levels = tuple[tuple[CompiledSource, ...], ...]
"""Organization policies from the root down to the account: every level must allow, one policy of it suffices."""


@dataclass(frozen=True, slots=True)
class ResourcePolicy:
    """A policy that hangs on a resource."""

    source: Source
    must_allow: bool = False
    """Nothing else can grant without it: KMS key policies. Trust policies always are such."""


@dataclass(frozen=True, slots=True)
class CompiledResourcePolicy:
    """A resource policy ready for `decide`; cache it with the resource."""

    source: CompiledSource
    must_allow: bool


def compile_resource_policy(policy: ResourcePolicy | CompiledResourcePolicy | Source) -> CompiledResourcePolicy:
    """Make a resource's policy ready for `decide`, unless it is already."""
    if isinstance(policy, CompiledResourcePolicy):
        return policy
    if isinstance(policy, Source):
        policy = ResourcePolicy(policy)
    return CompiledResourcePolicy(
        compile_source(policy.source), policy.must_allow or policy.source.kind is PolicyKind.TRUST
    )


def compile_levels(levels: Iterable[Iterable[Source]]) -> Levels:
    """Make an organization's policies ready, level by level, the root's first."""
    return tuple(tuple(compile_source(source) for source in level) for level in levels)


class CompiledPrincipal:
    """A caller with every policy that follows it. Cache it by the account's policy generation."""

    __slots__ = (
        "_reached",
        "boundary",
        "context",
        "has_account",
        "held",
        "identity",
        "identity_sources",
        "is_root",
        "names",
        "rcps",
        "scps",
        "session",
    )

    def __init__(
        self,
        identity: PrincipalIdentity,
        *,
        identity_sources: tuple[CompiledSource, ...],
        boundary: tuple[CompiledSource, ...] | None,
        session: tuple[CompiledSource, ...] | None,
        scps: Levels,
        rcps: Levels,
    ) -> None:
        self.identity = identity
        self.identity_sources = identity_sources
        self.boundary = boundary
        self.session = session
        self.scps = scps
        self.rcps = rcps
        self._reached: dict[CompiledStatement, Grant] = {}
        self.is_root = identity.kind is PrincipalType.ROOT
        self.has_account = identity.belongs_to_account
        self.names: PrincipalNames = names_of(identity)
        self.context: dict[str, ContextValue] = identity_context(identity)
        self.held = (*(one for level in scps for one in level), *identity_sources, *(boundary or ()), *(session or ()))
        """All of them but the RCPs, in the order in which denies are reported."""

    def reached_by(self, statement: CompiledStatement) -> Grant:
        """How a statement's principal element means this caller; a statement without one means its holder."""
        if statement.principal is None:
            return Grant.DIRECT
        grant = self._reached.get(statement)
        if grant is None:
            if len(self._reached) >= MAX_REMEMBERED_GRANTS:
                self._reached.clear()
            grant = grant_to(statement.principal, self.identity, self.names, statement.effect)
            self._reached[statement] = grant
        return grant


def compile_principal(
    identity: PrincipalIdentity,
    identity_sources: Iterable[Source] = (),
    *,
    boundary: Source | None = None,
    session: Sequence[Source] | None = None,
    scp_levels: Iterable[Iterable[Source]] = (),
    rcp_levels: Iterable[Iterable[Source]] = (),
) -> CompiledPrincipal:
    """Make a caller ready for `decide`.

    `session` is None where no session policies limit the credential, and an empty sequence where the session grants
    nothing by itself: GetFederationToken without a policy, for whose callers None means the same. `rcp_levels` are those of
    the caller's own account, used for the account's own resources. SCPs and RCPs are left out for those whom they do not
    touch.
    """
    untouched = identity.is_service_linked or identity.is_management_account
    if session is None and identity.kind is PrincipalType.FEDERATED_USER:
        session = ()
    return CompiledPrincipal(
        identity,
        identity_sources=tuple(map(compile_source, identity_sources)),
        boundary=None if boundary is None else (compile_source(boundary),),
        session=None if session is None else tuple(map(compile_source, session)),
        scps=() if untouched else compile_levels(scp_levels),
        rcps=() if untouched else compile_levels(rcp_levels),
    )
