"""GetAccountAuthorizationDetails: every user, group, role and policy of the account with how they hang together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from garrison.services.iam.attachments import shown_attachment
from garrison.services.iam.boundaries import shown_boundary
from garrison.services.iam.builtin import builtin_policies
from garrison.services.iam.groups import shown_group
from garrison.services.iam.instance_profiles import listed_profile
from garrison.services.iam.managed_policies import listed_policy
from garrison.services.iam.naming import lookup
from garrison.services.iam.paging import answer, max_items, position
from garrison.services.iam.policy_documents import shown_document
from garrison.services.iam.policy_usage import Usage, every, usage_by_arn
from garrison.services.iam.policy_versions import newest_first, shown_version
from garrison.services.iam.resources import Group, InstanceProfile, ManagedPolicy, Role, User
from garrison.services.iam.roles import bare_role, role_last_used
from garrison.services.iam.service import service
from garrison.services.iam.tags import shown_tags
from garrison.services.iam.users import listed_user

if TYPE_CHECKING:
    from types_boto3_iam import type_defs as shapes

    from garrison.services.call import Call

Answer = dict[str, Any]
Entry = tuple[str, str, Answer]
"""The key of an item, the list of the answer that it belongs to, and the item."""

_LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")


@service.operation("GetAccountAuthorizationDetails", needs={"iam:GetAccountAuthorizationDetails": "*"})
def get_account_authorization_details(
    call: Call, request: shapes.GetAccountAuthorizationDetailsRequestTypeDef
) -> Answer:
    """Show users, groups, roles and policies, page by page, kind after kind."""
    filters: list[str] = list(request.get("Filter") or _SECTIONS)
    after, limit = position(call, request), max_items(request)
    found = list(islice(_entries(call, filters, after), limit + 1))
    page = found[:limit]
    shown: Answer = {name: [] for name in _LISTS}
    for _, name, item in page:
        shown[name].append(item)
    paging = answer(call, "", [], page[-1][0] if len(found) > limit else None)
    del paging[""]
    return shown | paging


def _entries(call: Call, filters: list[str], after: str | None) -> Iterator[Entry]:
    """Everything asked for, from behind a key on; a key is the section's number and the name."""
    last_section, _, last_name = (after or "").partition("/")
    for number, (section, entries) in enumerate(_SECTIONS.items()):
        if section not in filters or str(number) < last_section:
            continue
        start = last_name if str(number) == last_section else None
        for name, member, item in entries(call, start):
            yield f"{number}/{name}", member, item


def _of_kind(
    kind: type[Any], member: str, render: Callable[[Call, Any], Answer]
) -> Callable[[Call, str | None], Iterator[Entry]]:
    def entries(call: Call, after: str | None) -> Iterator[Entry]:
        for resource in every(call.unit, kind, after=after):
            yield resource.folded, member, render(call, resource)

    return entries


def _user(call: Call, user: User) -> Answer:
    groups = [group.name for name in user.groups if (group := lookup(call.unit, Group, name)) is not None]
    held = {"GroupList": groups} | _held(user, "UserPolicyList")
    shown = listed_user(call.unit, user)
    shown.pop("PasswordLastUsed", None)  # of the details alone AWS leaves it out
    return shown | held | shown_boundary(user.permissions_boundary) | {"Tags": shown_tags(user.tags)}


def _group(call: Call, group: Group) -> Answer:
    return shown_group(group) | _held(group, "GroupPolicyList")


def _roles(call: Call, after: str | None) -> Iterator[Entry]:
    profiles: dict[str, list[Answer]] = {}
    for profile in every(call.unit, InstanceProfile):
        if profile.role is not None:
            profiles.setdefault(profile.role, []).append(listed_profile(call.unit, profile))
    for role in every(call.unit, Role, after=after):
        yield role.folded, "RoleDetailList", _role(call, role, profiles.get(role.folded, []))


def _role(call: Call, role: Role, profiles: list[Answer]) -> Answer:
    return (
        bare_role(call.unit, role)
        | {"InstanceProfileList": profiles}
        | _held(role, "RolePolicyList")
        | shown_boundary(role.permissions_boundary)
        | {"Tags": shown_tags(role.tags), "RoleLastUsed": role_last_used(call, role)}
    )


def _held(holder: User | Group | Role, member: str) -> Answer:
    """The inline and attached policies of an identity; an empty list of inline policies is left out, as in AWS."""
    inline = [
        {"PolicyName": name, "PolicyDocument": shown_document(text)}
        for name, text in sorted(holder.inline_policies.items())
    ]
    attached = [shown_attachment(arn) for arn in holder.attached_policies]
    return ({member: inline} if inline else {}) | {"AttachedManagedPolicies": attached}


def _policy(policy: ManagedPolicy, usage: Usage) -> Answer:
    versions = [shown_version(policy, version) for version in newest_first(policy)]
    return listed_policy(policy, usage) | {"PolicyVersionList": versions}


def _own_policies(call: Call, after: str | None) -> Iterator[Entry]:
    usage = usage_by_arn(call.unit)
    for policy in every(call.unit, ManagedPolicy, after=after):
        yield policy.folded, "Policies", _policy(policy, usage.get(policy.arn, Usage()))


def _builtin_policies_in_use(call: Call, after: str | None) -> Iterator[Entry]:
    """Of the built-in policies AWS shows those that the account uses."""
    usage = usage_by_arn(call.unit)
    for policy in builtin_policies():
        if policy.arn in usage and (after is None or policy.folded > after):
            yield policy.folded, "Policies", _policy(policy, usage[policy.arn])


_SECTIONS: dict[str, Callable[[Call, str | None], Iterator[Entry]]] = {
    "User": _of_kind(User, "UserDetailList", _user),
    "Group": _of_kind(Group, "GroupDetailList", _group),
    "Role": _roles,
    "LocalManagedPolicy": _own_policies,
    "AWSManagedPolicy": _builtin_policies_in_use,
}
"""What the account's details are made of, in the order in which they are shown, by the names of the Filter."""
