"""Rules about who gets into S3 buckets: by policy, proved by the policy analysis, and by access control list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from garrison.items import Item
from garrison.rules.inventory import Inventory
from garrison.rules.managed.s3 import ACCOUNT_BLOCK, BUCKET, policy_text
from garrison.rules.policies import beyond, granted_to_others, parsed, public_access
from garrison.rules.reading import Garbled, flag, listed, objects, part, text
from garrison.rules.registry import Parameters, rule
from garrison.rules.verdict import COMPLIANT, Severity, Verdict, non_compliant

READING = ("s3:Get*", "s3:List*")
"""Actions that read; all others count as writing."""
EVERYBODY = ("AllUsers", "AuthenticatedUsers")
"""Groups of S3's access control lists that anybody belongs to or can join."""
READ_GRANTS = ("Read", "READ", "FullControl", "FULL_CONTROL", "ReadAcp", "READ_ACP")
WRITE_GRANTS = ("Write", "WRITE", "FullControl", "FULL_CONTROL", "WriteAcp", "WRITE_ACP")


class Blocked(Parameters, frozen=True, rename={"action_patterns": "blacklistedActionPattern"}):
    """`blacklistedActionPattern`: action patterns, separated by commas."""

    action_patterns: str


class Control(Parameters, frozen=True, rename="camel"):
    """`controlPolicy`: the bucket policy that no other may exceed."""

    control_policy: str

    def __post_init__(self) -> None:
        """Refuse what is no policy, in AWS's words."""
        try:
            parsed(self.control_policy)
        except Garbled:
            raise ValueError("Value for controlPolicy parameter must be an Amazon S3 bucket policy.") from None


@rule(
    "S3_BUCKET_PUBLIC_READ_PROHIBITED", on=BUCKET, severity=Severity.CRITICAL,
    parts=("PublicAccessBlockConfiguration", "BucketPolicy", "AccessControlList"), also={ACCOUNT_BLOCK: ()},
    fix="Turn on the public access block, or take anybody's access out of the bucket policy and access control list.",
)  # fmt: skip
def public_read_prohibited(bucket: Item, parameters: Parameters, inventory: Inventory) -> Verdict:
    """Neither the policy nor the access control list lets anybody read, as far as public access blocks leave them in force.

    Source: AWS Config Developer Guide, "s3-bucket-public-read-prohibited".
    """
    return _not_public(bucket, inventory, READ_GRANTS, excepting=False)


@rule(
    "S3_BUCKET_PUBLIC_WRITE_PROHIBITED", on=BUCKET, severity=Severity.CRITICAL,
    parts=("PublicAccessBlockConfiguration", "BucketPolicy", "AccessControlList"), also={ACCOUNT_BLOCK: ()},
    fix="Turn on the public access block, or take anybody's access out of the bucket policy and access control list.",
)  # fmt: skip
def public_write_prohibited(bucket: Item, parameters: Parameters, inventory: Inventory) -> Verdict:
    """Neither the policy nor the access control list lets anybody write, as far as public access blocks leave them in force.

    Source: AWS Config Developer Guide, "s3-bucket-public-write-prohibited".
    """
    return _not_public(bucket, inventory, WRITE_GRANTS, excepting=True)


@rule(
    "S3_BUCKET_BLACKLISTED_ACTIONS_PROHIBITED", on=BUCKET, severity=Severity.HIGH,
    parts=("BucketPolicy",),
    fix="Take the named action of the other account out of the bucket policy.",
)  # fmt: skip
def blacklisted_actions_prohibited(bucket: Item, parameters: Blocked) -> Verdict:
    """The bucket policy allows principals of other accounts none of the actions that the parameter blocks.

    Source: AWS Config Developer Guide, "s3-bucket-blacklisted-actions-prohibited".
    """
    policy = policy_text(bucket)
    if not policy:
        return COMPLIANT
    example = granted_to_others(parsed(policy), bucket.account, listed(parameters.action_patterns))
    return COMPLIANT if example is None else non_compliant(f"The policy allows {example}")


@rule(
    "S3_BUCKET_POLICY_NOT_MORE_PERMISSIVE", on=BUCKET, severity=Severity.MEDIUM,
    parts=("BucketPolicy",),
    fix="Take out of the bucket policy what the control policy does not allow.",
)  # fmt: skip
def policy_not_more_permissive(bucket: Item, parameters: Control) -> Verdict:
    """The bucket policy gives other accounts nothing that the control policy does not.

    Source: AWS Config Developer Guide, "s3-bucket-policy-not-more-permissive".
    """
    policy = policy_text(bucket)
    if not policy:
        return COMPLIANT
    example = beyond(parsed(policy), parsed(parameters.control_policy), bucket.account)
    return COMPLIANT if example is None else non_compliant(f"The policy allows {example}")


def _not_public(bucket: Item, inventory: Inventory, grants: tuple[str, ...], *, excepting: bool) -> Verdict:
    block = part(bucket, "PublicAccessBlockConfiguration")
    if not flag(block, "restrictPublicBuckets"):
        policy = policy_text(bucket)
        example = public_access(parsed(policy), READING, excepting) if policy else None
        if example is not None and not is_on_for_account(inventory, "restrictPublicBuckets"):
            return non_compliant(f"The policy allows {example}")
    if not flag(block, "ignorePublicAcls"):
        for grantee, permission in grants_of(part(bucket, "AccessControlList")):
            is_public = grantee in EVERYBODY and permission in grants
            if is_public and not is_on_for_account(inventory, "ignorePublicAcls"):
                return non_compliant(f"AccessControlList grants {permission} to {grantee}")
    return COMPLIANT


def is_on_for_account(inventory: Inventory, name: str) -> bool:
    """Whether the account's public access block has a setting on; not asked where the bucket is private by itself."""
    return any(flag(block, name) for block in inventory.of_type(ACCOUNT_BLOCK))


def grants_of(acl: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Grantee and permission; Config writes a group as its name, other callers as an object with its URI."""
    for grant in objects(acl, "grantList"):
        grantee = grant.get("grantee")
        if isinstance(grantee, Mapping):
            uri = text(grantee, "uri") or text(grantee, "URI") or ""
            grantee = uri.rpartition("/")[2] or text(grantee, "id") or ""
        if not isinstance(grantee, str):
            raise Garbled("AccessControlList.grantList.grantee is neither a name nor an object")
        yield grantee, text(grant, "permission") or ""
