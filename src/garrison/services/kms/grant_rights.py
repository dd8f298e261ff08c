"""What grants allow a call: those for its caller on the key, for the operations whose constraints the request meets.

KMS developer guide, "Grants in AWS KMS" and "Using grant constraints".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from garrison.arn import iam_arn
from garrison.services.iam.trust import unique_id_of
from garrison.services.kms.resources import Grant, Key

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.identity import Principal
    from garrison.store import Unit

_PAGE = 100
_CONTEXT_MEMBERS = {"ReEncryptFrom": "SourceEncryptionContext", "ReEncryptTo": "DestinationEncryptionContext"}
"""Where ReEncrypt says the context of each of its two halves."""
WITHOUT_CONTEXT = frozenset({"DescribeKey", "RetireGrant"})
"""Operations that a grant may name and that no constraint on the encryption context reaches."""


class Right(NamedTuple):
    """A grant, and what of it the call at hand can use."""

    grant: Grant
    operations: tuple[str, ...]


def rights_of(call: Call, request: Mapping[str, Any], key: Key) -> list[Right]:
    """The caller's grants on a key, with the operations that this request meets the constraints of."""
    found = []
    for name in _names_of(call.principal):
        for grant in grants_for(call.unit, key, "grantee", name):
            if not means(call, grant.grantee, grant.grantee_id):
                continue
            usable = tuple(operation for operation in grant.operations if _meets(call, request, grant, operation))
            if usable:
                found.append(Right(grant, usable))
    return found


def has_grants(unit: Unit, key: Key) -> bool:
    """Whether a key has any grant: most have none, and are used the most."""
    return bool(unit.page(Grant, where={"key_id": key.id}, limit=1, account=key.account, region=key.region))


def means(call: Call, name: str, unique_id: str | None) -> bool:
    """Whether a name in a grant still means who it meant when the grant was given: nobody else who has it by now."""
    return unique_id is None or unique_id_of(call.unit, name) == unique_id


def grants_for(unit: Unit, key: Key, role: str, name: str) -> Iterator[Grant]:
    """A key's grants whose `grantee` or `retiring` is a principal, however many it has on other keys."""
    after: tuple[str, str] | None = (key.id, "")
    while after is not None:
        page = unit.page(Grant, where={role: name}, after=after, limit=_PAGE, account=key.account, region=key.region)
        for grant in page:
            if grant.key_id != key.id:
                return
            yield grant
        after = (page[-1].key_id, page[-1].id) if len(page) == _PAGE else None


def meets_context(grant: Grant, context: Mapping[str, str]) -> bool:
    """Whether an encryption context is what a grant's constraints ask for; case matters."""
    if grant.context_equals is not None and dict(context) != grant.context_equals:
        return False
    return all(context.get(name) == value for name, value in (grant.context_subset or {}).items())


def _names_of(principal: Principal) -> tuple[str, ...]:
    """By which names a grant may mean a caller."""
    if principal.kind == "AWSService":
        return (principal.invoked_by or principal.principal_id,)
    if not principal.arn:
        return ()
    session = principal.session
    issuer = (session.issuer.arn,) if session is not None and session.issuer.arn != principal.arn else ()
    return (principal.arn, *issuer, iam_arn(principal.account, "root", "", ""))


def _meets(call: Call, request: Mapping[str, Any], grant: Grant, operation: str) -> bool:
    if grant.source_arn is not None and operation != "RetireGrant" and call.source_arn != grant.source_arn:
        return False
    if operation == "CreateGrant":
        return _is_within(grant, request)
    if operation in WITHOUT_CONTEXT:
        return True
    return meets_context(grant, request.get(_CONTEXT_MEMBERS.get(operation, "EncryptionContext")) or {})


def _is_within(grant: Grant, request: Mapping[str, Any]) -> bool:
    """Whether a grant that is asked for allows no more than the one that allows to give it."""
    if not set(request.get("Operations") or ()) <= set(grant.operations):
        return False
    constraints = request.get("Constraints") or {}
    if grant.source_arn is not None and constraints.get("SourceArn") != grant.source_arn:
        return False
    equals, subset = constraints.get("EncryptionContextEquals"), constraints.get("EncryptionContextSubset") or {}
    if grant.context_equals is not None and equals != grant.context_equals:
        return False
    pairs = equals if equals is not None else subset
    return all(pairs.get(name) == value for name, value in (grant.context_subset or {}).items())
