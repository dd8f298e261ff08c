"""Keys as resources with policies of their own, for whoever asks about access to them: a grant is told as a statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.policy import MAX_DOCUMENT_CHARACTERS
from garrison.services.held_policies import HeldPolicy
from garrison.services.kms.finding import key_of_arn
from garrison.services.kms.grant_rights import WITHOUT_CONTEXT
from garrison.services.kms.policies import policy_in_force
from garrison.services.kms.resources import Grant, Key
from garrison.services.kms.service import service

if TYPE_CHECKING:
    from garrison.store import Unit


@service.resource_policies(Key.resource_type)
def policies_of_keys(unit: Unit, arn: str | None) -> Iterator[HeldPolicy]:
    """The region's keys, or the key of an ARN."""
    found = key_of_arn(unit, arn) if arn is not None else None
    keys = unit.page(Key) if arn is None else [found] if found is not None else []
    for key in keys:
        yield HeldPolicy(
            arn=key.arn,
            resource_type=Key.resource_type,
            account=key.account,
            created_at=key.created_at,
            text=_with_grants(unit, key),
            must_allow=True,
        )


def _with_grants(unit: Unit, key: Key) -> str:
    grants = unit.page(Grant, where={"key_id": key.id}, account=key.account, region=key.region)
    policy = policy_in_force(unit, key)
    if not grants:
        return policy
    document = codec.decode(policy)
    written = document["Statement"]
    own = written if isinstance(written, list) else [written]
    document["Statement"] = [*own, *_as_many_as_fit(_statements(grants), MAX_DOCUMENT_CHARACTERS - len(policy))]
    return codec.encode(document).decode()


def _statements(grants: Iterable[Grant]) -> Iterator[dict[str, Any]]:
    """What grants allow, each thing once: a service has many alike."""
    told: set[bytes] = set()
    for grant in grants:
        free = [operation for operation in grant.operations if operation in WITHOUT_CONTEXT]
        bound = [operation for operation in grant.operations if operation not in WITHOUT_CONTEXT]
        for operations, condition in ((free, _for_source(grant)), (bound, _for_source(grant) | _for_context(grant))):
            statement = {
                "Effect": "Allow",
                "Principal": {"AWS" if grant.grantee.startswith("arn:") else "Service": grant.grantee},
                "Action": [f"kms:{operation}" for operation in operations],
                "Resource": "*",
                **({"Condition": {"StringEquals": condition}} if condition else {}),
            }
            alike = codec.encode_canonical(statement)
            if operations and alike not in told:
                told.add(alike)
                yield {"Sid": f"Grant{grant.id}", **statement}


def _for_source(grant: Grant) -> dict[str, str]:
    return {"aws:SourceArn": grant.source_arn} if grant.source_arn is not None else {}


def _for_context(grant: Grant) -> dict[str, str]:
    pairs = {**(grant.context_subset or {}), **(grant.context_equals or {})}
    return {f"kms:EncryptionContext:{name}": value.replace("${", "${$}{") for name, value in pairs.items()}


def _as_many_as_fit(statements: Iterator[dict[str, Any]], room: int) -> Iterator[dict[str, Any]]:
    """The first statements, of as many characters as a document may have."""
    for statement in statements:
        room -= len(codec.encode(statement)) + 1
        if room < 0:
            return
        yield statement
