"""Who may do what with a key: its policy, without which nobody gets in, and the grants on it; with KMS's condition keys.

KMS developer guide, "Determining access to AWS KMS keys", "Condition keys for AWS KMS".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from garrison.policy import (
    CompiledResourcePolicy,
    Document,
    Effect,
    PolicyKind,
    PrincipalElement,
    ResourcePolicy,
    Source,
    Statement,
    compile_resource_policy,
)
from garrison.services.kms.condition_values import key_values, request_values
from garrison.services.kms.failures import access_denied
from garrison.services.kms.finding import account_of, key_of_arn, lookup_key
from garrison.services.kms.grant_rights import Right, has_grants, rights_of
from garrison.services.kms.grant_tokens import check_grant_tokens
from garrison.services.kms.policies import policy_in_force
from garrison.services.policy_sources import source_of

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.kms.resources import Grant, Key
    from garrison.store import Unit

MAX_KEPT_POLICIES = 4096
"""Key policies joined with grants that a process keeps compiled."""

_Joined = tuple[str, str, tuple[tuple[str, tuple[str, ...]], ...]]
_policies: dict[_Joined, ResourcePolicy] = {}
"""By ARN, policy and grants themselves, so that nothing stale can be found."""


def needed_key(call: Call, request: Mapping[str, Any]) -> str:
    """The ARN of the key that a request names in any way, for operations that other accounts may call too."""
    if request.get("GrantTokens"):
        check_grant_tokens(call, request["GrantTokens"])
    return lookup_key(call, request["KeyId"]).arn


def needed_key_by_id(call: Call, request: Mapping[str, Any]) -> str:
    """The same for operations that take no alias."""
    if request.get("GrantTokens"):
        check_grant_tokens(call, request["GrantTokens"])
    return lookup_key(call, request["KeyId"], takes_alias=False).arn


def needed_own_key(call: Call, request: Mapping[str, Any]) -> str:
    """The same for operations on keys of the caller's account only: no policy of another's can allow them."""
    key = lookup_key(call, request["KeyId"], takes_alias=False)
    if key.account != call.account:
        action = f"kms:{call.operation}"
        raise access_denied(call.principal.arn, action, key.arn, "the resource belongs to another account")
    return key.arn


def key_policy(call: Call, request: Mapping[str, Any], arn: str) -> ResourcePolicy | CompiledResourcePolicy | None:
    """A key's policy with the grants that the caller can use; aliases have no policy of their own."""
    standing = _standing(call, arn)
    if standing is None:
        return None
    if not standing.has_grants and standing.is_its_accounts:
        return standing.policy
    key = standing.key
    rights, policy = rights_of(call, request, key), policy_in_force(call.unit, key)
    place = (arn, policy, tuple((right.grant.id, right.operations) for right in rights))
    found = _policies.get(place)
    if found is None:
        if len(_policies) >= MAX_KEPT_POLICIES:
            _policies.clear()
        found = _policies[place] = joined_policy(arn, policy, rights)
    return found


def key_context(call: Call, request: Mapping[str, Any], action: str, arn: str) -> dict[str, Any]:
    """The condition values of one action on one key: the key's own, the request's, the caller's."""
    standing = _standing(call, arn)
    of_key: dict[str, Any] = standing.values if standing is not None else {}
    return of_key | request_values(call, request, action)


class _Standing(NamedTuple):
    """What deciding about a key takes and no call changes."""

    key: Key
    policy: CompiledResourcePolicy
    """Its policy, without its grants."""
    is_its_accounts: bool
    """Whether its policy names no user or role of another account here, who may go while nothing of the key's account changes."""
    has_grants: bool
    values: dict[str, Any]


def _standing(call: Call, arn: str) -> _Standing | None:
    """How a key stands, as long as nothing of its account changes; None for what is no key."""
    account, unit = account_of(arn), call.unit
    return unit.derived(account, ("kms-standing", arn), lambda: _found(unit, arn)) if account is not None else None


def _found(unit: Unit, arn: str) -> _Standing | None:
    key = key_of_arn(unit, arn)
    if key is None:
        return None
    policy = compile_resource_policy(joined_policy(arn, policy_in_force(unit, key), []))
    is_its_accounts = all(name.split(":")[4] == key.account for name in key.named)
    return _Standing(key, policy, is_its_accounts, has_grants(unit, key), key_values(unit, key))


def joined_policy(arn: str, policy: str, rights: list[Right]) -> ResourcePolicy:
    """A key policy and grants as one policy: each grant is a statement behind the policy's own."""
    source = source_of(PolicyKind.RESOURCE, arn, policy)
    if rights:
        own = source.document
        granted = tuple(_grant_statement(right, len(own.statements) + number) for number, right in enumerate(rights))
        document = Document(own.kind, own.statements + granted, own.version, own.id, own.text)
        source = Source(PolicyKind.RESOURCE, arn, document)
    return ResourcePolicy(source, must_allow=True)


def _grant_statement(right: Right, index: int) -> Statement:
    return Statement(
        index=index,
        effect=Effect.ALLOW,
        actions=tuple(f"kms:{operation}" for operation in right.operations),
        sid=f"grant/{right.grant.id}",
        resources=("*",),
        principal=_grantee(right.grant),
        is_grant=True,
    )


def _grantee(grant: Grant) -> PrincipalElement:
    name = grant.grantee
    if name.startswith("arn:"):
        return PrincipalElement(aws=frozenset({name}))
    return PrincipalElement(services=frozenset({name}))
