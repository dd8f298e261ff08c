"""Practices about who may do how much."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from garrison.policy import PolicyKind
from garrison.policy.actions import services
from garrison.policy.document import Effect, Statement
from garrison.services.iam.last_accessed_services import allowed_services
from garrison.services.iam.managed import find_policy
from garrison.services.iam.practices.practice import Verdict, View, practice
from garrison.services.iam.resources import Group, ManagedPolicy, Role, User
from garrison.services.iam.trust import current_trust_policy
from garrison.services.policy_sources import source_of

if TYPE_CHECKING:
    from garrison.policy.document import Document

ADMINISTRATORS = 2
"""How many with all permissions are few: one, and one for when that one is away."""
SETTLED_DAYS = 90
"""How old an identity must be before what it did not use counts as unused."""

_IAM = "aws --profile garrison iam"


@practice("permissions-through-groups")
def through_groups(view: View) -> Verdict:
    """No user has policies of its own."""
    direct = [user for user in view.users if user.attached_policies or user.inline_policies]
    evidence = tuple(
        f"user {user.name} has {count} {'policy' if count == 1 else 'policies'} of its own"
        for user in direct
        for count in [len(user.attached_policies) + len(user.inline_policies)]
    )
    fix = f"{_IAM} add-user-to-group --group-name … --user-name {direct[0].name}, then detach its own" if direct else ""
    return Verdict(evidence, fix)


@practice("administrators")
def few_administrators(view: View) -> Verdict:
    """At most two users and roles may do everything."""
    holders: tuple[User | Role, ...] = (*view.users, *view.roles)
    powerful = [holder for holder in holders if _may_do_all(view, holder)]
    if len(powerful) <= ADMINISTRATORS:
        return Verdict()
    evidence = tuple(f"{holder.kind} {holder.name} may do everything" for holder in powerful)
    return Verdict(evidence, f"garrison report iam --json, and give {powerful[-1].name} what its work needs")


@practice("wildcards")
def no_wildcards(view: View) -> Verdict:
    """No policy that the account wrote allows `service:*` or `*` on `*`."""
    found = tuple(
        f"{name}, statement {statement.sid or statement.index}: {', '.join(statement.actions)} on *"
        for name, document in _own_policies(view)
        for statement in document.statements
        if _is_wide(statement)
    )
    return Verdict(
        found, "Name the actions and resources that are used; `garrison report iam --json` lists all" if found else ""
    )


@practice("unused-permissions")
def unused_permissions(view: View) -> Verdict:
    """Whoever is 90 days old has used each service that its policies allow."""
    found: list[tuple[int, str]] = []
    holders: tuple[User | Role, ...] = (*view.users, *view.roles)
    for holder in holders:
        if view.days_since(holder.created_at) < SETTLED_DAYS:
            continue
        allowed = allowed_services(view.unit, holder)
        used = {
            use.service for use in view.recent.used_services(holder.unique_id) if view.days_since(use.at) < SETTLED_DAYS
        }
        if unused := allowed - used:
            text = f"{holder.kind} {holder.name} may use {len(allowed)} services and used {len(allowed & used)}"
            named = ", ".join(sorted(unused)[:5]) if len(unused) <= 5 else f"{len(unused)} of them"
            found.append((len(unused), f"{text}; unused: {named}"))
    found.sort(reverse=True)
    fix = f"{_IAM} generate-service-last-accessed-details --arn … shows which to take away" if found else ""
    return Verdict(tuple(text for _, text in found), fix)


@practice("open-trust")
def no_open_trust(view: View) -> Verdict:
    """Roles trust neither everyone nor another account without any condition."""
    found: list[tuple[str, str]] = []
    for role in view.roles:
        document = source_of(PolicyKind.TRUST, role.arn, current_trust_policy(view.unit, role)).document
        for statement in document.statements:
            whom = _trusted_openly(statement, role.account)
            if whom is not None:
                found.append((role.name, f"role {role.name} trusts {whom} without a condition"))
    fix = f"{_IAM} update-assume-role-policy --role-name {found[0][0]} --policy-document …" if found else ""
    return Verdict(tuple(text for _, text in found), fix)


def _may_do_all(view: View, holder: User | Role) -> bool:
    return any(
        statement.effect is Effect.ALLOW and "*" in statement.actions and "*" in statement.resources
        for document in _documents(view, holder)
        for statement in document.statements
        if not statement.conditions and not statement.not_action and not statement.not_resource
    )


def _documents(view: View, holder: User | Role | Group) -> Iterator[Document]:
    for name, text in holder.inline_policies.items():
        yield source_of(PolicyKind.IDENTITY, f"{holder.kind}/{holder.name}/{name}", text).document
    for arn in holder.attached_policies:
        policy = find_policy(view.unit, arn)
        if policy is not None:
            yield source_of(PolicyKind.IDENTITY, arn, policy.document).document
    for group_name in holder.groups if isinstance(holder, User) else ():
        group = view.unit.get(Group, group_name)
        if group is not None:
            yield from _documents(view, group)


def _own_policies(view: View) -> Iterator[tuple[str, Document]]:
    """The inline policies and the account's own managed ones, with how they are called."""
    for policy in view.unit.page(ManagedPolicy):
        yield f"policy {policy.name}", source_of(PolicyKind.IDENTITY, policy.arn, policy.document).document
    holders: tuple[User | Role | Group, ...] = (*view.users, *view.roles, *view.unit.page(Group))
    for holder in holders:
        for name, text in holder.inline_policies.items():
            place = f"{holder.kind}/{holder.name}/{name}"
            yield (
                f"inline policy {name} of {holder.kind} {holder.name}",
                source_of(PolicyKind.IDENTITY, place, text).document,
            )


def _is_wide(statement: Statement) -> bool:
    if statement.effect is not Effect.ALLOW or statement.conditions or "*" not in statement.resources:
        return False
    if statement.not_action:
        return True
    return any(action in ("*", "*:*") or _is_whole_service(action) for action in statement.actions)


def _is_whole_service(action: str) -> bool:
    service, _, name = action.partition(":")
    return name == "*" and service.lower() in services()


def _trusted_openly(statement: Statement, account: str) -> str | None:
    principal = statement.principal
    if statement.effect is not Effect.ALLOW or statement.conditions or principal is None:
        return None
    if principal.negated or principal.everyone or "*" in principal.aws:
        return "everyone"
    others = sorted(name for name in principal.aws if _account_of(name) not in (None, account))
    return f"account {_account_of(others[0])}" if others else None


def _account_of(name: str) -> str | None:
    if name.isdigit():
        return name
    parts = name.split(":")
    return parts[4] if len(parts) > 5 else None
