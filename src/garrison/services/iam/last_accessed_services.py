"""Which services the policies of an identity let it use at all: by the actions they allow, whatever the conditions."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING

from garrison.policy import PolicyKind
from garrison.policy.actions import services
from garrison.policy.document import Effect, Statement
from garrison.services.iam.managed import find_policy
from garrison.services.iam.naming import lookup
from garrison.services.iam.resources import Group, ManagedPolicy, Role, User
from garrison.services.policy_sources import source_of

if TYPE_CHECKING:
    from garrison.store import Unit


def allowed_services(unit: Unit, entity: User | Group | Role | ManagedPolicy) -> set[str]:
    """The prefixes of the services of which some action is allowed."""
    return {service for text in _documents(unit, entity) for service in _services_of(text)}


def _documents(unit: Unit, entity: User | Group | Role | ManagedPolicy) -> Iterator[str]:
    if isinstance(entity, ManagedPolicy):
        yield entity.document
        return
    yield from entity.inline_policies.values()
    for arn in entity.attached_policies:
        policy = find_policy(unit, arn)
        if policy is not None:
            yield policy.document
    for name in entity.groups if isinstance(entity, User) else ():
        group = lookup(unit, Group, name)
        if group is not None:
            yield from _documents(unit, group)


@lru_cache(maxsize=512)
def _services_of(text: str) -> frozenset[str]:
    document = source_of(PolicyKind.IDENTITY, "last-accessed", text).document
    found: set[str] = set()
    for statement in document.statements:
        if statement.effect is Effect.ALLOW:
            found |= _allowed(statement)
    return frozenset(found)


def _allowed(statement: Statement) -> set[str]:
    if statement.not_action:
        # Only what a pattern covers whole is out of reach.
        covered = [action[:-2].lower() for action in statement.actions if action.endswith(":*")]
        return {service for service in services() if not any(_matches(service, pattern) for pattern in covered)}
    patterns = {action.partition(":")[0].lower() for action in statement.actions}
    return {service for service in services() if any(_matches(service, pattern) for pattern in patterns)}


def _matches(service: str, pattern: str) -> bool:
    return fnmatchcase(service, pattern.replace("[", "[[]"))
