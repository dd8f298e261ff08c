"""Rules about Secrets Manager's secrets."""

from __future__ import annotations

from datetime import datetime, timedelta

from garrison.items import Item
from garrison.rules.inventory import Inventory
from garrison.rules.reading import Unseen, flag, listed, moment, number, text
from garrison.rules.registry import Parameters, Trigger, rule
from garrison.rules.verdict import COMPLIANT, Severity, Verdict, expect, non_compliant, not_applicable

KEPT = "AWS::SecretsManager::Secret"


class Rotation(Parameters, frozen=True, rename="camel"):
    """How many days a secret may stay the same."""

    max_days_since_rotation: int = 90


class Frequency(Parameters, frozen=True, rename="camel"):
    """How many days may at most lie between rotations, where it matters."""

    maximum_allowed_rotation_frequency: int | None = None


class Usage(Parameters, frozen=True, rename="camel"):
    """After how many days without use a secret counts as unused."""

    unused_for_days: int = 90


class Keys(Parameters, frozen=True, rename="camel"):
    """The KMS keys, by ARN, that may encrypt; any but AWS's own where none is given."""

    kms_key_arns: str = ""


@rule(
    "SECRETSMANAGER_ROTATION_ENABLED_CHECK", on=KEPT, severity=Severity.MEDIUM,
    fix="Have the secret rotated (RotateSecret with rules).",
)  # fmt: skip
def rotation_enabled(secret: Item, parameters: Frequency) -> Verdict:
    """A secret is rotated, at least as often as the parameter says where it is given.

    Source: AWS Config Developer Guide, "secretsmanager-rotation-enabled-check".
    """
    if not flag(secret, "RotationEnabled"):
        return expect(False, "RotationEnabled", flag(secret, "RotationEnabled"))
    days, most = (
        number(secret, "RotationRules", "AutomaticallyAfterDays"),
        parameters.maximum_allowed_rotation_frequency,
    )
    is_often = most is None or (days is not None and days <= most)
    return expect(is_often, "RotationRules.AutomaticallyAfterDays", days)


@rule(
    "SECRETSMANAGER_SCHEDULED_ROTATION_SUCCESS_CHECK", on=KEPT, severity=Severity.MEDIUM,
    fix="See in the log of the rotation's function why it failed, and rotate the secret (RotateSecret).",
)  # fmt: skip
def scheduled_rotation_success(secret: Item, parameters: Parameters, inventory: Inventory) -> Verdict:
    """A secret that is to be rotated was so when it was due.

    Source: AWS Config Developer Guide, "secretsmanager-scheduled-rotation-success-check".
    """
    if not flag(secret, "RotationEnabled"):
        return not_applicable("The secret is not to be rotated")
    said = flag(secret, "RotationOccurringAsScheduled")
    if said is not None:
        return expect(said, "RotationOccurringAsScheduled", said)
    due = _due(secret)
    return COMPLIANT if due >= inventory.at else non_compliant(f"The rotation was due at {due.isoformat()}")


@rule(
    "SECRETSMANAGER_SECRET_PERIODIC_ROTATION", on=KEPT, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    fix="Rotate the secret (RotateSecret).",
)  # fmt: skip
def secret_periodic_rotation(secret: Item, parameters: Rotation, inventory: Inventory) -> Verdict:
    """A secret was rotated within the given number of days; one that never was counts from when it was made.

    Source: AWS Config Developer Guide, "secretsmanager-secret-periodic-rotation".
    """
    at = moment(secret, "LastRotatedDate") or _made(secret)
    is_fresh = inventory.at - at <= timedelta(parameters.max_days_since_rotation)
    return expect(is_fresh, "LastRotatedDate", at.isoformat())


@rule(
    "SECRETSMANAGER_SECRET_UNUSED", on=KEPT, trigger=Trigger.PERIODIC, severity=Severity.LOW,
    fix="Delete the secret, or find out who should use it.",
)  # fmt: skip
def secret_unused(secret: Item, parameters: Usage, inventory: Inventory) -> Verdict:
    """A secret was read within the given number of days; one that never was counts from when it was made.

    Source: AWS Config Developer Guide, "secretsmanager-secret-unused".
    """
    at = moment(secret, "LastAccessedDate") or _made(secret)
    return expect(inventory.at - at <= timedelta(parameters.unused_for_days), "LastAccessedDate", at.isoformat())


@rule(
    "SECRETSMANAGER_USING_CMK", on=KEPT, severity=Severity.MEDIUM,
    fix="Encrypt the secret by a KMS key of your own (UpdateSecret with KmsKeyId).",
)  # fmt: skip
def using_cmk(secret: Item, parameters: Keys) -> Verdict:
    """A secret is encrypted by a customer's key, by one of the given where any is.

    Source: AWS Config Developer Guide, "secretsmanager-using-cmk".
    """
    key, wanted = text(secret, "KMSKeyId"), listed(parameters.kms_key_arns)
    is_own = bool(key) and not (key or "").endswith("alias/aws/secretsmanager")
    return expect(is_own and (not wanted or key in wanted), "KMSKeyId", key)


def _made(secret: Item) -> datetime:
    at = moment(secret, "CreatedDate") or secret.created_at
    if at is None:
        raise Unseen("CreatedDate: not in the configuration")
    return at


def _due(secret: Item) -> datetime:
    """When the next rotation has to have been: what Secrets Manager says, or the last one and the interval."""
    said = moment(secret, "NextRotationDate")
    if said is not None:
        return said
    days = number(secret, "RotationRules", "AutomaticallyAfterDays")
    if days is None:
        raise Unseen("NextRotationDate: not in the configuration")
    return (moment(secret, "LastRotatedDate") or _made(secret)) + timedelta(days + 1)
