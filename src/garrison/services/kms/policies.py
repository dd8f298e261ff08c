"""Key policies: the one that a key begins with, what a given one may say, and that whoever sets it is not locked out.

KMS developer guide, "Key policies in AWS KMS", "Default key policy"; API reference, PutKeyPolicy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from msgspec.structs import replace

from garrison import codec
from garrison.arn import iam_arn, parse_arn
from garrison.errors import ApiError
from garrison.policy import (
    AuthorizationRequest,
    Document,
    MalformedPolicy,
    PolicyKind,
    ResourcePolicy,
    Source,
    compile_principal,
    compile_resource_policy,
    decide,
    parse_document,
)
from garrison.services.iam.principals import policies_of
from garrison.services.iam.trust import by_unique_id, current_policy, unique_id_of
from garrison.services.kms.condition_values import key_values, request_values
from garrison.services.kms.failures import limit_exceeded
from garrison.services.kms.principals import is_principal
from garrison.services.policy_sources import source_of

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.kms.resources import Key
    from garrison.store import Unit

LARGEST_POLICY_BYTES = 32 * 1024
POLICY_NAME = "default"
"""The only name that a key's policy has."""

_PUT_KEY_POLICY = "kms:PutKeyPolicy"
_EVERYTHING = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'


def default_policy(account: str) -> str:
    """The policy of a key that was made without one: the account's own policies decide."""
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": iam_arn(account, "root", "", "")},
        "Action": "kms:*",
        "Resource": "*",
    }
    return codec.encode({"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]}).decode()


def with_policy(call: Call, key: Key, text: str, *, bypasses_check: bool) -> Key:
    """A key under another policy, bound to the very users and roles that it names; refused as `checked_policy` does."""
    checked_policy(call, key, text, bypasses_check=bypasses_check)
    names = {
        name
        for statement in parse_document(text, PolicyKind.RESOURCE).statements
        if statement.principal is not None
        for name in statement.principal.aws
        if parse_arn(name) is not None
    }
    found = {name: unique_id_of(call.unit, name) for name in sorted(names)}
    return replace(key, policy=text, named={name: one for name, one in found.items() if one is not None})


def policy_in_force(unit: Unit, key: Key) -> str:
    """A key's policy as it is now: a user or role that has gone since is named by its unique id."""
    return current_policy(unit, key.policy, key.named) if key.named else key.policy


def checked_policy(call: Call, key: Key, text: str, *, bypasses_check: bool) -> str:
    """A policy as it was given; MalformedPolicyDocumentException where it is none, or would lock its maker out."""
    if len(text.encode()) > LARGEST_POLICY_BYTES:
        raise limit_exceeded(f"The key policy exceeds the limit of {LARGEST_POLICY_BYTES} bytes.")
    try:
        document = parse_document(text, PolicyKind.RESOURCE)
    except MalformedPolicy as malformed:
        _malformed(malformed.message)
    _check_principals(call, document)
    if not bypasses_check and not _lets_change(call, key, document):
        _malformed("The new key policy will not allow you to update the key policy in the future.")
    return text


def _check_principals(call: Call, document: Document) -> None:
    for statement in document.statements:
        element = statement.principal
        if element is None:
            continue
        names = [name for name in element.aws if name != "*"]
        if element.federated or element.canonical_users or not all(_names_somebody(call, name) for name in names):
            _malformed("Policy contains a statement with one or more invalid principals.")


def _names_somebody(call: Call, name: str) -> bool:
    if name.isdigit() and len(name) == 12:
        return True
    if parse_arn(name) is None:
        return by_unique_id(call.unit, name) is not None
    return is_principal(call.unit, name)


def _lets_change(call: Call, key: Key, document: Document) -> bool:
    """Whether the policy allows its maker, whatever its account's policies say, to change it again."""
    caller = compile_principal(
        policies_of(call.unit, call.principal).identity,
        [source_of(PolicyKind.IDENTITY, "lock-out check", _EVERYTHING)],
    )
    context = key_values(call.unit, key) | request_values(call, {}, _PUT_KEY_POLICY)
    request = AuthorizationRequest(_PUT_KEY_POLICY, key.arn, key.account, context)
    policy = ResourcePolicy(Source(PolicyKind.RESOURCE, key.arn, document), must_allow=True)
    return decide(caller, request, compile_resource_policy(policy)).is_allowed


def _malformed(reason: str) -> NoReturn:
    raise ApiError("MalformedPolicyDocumentException", reason)
