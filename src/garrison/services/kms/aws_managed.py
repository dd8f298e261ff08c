"""AWS managed keys: `alias/aws/s3` and the like, made when a service of the account first needs one.

KMS developer guide, "AWS managed keys": whoever may use the service with the account's data uses the key through it, and through
nothing else; nobody changes it; its material rotates every year.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from garrison import codec
from garrison.arn import iam_arn
from garrison.identifiers import event_id
from garrison.services.kms.events import key_event
from garrison.services.kms.materials import keep_material, new_material
from garrison.services.kms.resources import Alias, Key
from garrison.services.kms.rotation import USUAL_DAYS, plan_rotation
from garrison.store import AlreadyExists, Conflict

if TYPE_CHECKING:
    from garrison.services.call import Parts
    from garrison.store import Unit

_USES = ("Encrypt", "Decrypt", "ReEncrypt*", "GenerateDataKey*", "CreateGrant", "DescribeKey")
_LOOKS = ("Describe*", "Get*", "List*", "RevokeGrant")


def aws_managed_key(parts: Parts, account: str, region: str, service: str) -> Key:
    """An account's key for a service, by the service's short name (`s3`, `sns`); made now where there is none yet.

    It has a transaction of its own: never within another. Raises `ApiError` where the key store is away.
    """
    with parts.store.reading(account, region) as unit:
        found, at = existing_managed_key(unit, service), unit.at
    if found is not None:
        return found
    draft = Key(
        account=account,
        region=region,
        id=str(uuid.uuid4()),
        created_at=at,
        spec="SYMMETRIC_DEFAULT",
        usage="ENCRYPT_DECRYPT",
        policy=_policy(account, region, service),
        description=f"Default key that protects my {service.upper()} data when no other key is defined",
        manager="AWS",
        rotation_days=USUAL_DAYS,
    )
    made, made_by = new_material(parts, draft), event_id()
    try:
        with parts.store.writing(account, region, event_id=made_by) as unit:
            key = _kept(unit, draft, service)
            keep_material(unit, key, 0, made, unit.at)
            unit.append_event(made_by, key_event(key, "CreateKey", unit.at, made_by, {"keyId": key.id}))
    except (AlreadyExists, Conflict):
        return aws_managed_key(parts, account, region, service)  # another was quicker
    return key


def existing_managed_key(unit: Unit, service: str) -> Key | None:
    """The key that the unit's account has for a service already; None where the service has not needed one."""
    alias = unit.get(Alias, f"alias/aws/{service}")
    return unit.get(Key, alias.key_id) if alias is not None else None


def _kept(unit: Unit, draft: Key, service: str) -> Key:
    unit.add(
        Alias(
            account=draft.account,
            region=draft.region,
            name=f"alias/aws/{service}",
            key_id=draft.id,
            created_at=unit.at,
            updated_at=unit.at,
        )
    )
    return plan_rotation(unit, unit.add(draft), unit.at)


def _policy(account: str, region: str, service: str) -> str:
    through = {"kms:CallerAccount": account, "kms:ViaService": f"{service}.{region}.amazonaws.com"}
    statements = [
        {
            "Sid": f"Allow access through {service} for all principals in the account that are authorized to use it",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": [f"kms:{name}" for name in _USES],
            "Resource": "*",
            "Condition": {"StringEquals": through},
        },
        {
            "Sid": "Allow direct access to key metadata to the account",
            "Effect": "Allow",
            "Principal": {"AWS": iam_arn(account, "root", "", "")},
            "Action": [f"kms:{name}" for name in _LOOKS],
            "Resource": "*",
        },
    ]
    document = {"Version": "2012-10-17", "Id": f"auto-{service}-1", "Statement": statements}
    return codec.encode(document).decode()
