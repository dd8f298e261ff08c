"""Which resources have policies of their own: each service says so of its resources, and whoever asks about access finds them here.

A service whose resources have policies (buckets, topics, keys …) declares it once in its package, beside its resources:

    @service.resource_policies("AWS::S3::Bucket")
    def bucket_policies(unit: Unit, arn: str | None) -> Iterable[HeldPolicy]:
        # arn is None: every resource of the unit's account and region, also those without a policy (text=None);
        # else the resource of this ARN, or the one that it lies in, in any region: at most one.

Access Analyzer's external-access analyzers, `who-can`, `explain` and `GeneratePolicy` then know them. What enforces the policy stays
the operation's own `resource_policy`. A resource without a policy is held as well: it is known that nothing hangs on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from garrison import services
from garrison.policy import (
    CompiledResourcePolicy,
    PolicyKind,
    ResourcePolicy,
    compile_resource_policy,
)
from garrison.services.policy_sources import source_of

if TYPE_CHECKING:
    from garrison.store import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPolicy:
    """A resource that can have a policy, with the policy it has."""

    arn: str
    resource_type: str
    """The CloudFormation name."""
    account: str
    created_at: datetime
    text: str | None
    """The policy as JSON; None where the resource has none."""
    kind: PolicyKind = PolicyKind.RESOURCE
    must_allow: bool = False
    """Whether nobody gets in without it, as with keys and roles."""

    def compiled(self) -> CompiledResourcePolicy | None:
        """The policy ready for decisions."""
        if self.text is None:
            return None
        return compile_resource_policy(ResourcePolicy(source_of(self.kind, self.arn, self.text), self.must_allow))


PolicySource = Callable[["Unit", str | None], Iterable[HeldPolicy]]
"""Gives a service's resources of one type: all (ARN None), or the one of an ARN or above it."""


def held_policies(unit: Unit, resource_type: str | None = None) -> Iterator[HeldPolicy]:
    """Every resource of the unit's account and region that can have a policy, by type and then as its service lists them."""
    for known, source in _sources():
        if resource_type in (None, known):
            yield from source(unit, None)


def held_policy(unit: Unit, arn: str) -> HeldPolicy | None:
    """The resource of an ARN, or the one that it lies in (an object's bucket); None where Garrison holds no such resource."""
    for _, source in _sources():
        found = next(iter(source(unit, arn)), None)
        if found is not None:
            return found
    return None


def _sources() -> Iterator[tuple[str, PolicySource]]:
    for name in services.REGISTERED:
        yield from services.load(name).policy_sources.items()
