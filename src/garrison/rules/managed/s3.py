"""Rules about the settings of S3 buckets, access points and the account's public access block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from garrison.items import Item
from garrison.policy import Condition
from garrison.rules.inventory import Inventory
from garrison.rules.policies import not_denied, parsed
from garrison.rules.reading import flag, listed, part, text, value
from garrison.rules.registry import ACCOUNT, Parameters, Trigger, rule
from garrison.rules.verdict import COMPLIANT, Severity, Verdict, expect, non_compliant, not_applicable

BUCKET = "AWS::S3::Bucket"
ACCOUNT_BLOCK = "AWS::S3::AccountPublicAccessBlock"
BLOCKS = ("blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets")
_UNENCRYPTED = (Condition("StringNotEquals", "s3:x-amz-server-side-encryption", ("AES256", "aws:kms", "aws:kms:dsse")),)


class Versioning(Parameters, frozen=True, rename="camel"):
    """`isMfaDeleteEnabled`: whether MFA delete is demanded too; left out, it is not looked at."""

    is_mfa_delete_enabled: bool | None = None


class LoggingTarget(Parameters, frozen=True, rename="camel"):
    """Where access logs have to go, where it matters."""

    target_bucket: str | None = None
    target_prefix: str | None = None


class Lock(Parameters, frozen=True):
    """The mode that default retention has to have, where it matters: GOVERNANCE or COMPLIANCE, in any case."""

    mode: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is no mode; AWS's own packs write `Governance`."""
        if self.mode is not None and self.mode.upper() not in ("GOVERNANCE", "COMPLIANCE"):
            raise ValueError("mode has to be GOVERNANCE or COMPLIANCE")


class ExcludedBuckets(Parameters, frozen=True, rename="camel"):
    """Buckets that are meant to be public."""

    excluded_public_buckets: str = ""


class ExcludedAccessPoints(Parameters, frozen=True, rename="camel"):
    """Access points that are meant to be public."""

    excluded_access_points: str = ""


class RequiredBlocks(Parameters, frozen=True, rename="pascal"):
    """Which of the four settings have to be on."""

    block_public_acls: bool = True
    ignore_public_acls: bool = True
    block_public_policy: bool = True
    restrict_public_buckets: bool = True

    def required(self) -> Iterator[str]:
        """The names, in Config's writing, of those that have to be on."""
        values = (
            self.block_public_acls,
            self.ignore_public_acls,
            self.block_public_policy,
            self.restrict_public_buckets,
        )
        yield from (name for name, is_required in zip(BLOCKS, values, strict=True) if is_required)


def policy_text(bucket: Item) -> str | None:
    """The bucket's policy; None where it has none."""
    return text(part(bucket, "BucketPolicy"), "policyText")


def bucket_resources(bucket: Item) -> tuple[str, str]:
    """The bucket and all its objects, as policies name them."""
    return (bucket.arn, f"{bucket.arn}/*")


@rule(
    "S3_BUCKET_VERSIONING_ENABLED", on=BUCKET, severity=Severity.MEDIUM,
    parts=("BucketVersioningConfiguration",),
    fix="Enable versioning (PutBucketVersioning with Status=Enabled).",
)  # fmt: skip
def versioning_enabled(bucket: Item, parameters: Versioning) -> Verdict:
    """A bucket keeps the versions of its objects; with `isMfaDeleteEnabled`, deleting one takes MFA or does not, as given.

    Source: AWS Config Developer Guide, "s3-bucket-versioning-enabled".
    """
    versioning = part(bucket, "BucketVersioningConfiguration")
    status = text(versioning, "status")
    if status != "Enabled":
        return expect(False, "BucketVersioningConfiguration.status", status)
    wanted = parameters.is_mfa_delete_enabled
    found = bool(flag(versioning, "isMfaDeleteEnabled"))
    return expect(wanted is None or found is wanted, "BucketVersioningConfiguration.isMfaDeleteEnabled", found)


