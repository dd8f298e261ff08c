"""A policy as AWS's grammar has it: what `parse` makes and everything else reads.

Source: IAM user guide, "Grammar of the IAM JSON policy language" and "IAM JSON policy elements: …".
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


class PolicyKind(enum.StrEnum):
    """Where a policy hangs, which decides its grammar, its part in the evaluation and the wording of a denial."""

    IDENTITY = "identity"
    RESOURCE = "resource"
    TRUST = "trust"
    BOUNDARY = "boundary"
    SESSION = "session"
    SCP = "scp"
    RCP = "rcp"


class Effect(enum.StrEnum):
    """What a statement does to a request that it applies to."""

    ALLOW = "Allow"
    DENY = "Deny"


class Quantifier(enum.StrEnum):
    """How an operator reads a key with several values ("Set operators for multivalued context keys")."""

    ALL = "ForAllValues"
    ANY = "ForAnyValue"


@dataclass(frozen=True, slots=True)
class Condition:
    """One key of one operator block of a `Condition` element."""

    operator: str
    """The bare operator, without set prefix and `IfExists`: `StringEquals`."""
    key: str
    """The context key as written; key names compare without case."""
    values: tuple[str, ...]
    """The values in their JSON text (`true`, `5`); one of them has to match."""
    quantifier: Quantifier | None = None
    if_exists: bool = False

    @property
    def written_operator(self) -> str:
        """The operator as the policy wrote it: `ForAnyValue:StringLikeIfExists`."""
        prefix = f"{self.quantifier}:" if self.quantifier else ""
        return f"{prefix}{self.operator}{'IfExists' if self.if_exists else ''}"


@dataclass(frozen=True, slots=True)
class PrincipalElement:
    """A `Principal` or `NotPrincipal` element, its values by kind."""

    everyone: bool = False
    """A bare `"*"`."""
    aws: frozenset[str] = frozenset()
    """Account ids, ARNs, unique ids, or `*`."""
    services: frozenset[str] = frozenset()
    federated: frozenset[str] = frozenset()
    canonical_users: frozenset[str] = frozenset()
    negated: bool = False
    """It was written as `NotPrincipal`."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; lists are tuples in the order they were written."""

    index: int
    """Its position in the document, from 0."""
    effect: Effect
    actions: tuple[str, ...]
    sid: str | None = None
    not_action: bool = False
    """`actions` came from `NotAction`."""
    resources: tuple[str, ...] = ()
    """Empty in a trust policy, which hangs on the resource it is about."""
    not_resource: bool = False
    principal: PrincipalElement | None = None
    """None in policies whose grammar has no principal: the holder is meant."""
    conditions: tuple[Condition, ...] = ()
    is_grant: bool = False
    """It stands for a KMS grant, which needs no policy of the grantee's account, also where that is not the key's."""


CURRENT_VERSION = "2012-10-17"
FIRST_VERSION = "2008-10-17"


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Document:
    """A parsed policy. Compared by identity, so that its compiled form is cached once for all who hold it."""

    kind: PolicyKind
    statements: tuple[Statement, ...]
    version: str = FIRST_VERSION
    """Policy variables exist only in 2012-10-17; a document without `Version` is 2008-10-17."""
    id: str | None = None
    text: str = field(default="", repr=False)
    """The policy as it was written: where a statement stands is a place in it."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Source:
    """A policy together with where it hangs. Share one `Source` among all its holders: compilation is cached by it."""

    kind: PolicyKind
    name: str
    """The ARN of a managed policy, or the place of an inline one: `user/alice/policy-name`, `group/admins/policy-name`."""
    document: Document = field(repr=False)
