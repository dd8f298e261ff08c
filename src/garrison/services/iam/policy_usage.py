"""Who uses a managed policy: counted for its description, and by whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from garrison.services.iam.resources import Group, IamResource, Role, User
from garrison.store import Contains

if TYPE_CHECKING:
    from garrison.store import Unit

R = TypeVar("R", bound=IamResource)

_BATCH = 500


class Usage(NamedTuple):
    """How often a policy is used."""

    attachments: int = 0
    """Users, groups and roles that it is attached to."""
    boundaries: int = 0
    """Users and roles whose permissions boundary it is."""


def every(unit: Unit, kind: type[R], where: Mapping[str, Any] | None = None, after: str | None = None) -> Iterator[R]:
    """All of the account's resources of a kind, in the order of their names from behind `after` on, a batch at a time."""
    while True:
        batch = list(unit.page(kind, where=dict(where or {}), after=after, limit=_BATCH))
        yield from batch
        if len(batch) < _BATCH:
            return
        after = batch[-1].folded


def attached_to_policy(unit: Unit, kind: type[R], policy_arn: str) -> Iterator[R]:
    """The users, groups or roles that have a policy attached."""
    return every(unit, kind, {"attached_policies": Contains(policy_arn)})


def bounded_by_policy(unit: Unit, kind: type[R], policy_arn: str) -> Iterator[R]:
    """The users or roles whose permissions boundary is a policy."""
    return every(unit, kind, {"permissions_boundary": policy_arn})


def usage_of(unit: Unit, policy_arn: str) -> Usage:
    """How often one policy is used."""
    attached = {"attached_policies": Contains(policy_arn)}
    bounded = {"permissions_boundary": policy_arn}
    return Usage(
        sum(unit.count(kind, where=attached) for kind in (User, Group, Role)),
        sum(unit.count(kind, where=bounded) for kind in (User, Role)),
    )


def usage_by_arn(unit: Unit) -> dict[str, Usage]:
    """How often each policy is used, in one pass over the account; what is not used is left out."""
    attachments: Counter[str] = Counter()
    boundaries: Counter[str] = Counter()
    for group in every(unit, Group):
        attachments.update(group.attached_policies)
    holders: Iterator[User | Role] = chain(every(unit, User), every(unit, Role))
    for holder in holders:
        attachments.update(holder.attached_policies)
        if holder.permissions_boundary is not None:
            boundaries[holder.permissions_boundary] += 1
    return {arn: Usage(attachments[arn], boundaries[arn]) for arn in attachments.keys() | boundaries.keys()}