@rule(
    "S3_BUCKET_MFA_DELETE_ENABLED", on=BUCKET, severity=Severity.LOW,
    parts=("BucketVersioningConfiguration",),
    fix="Enable MFA delete as the root user (PutBucketVersioning with MfaDelete=Enabled).",
)  # fmt: skip
def mfa_delete_enabled(bucket: Item) -> Verdict:
    """Deleting a version of an object takes MFA.

    Source: AWS Config Developer Guide, "s3-bucket-mfa-delete-enabled".
    """
    found = flag(part(bucket, "BucketVersioningConfiguration"), "isMfaDeleteEnabled")
    return expect(found is True, "BucketVersioningConfiguration.isMfaDeleteEnabled", found)


@rule(
    "S3_BUCKET_LOGGING_ENABLED", on=BUCKET, severity=Severity.MEDIUM,
    parts=("BucketLoggingConfiguration",),
    fix="Turn on server access logging (PutBucketLogging) to a bucket kept for logs.",
)  # fmt: skip
def logging_enabled(bucket: Item, parameters: LoggingTarget) -> Verdict:
    """A bucket writes server access logs, where parameters say so to a given bucket and prefix.

    Source: AWS Config Developer Guide, "s3-bucket-logging-enabled".
    """
    logging = part(bucket, "BucketLoggingConfiguration")
    target, prefix = text(logging, "destinationBucketName"), text(logging, "logFilePrefix")
    if not target or parameters.target_bucket not in (None, target):
        return expect(False, "BucketLoggingConfiguration.destinationBucketName", target or None)
    return expect(parameters.target_prefix in (None, prefix), "BucketLoggingConfiguration.logFilePrefix", prefix)


@rule(
    "S3_BUCKET_DEFAULT_LOCK_ENABLED", on=BUCKET, severity=Severity.LOW,
    parts=("ObjectLockConfiguration",),
    fix="Enable Object Lock with a default retention (PutObjectLockConfiguration).",
)  # fmt: skip
def default_lock_enabled(bucket: Item, parameters: Lock) -> Verdict:
    """A bucket has Object Lock enabled, where the parameter says so with default retention of that mode.

    Source: AWS Config Developer Guide, "s3-bucket-default-lock-enabled".
    """
    lock = part(bucket, "ObjectLockConfiguration")
    enabled, mode = text(lock, "objectLockEnabled"), text(lock, "rule", "defaultRetention", "mode")
    if enabled != "Enabled":
        return expect(False, "ObjectLockConfiguration.objectLockEnabled", enabled)
    is_met = parameters.mode is None or parameters.mode.upper() == mode
    return expect(is_met, "ObjectLockConfiguration.rule.defaultRetention.mode", mode)


@rule(
    "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED", on=BUCKET, severity=Severity.HIGH,
    parts=("ServerSideEncryptionConfiguration", "BucketPolicy"),
    fix="Set default encryption (PutBucketEncryption), or deny PutObject without server-side encryption in the bucket policy.",
)  # fmt: skip
def server_side_encryption_enabled(bucket: Item) -> Verdict:
    """A bucket encrypts by default, or its policy denies every PutObject without encryption by AES-256 or KMS.

    Source: AWS Config Developer Guide, "s3-bucket-server-side-encryption-enabled".
    """
    encryption = part(bucket, "ServerSideEncryptionConfiguration")
    rules = value(encryption, "rules")
    for one in rules if isinstance(rules, list) else ():
        if text(one, "applyServerSideEncryptionByDefault", "sseAlgorithm"):
            return COMPLIANT
    policy = policy_text(bucket)
    if policy and not_denied(parsed(policy), ("s3:PutObject",), (f"{bucket.arn}/*",), _UNENCRYPTED) is None:
        return COMPLIANT
    return non_compliant(
        "ServerSideEncryptionConfiguration is not set and the policy does not deny unencrypted uploads"
    )


