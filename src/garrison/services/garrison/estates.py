"""The principals that who-can asks about: Garrison's own account, or one that a request or the home brings as documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from garrison.errors import ApiError
from garrison.policy import MalformedPolicy, PolicyKind, PrincipalIdentity, PrincipalType
from garrison.policy.account_dump import read_account
from garrison.policy.collected_resources import account_of
from garrison.policy.collector import held_collector
from garrison.policy.estate import Estate, Member, PolicyText
from garrison.services.garrison.callers import root_of
from garrison.services.garrison.faults import invalid, not_found
from garrison.services.held_policies import held_policies, held_policy
from garrison.services.iam.managed import find_policy
from garrison.services.iam.naming import lookup
from garrison.services.iam.policy_usage import every
from garrison.services.iam.principals import policies_of
from garrison.services.iam.resources import Group, Role, User
from garrison.services.iam.simulation_subject import SESSION_NAME
from garrison.services.iam.trust import current_trust_policy

if TYPE_CHECKING:
    from garrison.policy import CompiledResourcePolicy
    from garrison.services.call import Call

_FILES = {
    "AuthorizationDetails": "authorization-details.json",
    "ResourcePolicies": "resource-policies.json",
    "Organization": "organization.json",
}
"""What was collected of an account, as files of `accounts/<id>` in the home."""
DOCUMENTS = tuple(f"Account.{member}" for member in _FILES)
"""Members of requests that are too large for a record, and nobody's business in one."""
_DENY_ALL = "arn:aws:iam::aws:policy/AWSDenyAll"


def estate_of(call: Call, account: Mapping[str, Any] | None) -> Estate:
    """The estate that a request is about."""
    if not account or account.get("AccountId") == call.account:
        return own_estate(call)
    if "AccountId" in account:
        return collected_estate(call.parts.settings.home_path, account["AccountId"])
    return _estate(account)


def collected_estate(home: Path, account_id: str) -> Estate:
    """The estate of an account that was collected into the home."""
    return _estate(_collected(home, account_id))


def known_estate(home: Path, account_id: str) -> Estate | None:
    """The estate of an account, or None where nothing of it is collected: log files alone may have been taken in."""
    try:
        return collected_estate(home, account_id)
    except ApiError as problem:
        if problem.code != "ResourceNotFoundException":
            raise
        return None


def _estate(documents: Mapping[str, str]) -> Estate:
    if "AuthorizationDetails" not in documents:
        raise invalid("Account needs AuthorizationDetails or AccountId.")
    try:
        return read_account(
            _json(documents, "AuthorizationDetails"),
            _json(documents, "ResourcePolicies"),
            _json(documents, "Organization"),
        )
    except MalformedPolicy as malformed:
        raise invalid(str(malformed)) from malformed
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise invalid("The documents of the account do not have the form that they should have.") from error


def _json(documents: Mapping[str, str], member: str) -> Any:
    text = documents.get(member)
    if text is None:
        return None
    try:
        with held_collector():
            return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise invalid(f"{member} is not JSON.") from None


def _collected(home: Path, account_id: str) -> dict[str, str]:
    if len(account_id) != 12 or not account_id.isascii() or not account_id.isdigit():
        raise invalid(f"{account_id[:32]} is no account id.")
    folder = home / "accounts" / account_id
    found = {member: folder / name for member, name in _FILES.items() if (folder / name).is_file()}
    if "AuthorizationDetails" not in found:
        raise not_found(f"Nothing is collected of account {account_id}.")
    return {member: path.read_text() for member, path in found.items()}


def own_estate(call: Call) -> Estate:
    """Every principal of the account as it is now. Its organization is what enforcement asks for its root."""
    root = policies_of(call.unit, root_of(call))
    reader = _Reader(call, root.identity)
    members = (
        Member(root.identity.arn, root.identity),
        *(reader.user(user) for user in every(call.unit, User)),
        *(reader.role(role) for role in every(call.unit, Role)),
    )
    held = cache(partial(held_policy, call.unit))

    def policy_on(resource: str) -> CompiledResourcePolicy | None:
        found = held(resource)
        return found.compiled() if found is not None else None

    def owner(resource: str) -> str | None:
        found = held(resource)
        return found.account if found is not None else account_of(resource)

    def policies() -> Iterator[tuple[str, CompiledResourcePolicy]]:
        for one in held_policies(call.unit):
            policy = one.compiled() if one.kind is not PolicyKind.TRUST else None
            if policy is not None:
                yield one.arn, policy

    return Estate(
        members, cache(policy_on), policies, owner, scps={call.account: root.scps}, rcps={call.account: root.rcps}
    )


class _Reader:
    """Reads the account's users and roles; each managed policy and group is one text for all who have it."""

    def __init__(self, call: Call, root: PrincipalIdentity) -> None:
        self._unit = call.unit
        self._account = call.account
        self._root = root
        self._managed: dict[tuple[PolicyKind, str], PolicyText] = {}
        self._groups: dict[str, tuple[PolicyText, ...]] = {}

    def user(self, user: User) -> Member:
        """A user with its own policies and its groups'."""
        identity = replace(
            self._root,
            kind=PrincipalType.USER,
            arn=user.arn,
            user_id=user.unique_id,
            user_name=user.name,
            tags=user.tags,
        )
        policies = self._held(user)
        for name in user.groups:
            policies += self._group(name)
        return Member(user.arn, identity, policies, self._boundary(user))

    def role(self, role: Role) -> Member:
        """A role, asked about as one of its sessions."""
        identity = replace(
            self._root,
            kind=PrincipalType.ROLE_SESSION,
            arn=f"arn:aws:sts::{self._account}:assumed-role/{role.name}/{SESSION_NAME}",
            user_id=f"{role.unique_id}:{SESSION_NAME}",
            role_arn=role.arn,
            is_service_linked=role.service_linked_to is not None,
            tags=role.tags,
        )
        trust = PolicyText(PolicyKind.TRUST, role.arn, current_trust_policy(self._unit, role))
        return Member(role.arn, identity, self._held(role), self._boundary(role), trust)

    def _held(self, holder: User | Group | Role) -> tuple[PolicyText, ...]:
        place = f"{holder.kind}/{holder.name}"
        return (
            *(
                PolicyText(PolicyKind.IDENTITY, f"{place}/{name}", text)
                for name, text in holder.inline_policies.items()
            ),
            *(self._policy(PolicyKind.IDENTITY, arn) for arn in holder.attached_policies),
        )

    def _group(self, name: str) -> tuple[PolicyText, ...]:
        if name not in self._groups:
            group = lookup(self._unit, Group, name)
            self._groups[name] = self._held(group) if group is not None else ()
        return self._groups[name]

    def _boundary(self, holder: User | Role) -> PolicyText | None:
        arn = holder.permissions_boundary
        return None if arn is None else self._policy(PolicyKind.BOUNDARY, arn)

    def _policy(self, kind: PolicyKind, arn: str) -> PolicyText:
        """A managed policy's version in force; as in enforcement, one that is not there denies everything."""
        found = self._managed.get((kind, arn))
        if found is None:
            policy = find_policy(self._unit, arn) or find_policy(self._unit, _DENY_ALL)
            assert policy is not None
            found = self._managed[kind, arn] = PolicyText(kind, arn, policy.document)
        return found
