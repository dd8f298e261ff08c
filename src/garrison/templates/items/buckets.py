"""A bucket with what is written of it in a template, in Config's form; what is not written is as Amazon S3 makes new buckets.

Since 2023 new buckets encrypt with keys of S3's own, block public access and have no access control lists in force. Source: Amazon S3
User Guide, "Setting default server-side encryption behavior", "Blocking public access to your Amazon S3 storage".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from garrison.templates.items.shapes import Made, listed
from garrison.templates.presence import Evaluated
from garrison.templates.scope import Scope

_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_PUBLIC_GRANTS = {
    "PublicRead": (("AllUsers", "Read"),),
    "PublicReadWrite": (("AllUsers", "Read"), ("AllUsers", "Write")),
    "AuthenticatedRead": (("AuthenticatedUsers", "Read"),),
}
"""What canned access control lists grant beyond the owner."""


def shape_bucket(made: Made, one: Evaluated, scope: Scope, others: Iterable[Evaluated]) -> None:
    """The parts of a bucket's supplementary configuration."""
    properties = one.properties
    name = scope.ref(one.logical_id)
    made.configuration = {"name": name}
    made.supplementary = {
        "AccessControlList": _grants(properties.get("AccessControl")),
        "BucketLoggingConfiguration": _logging(properties.get("LoggingConfiguration"), str(name)),
        "BucketPolicy": {"policyText": _policy(name, others)},
        "BucketVersioningConfiguration": {
            "status": _object(properties.get("VersioningConfiguration")).get("Status", "Off"),
            "isMfaDeleteEnabled": None,
        },
        "ObjectLockConfiguration": _lock(properties),
        "PublicAccessBlockConfiguration": _blocks(properties.get("PublicAccessBlockConfiguration")),
        "ServerSideEncryptionConfiguration": {"rules": _encryption(properties.get("BucketEncryption"))},
    }


def _object(found: Any) -> Mapping[str, Any]:
    return found if isinstance(found, dict) else {}


def _policy(name: Any, others: Iterable[Evaluated]) -> str | None:
    for other in others:
        if other.type == "AWS::S3::BucketPolicy" and other.properties.get("Bucket") == name:
            return json.dumps(other.properties.get("PolicyDocument", {}))
    return None


def _grants(canned: Any) -> dict[str, Any]:
    granted = [{"grantee": who, "permission": what} for who, what in _PUBLIC_GRANTS.get(str(canned), ())]
    return {"grantSet": None, "grantList": granted, "owner": {"displayName": None, "id": "owner"}}


def _logging(found: Any, name: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        return {"destinationBucketName": None, "logFilePrefix": None}
    return {
        "destinationBucketName": found.get("DestinationBucketName", name),
        "logFilePrefix": found.get("LogFilePrefix", ""),
    }


def _lock(properties: Mapping[str, Any]) -> dict[str, Any]:
    lock = _object(properties.get("ObjectLockConfiguration"))
    if properties.get("ObjectLockEnabled") not in (True, "true") and lock.get("ObjectLockEnabled") != "Enabled":
        return {}
    retention = _object(_object(lock.get("Rule")).get("DefaultRetention"))
    rule = {"defaultRetention": {"mode": retention.get("Mode")}} if retention else None
    return {"objectLockEnabled": "Enabled", "rule": rule}


def _blocks(found: Any) -> dict[str, bool]:
    if not isinstance(found, dict):
        return {_lower(name): True for name in _BLOCKS}
    return {_lower(name): found.get(name) in (True, "true") for name in _BLOCKS}


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _encryption(found: Any) -> list[dict[str, Any]]:
    rules = listed(_object(found).get("ServerSideEncryptionConfiguration"))
    by_default = [_object(_object(one).get("ServerSideEncryptionByDefault")) for one in rules]
    made = [
        {"sseAlgorithm": each.get("SSEAlgorithm", "AES256"), "kmsMasterKeyID": each.get("KMSMasterKeyID")}
        for each in by_default or ({},)
    ]
    return [{"applyServerSideEncryptionByDefault": each} for each in made]