@rule(
    "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED", on=BUCKET, severity=Severity.HIGH,
    parts=("PublicAccessBlockConfiguration",),
    fix="Turn on all four settings of the bucket's public access block (PutPublicAccessBlock).",
)  # fmt: skip
def level_public_access_prohibited(bucket: Item, parameters: ExcludedBuckets) -> Verdict:
    """A bucket that is not excluded has all four settings of its own public access block on.

    Source: AWS Config Developer Guide, "s3-bucket-level-public-access-prohibited".
    """
    if (bucket.resource_name or bucket.resource_id) in listed(parameters.excluded_public_buckets):
        return COMPLIANT
    return _all_on(part(bucket, "PublicAccessBlockConfiguration"), BLOCKS, "PublicAccessBlockConfiguration")


@rule(
    "S3_ACCESS_POINT_PUBLIC_ACCESS_BLOCKS", on="AWS::S3::AccessPoint", severity=Severity.HIGH,
    fix="Create the access point anew with all four public access block settings on.",
)  # fmt: skip
def access_point_public_access_blocks(point: Item, parameters: ExcludedAccessPoints) -> Verdict:
    """An access point that is not excluded has all four public access block settings on.

    Source: AWS Config Developer Guide, "s3-access-point-public-access-blocks".
    """
    name = text(point, "Name") or point.resource_name or point.resource_id
    if name in listed(parameters.excluded_access_points):
        return not_applicable(f"{name} is excluded")
    block = value(point, "PublicAccessBlockConfiguration") or {}
    names = tuple(one[0].upper() + one[1:] for one in BLOCKS)
    return _all_on(block, names, "PublicAccessBlockConfiguration")


@rule(
    "S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS", on=ACCOUNT_BLOCK, severity=Severity.HIGH,
    fix="Turn on the account's public access block (s3control PutPublicAccessBlock).",
)  # fmt: skip
def account_level_public_access_blocks(block: Item, parameters: RequiredBlocks) -> Verdict:
    """The account's public access block has the required settings on.

    Source: AWS Config Developer Guide, "s3-account-level-public-access-blocks".
    """
    return _account_block(block, parameters)


@rule(
    "S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC", on=ACCOUNT, severity=Severity.HIGH, trigger=Trigger.PERIODIC,
    also={ACCOUNT_BLOCK: ()},
    fix="Turn on the account's public access block (s3control PutPublicAccessBlock).",
)  # fmt: skip
def account_level_public_access_blocks_periodic(account: Inventory, parameters: RequiredBlocks) -> Verdict:
    """The account has a public access block with the required settings on.

    Source: AWS Config Developer Guide, "s3-account-level-public-access-blocks-periodic".
    """
    blocks = account.of_type(ACCOUNT_BLOCK)
    return _account_block(blocks[0], parameters) if blocks else non_compliant("The account has no public access block")


@rule(
    "S3_BUCKET_SSL_REQUESTS_ONLY", on=BUCKET, severity=Severity.MEDIUM,
    parts=("BucketPolicy",),
    fix='Deny s3:* on the bucket and its objects to everybody where "aws:SecureTransport" is "false".',
)  # fmt: skip
def ssl_requests_only(bucket: Item) -> Verdict:
    """The bucket's policy denies every request that does not come by TLS, whoever makes it.

    Source: AWS Config Developer Guide, "s3-bucket-ssl-requests-only".
    """
    policy = policy_text(bucket)
    if not policy:
        return non_compliant("The bucket has no policy that denies HTTP")
    plain = (Condition("Bool", "aws:SecureTransport", ("false",)),)
    example = not_denied(parsed(policy), ("s3:*",), bucket_resources(bucket), plain)
    return COMPLIANT if example is None else non_compliant(f"Not denied by HTTP: {example}")


def _account_block(block: Item, parameters: RequiredBlocks) -> Verdict:
    for name in parameters.required():
        found = flag(block, name)
        if found is not True:
            return expect(False, name, found)
    return COMPLIANT


def _all_on(block: Mapping[str, Any], names: tuple[str, ...], place: str) -> Verdict:
    for name in names:
        found = flag(block, name)
        if found is not True:
            return expect(False, f"{place}.{name}", found)
    return COMPLIANT
