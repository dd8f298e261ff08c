"""Keys and their aliases as CloudFormation makes them (CloudFormation Template Reference, "AWS KMS")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison import codec
from garrison.errors import ApiError
from garrison.services.handlers import TagStyle, Work, document, kind

_GONE = "NotFoundException NotFound"

key = kind(
    "AWS::KMS::Key",
    "BypassPolicyLockoutSafetyCheck Description EnableKeyRotation Enabled KeyPolicy KeySpec KeyUsage MultiRegion Origin"
    " PendingWindowInDays RotationPeriodInDays",
    create_only="KeySpec KeyUsage MultiRegion Origin",
    attributes="Arn KeyId",
    tags=TagStyle.ALL,
    gone=_GONE,
    write_only="BypassPolicyLockoutSafetyCheck PendingWindowInDays",
)


def _tags(tags: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    return [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in tags] or None


def _is_on(work: Work, name: str, *, default: bool) -> bool:
    return str(work.properties.get(name, default)).lower() == "true"


@key.create
def create_key(work: Work) -> None:
    """The key, with its policy, rotating and enabled as wanted."""
    answer = work.call(
        "kms",
        "CreateKey",
        Policy=document(work.properties.get("KeyPolicy")),
        Tags=_tags(work.listed("Tags")),
        **work.given("BypassPolicyLockoutSafetyCheck", "Description", "KeySpec", "KeyUsage", "MultiRegion", "Origin"),
    )["KeyMetadata"]
    work.made(answer["KeyId"], Arn=answer["Arn"], KeyId=answer["KeyId"])
    if _is_on(work, "EnableKeyRotation", default=False):
        work.call("kms", "EnableKeyRotation", KeyId=answer["KeyId"], **work.given("RotationPeriodInDays"))
    if not _is_on(work, "Enabled", default=True):
        work.call("kms", "DisableKey", KeyId=answer["KeyId"])


@key.update
def update_key(work: Work) -> None:
    """Policy, description, rotation and tags; while a key is disabled it does not rotate."""
    identifier = work.physical_id
    if work.has_changed("Enabled") and _is_on(work, "Enabled", default=True):
        work.call("kms", "EnableKey", KeyId=identifier)
    if work.has_changed("KeyPolicy"):
        text = document(work.properties.get("KeyPolicy"))
        bypass = work.given("BypassPolicyLockoutSafetyCheck")
        work.call("kms", "PutKeyPolicy", KeyId=identifier, PolicyName="default", Policy=text, **bypass)
    if work.has_changed("Description"):
        work.call("kms", "UpdateKeyDescription", KeyId=identifier, Description=work.text("Description", ""))
    if work.has_changed("EnableKeyRotation", "RotationPeriodInDays"):
        if _is_on(work, "EnableKeyRotation", default=False):
            work.call("kms", "EnableKeyRotation", KeyId=identifier, **work.given("RotationPeriodInDays"))
        else:
            work.call("kms", "DisableKeyRotation", KeyId=identifier)
    if work.has_changed("Enabled") and not _is_on(work, "Enabled", default=True):
        work.call("kms", "DisableKey", KeyId=identifier)
    tags, keys = work.tag_changes()
    if keys:
        work.call("kms", "UntagResource", KeyId=identifier, TagKeys=keys)
    if tags:
        work.call("kms", "TagResource", KeyId=identifier, Tags=_tags(tags))


@key.delete
def delete_key(work: Work) -> None:
    """The key is to be destroyed after its waiting period; one that waits already is deleted."""
    try:
        work.call("kms", "ScheduleKeyDeletion", KeyId=work.physical_id, **work.given("PendingWindowInDays"))
    except ApiError as error:
        if "pending deletion" not in error.message:
            raise


@key.read
def read_key(work: Work) -> Mapping[str, Any] | None:
    """What it is, and its policy."""
    answer = work.call_if_there("kms", "DescribeKey", KeyId=work.physical_id)
    if answer is None or answer["KeyMetadata"].get("DeletionDate"):
        return None
    found = answer["KeyMetadata"]
    text = work.call("kms", "GetKeyPolicy", KeyId=work.physical_id, PolicyName="default")["Policy"]
    tags = work.call("kms", "ListResourceTags", KeyId=work.physical_id)["Tags"]
    return {
        "Description": found.get("Description"),
        "Enabled": found["Enabled"],
        "KeySpec": found.get("KeySpec"),
        "KeyUsage": found.get("KeyUsage"),
        "KeyPolicy": codec.decode(text),
        "Tags": [{"Key": tag["TagKey"], "Value": tag["TagValue"]} for tag in tags],
    } | _shown_rotation(work, is_enabled=found["Enabled"])


def _shown_rotation(work: Work, *, is_enabled: bool) -> dict[str, Any]:
    """Whether it rotates, where the template says so: not every key can, and none does while it is disabled."""
    if not is_enabled or work.properties.get("EnableKeyRotation") is None:
        return {}
    found = work.call("kms", "GetKeyRotationStatus", KeyId=work.physical_id)
    shown = {"EnableKeyRotation": found["KeyRotationEnabled"]}
    return shown | ({"RotationPeriodInDays": found["RotationPeriodInDays"]} if found["KeyRotationEnabled"] else {})


alias = kind(
    "AWS::KMS::Alias",
    "AliasName TargetKeyId",
    required="AliasName TargetKeyId",
    create_only="AliasName",
    name_property="AliasName",
    gone=_GONE,
)


@alias.create
def create_alias(work: Work) -> None:
    """Another name for a key."""
    name = work.text("AliasName")
    work.call("kms", "CreateAlias", AliasName=name, TargetKeyId=work.text("TargetKeyId"))
    work.made(str(name))


@alias.update
def update_alias(work: Work) -> None:
    """The name is another key's."""
    work.call("kms", "UpdateAlias", AliasName=work.physical_id, TargetKeyId=work.text("TargetKeyId"))


@alias.delete
def delete_alias(work: Work) -> None:
    """The name is nobody's."""
    work.call("kms", "DeleteAlias", AliasName=work.physical_id)
