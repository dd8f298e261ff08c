"""An account as it was collected: the answer of GetAccountAuthorizationDetails, with resource policies and SCPs as JSON.

- Identities: one answer, several pages of it, or a list of either, of one account or of several.
- Resource policies: a list of `{"Resource": ARN, "Account": id, "Policy": {…}}`; what it does not name has no policy.
- Organization: the tree of an organization, `{"Id", "Arn", "Policies": [{"Arn", "Content"}], "Children": […]}`, whose leaves are
  accounts; or levels by account, `{"111122223333": [[policy, …], …]}`, the root's level first.

What was not given is not taken for absent: it is named, and answers that depend on it are `unknown`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from .collected_organization import levels_of, managers
from .collected_resources import ResourcePolicies, account_of, may_have_policy
from .document import PolicyKind
from .estate import Estate, Member, PolicyText, plain_text
from .identity import PrincipalIdentity, PrincipalType
from .malformed import MalformedPolicy

Json = Mapping[str, Any]

SESSION_NAME = "session"
"""The name of the sessions by which roles are asked about."""


def read_account(
    identities: Any, resource_policies: Iterable[Json] | None = None, organization: Any | None = None
) -> Estate:
    """The estate of collected accounts. None means not collected. Raises MalformedPolicy, also for what is no such answer."""
    dumps = [Dump(pages) for pages in _pages_by_account(identities)]
    members = tuple(member for dump in dumps for member in dump.members(managers(organization)))
    accounts = {dump.account for dump in dumps}
    policies = None if resource_policies is None else ResourcePolicies(resource_policies)
    scps = {} if organization is None else {account: levels_of(organization, account) for account in accounts}

    def missing(resource: str) -> tuple[str, ...]:
        names = [f"resource policy of {resource}"] if policies is None and may_have_policy(resource) else []
        if organization is None:
            names += [f"service control policies of account {account}" for account in sorted(accounts)]
        return tuple(names)

    return Estate(
        members,
        resource_policy=policies.policy_of if policies is not None else lambda resource: None,
        resource_policies=policies.all if policies is not None else tuple,
        owner=policies.owner_of if policies is not None else account_of,
        scps=scps,
        missing=missing,
    )


class Dump:
    """The identities of one account."""

    def __init__(self, pages: list[Json]) -> None:
        self._users = _joined(pages, "UserDetailList")
        self._roles = _joined(pages, "RoleDetailList")
        self._groups = {group["GroupName"]: group for group in _joined(pages, "GroupDetailList")}
        self._managed = {policy["Arn"]: policy for policy in _joined(pages, "Policies")}
        self._texts: dict[tuple[PolicyKind, str], PolicyText] = {}
        arns = [one["Arn"] for one in (*self._users, *self._roles, *self._groups.values())]
        self.account: str = arns[0].split(":")[4] if arns else ""

    def members(self, managers: frozenset[str]) -> Iterator[Member]:
        """The account's root, users and roles."""
        is_manager = self.account in managers
        root = f"arn:aws:iam::{self.account}:root"
        yield Member(
            root,
            PrincipalIdentity(
                kind=PrincipalType.ROOT,
                account=self.account,
                arn=root,
                user_id=self.account,
                is_management_account=is_manager,
            ),
        )
        for user in self._users:
            yield self._user(user, is_manager)
        for role in self._roles:
            yield self._role(role, is_manager)

    def _user(self, user: Json, is_manager: bool) -> Member:
        policies, missing = self._held(user, f"user/{user['UserName']}", "UserPolicyList")
        for name in user.get("GroupList") or ():
            group = self._groups.get(name)
            if group is None:
                missing.append(f"group {name}")
                continue
            of_group, missing_of_group = self._held(group, f"group/{name}", "GroupPolicyList")
            policies += of_group
            missing += missing_of_group
        boundary = self._boundary(user, missing)
        identity = PrincipalIdentity(
            kind=PrincipalType.USER,
            account=self.account,
            arn=user["Arn"],
            user_id=user.get("UserId"),
            user_name=user["UserName"],
            is_management_account=is_manager,
            tags=_tags(user),
        )
        return Member(user["Arn"], identity, tuple(policies), boundary, None, tuple(missing))

    def _role(self, role: Json, is_manager: bool) -> Member:
        name = role["RoleName"]
        policies, missing = self._held(role, f"role/{name}", "RolePolicyList")
        boundary = self._boundary(role, missing)
        role_id = role.get("RoleId")
        identity = PrincipalIdentity(
            kind=PrincipalType.ROLE_SESSION,
            account=self.account,
            arn=f"arn:aws:sts::{self.account}:assumed-role/{name}/{SESSION_NAME}",
            user_id=f"{role_id}:{SESSION_NAME}" if role_id else None,
            role_arn=role["Arn"],
            is_service_linked=role["Arn"].split(":", 5)[5].startswith("role/aws-service-role/"),
            is_management_account=is_manager,
            tags=_tags(role),
        )
        trust = PolicyText(PolicyKind.TRUST, role["Arn"], _document(role["AssumeRolePolicyDocument"]))
        return Member(role["Arn"], identity, tuple(policies), boundary, trust, tuple(missing))

    def _held(self, holder: Json, place: str, member: str) -> tuple[list[PolicyText], list[str]]:
        found = [
            PolicyText(PolicyKind.IDENTITY, f"{place}/{one['PolicyName']}", _document(one["PolicyDocument"]))
            for one in holder.get(member) or ()
        ]
        missing: list[str] = []
        for attached in holder.get("AttachedManagedPolicies") or ():
            policy = self._managed_text(PolicyKind.IDENTITY, attached["PolicyArn"])
            if policy is None:
                missing.append(f"policy {attached['PolicyArn']}")
            else:
                found.append(policy)
        return found, missing

    def _boundary(self, holder: Json, missing: list[str]) -> PolicyText | None:
        arn = (holder.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
        if arn is None:
            return None
        boundary = self._managed_text(PolicyKind.BOUNDARY, arn)
        if boundary is None:
            missing.append(f"permissions boundary {arn}")
        return boundary

    def _managed_text(self, kind: PolicyKind, arn: str) -> PolicyText | None:
        found = self._texts.get((kind, arn))
        if found is None and arn in self._managed:
            versions = self._managed[arn].get("PolicyVersionList") or ()
            document = next((one.get("Document") for one in versions if one.get("IsDefaultVersion")), None)
            if document is not None:
                found = self._texts[kind, arn] = PolicyText(kind, arn, _document(document))
        return found


def _pages_by_account(identities: Any) -> list[list[Json]]:
    pages: dict[str, list[Json]] = {}
    for page in identities if isinstance(identities, list) else [identities]:
        if not isinstance(page, Mapping) or not {"UserDetailList", "RoleDetailList"} & set(page):
            raise MalformedPolicy("This is no answer of GetAccountAuthorizationDetails.")
        for account in {one["Arn"].split(":")[4] for name in _LISTS for one in page.get(name) or ()} or {""}:
            pages.setdefault(account, []).append(page)
    return list(pages.values())


_LISTS = ("UserDetailList", "RoleDetailList", "GroupDetailList")


def _joined(pages: list[Json], member: str) -> list[Json]:
    return [one for page in pages for one in page.get(member) or ()]


def _document(written: Any) -> str:
    """A policy as text; the API gives it URL-encoded, the SDKs and the AWS CLI as JSON."""
    if isinstance(written, str):
        return unquote(written) if written.lstrip().startswith("%") else written
    return plain_text(written)


def _tags(holder: Json) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in holder.get("Tags") or ()}
