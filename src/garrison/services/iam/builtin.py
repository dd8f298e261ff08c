"""The managed policies that come with every account (`arn:aws:iam::aws:policy/…`): read-only, attachable, written here.

Their names, paths, ids and dates are AWS's, so that scripts find them; their documents are Garrison's own and are made by
scripts/build_builtin_policies.py.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from garrison.services.iam.resources import ManagedPolicy, PolicyVersion

ACCOUNT = "aws"
"""What stands for the account in the ARNs of built-in policies."""
_PREFIX = f"arn:aws:iam::{ACCOUNT}:policy/"
_VERSION = "v1"


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """One file of `builtin_policies`."""

    name: str
    path: str
    id: str
    description: str
    created_at: datetime
    updated_at: datetime
    document: dict[str, Any]


def is_builtin(policy_arn: str) -> bool:
    """Whether an ARN names a policy that comes with the account, be there one or not."""
    return policy_arn.startswith(_PREFIX)


def builtin_policy(policy_arn: str) -> ManagedPolicy | None:
    """The built-in policy with this ARN."""
    return _by_arn().get(policy_arn)


def builtin_policies() -> tuple[ManagedPolicy, ...]:
    """All built-in policies, in the order of their names."""
    return tuple(_by_arn().values())


@cache
def _by_arn() -> dict[str, ManagedPolicy]:
    decoder = msgspec.json.Decoder(_File)
    folder = files(__package__).joinpath("builtin_policies")
    read = [decoder.decode(file.read_bytes()) for file in folder.iterdir() if file.name.endswith(".json")]
    policies = [_policy(file) for file in sorted(read, key=lambda file: file.name.lower())]
    return {policy.arn: policy for policy in policies}


def _policy(file: _File) -> ManagedPolicy:
    document = msgspec.json.encode(file.document).decode()
    return ManagedPolicy(
        account=ACCOUNT,
        name=file.name,
        folded=file.name.lower(),
        path=file.path,
        unique_id=file.id,
        created_at=file.created_at,
        updated_at=file.updated_at,
        description=file.description,
        versions=(PolicyVersion(version_id=_VERSION, document=document, created_at=file.updated_at),),
        default_version_id=_VERSION,
    )
