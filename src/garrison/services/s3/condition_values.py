"""The condition keys that follow from a request to S3 (Service Authorization Reference, "Condition keys for Amazon S3")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from garrison.services.s3.finding import lookup_bucket
from garrison.services.s3.versions import find_version
from garrison.wire.signature import UNSIGNED_PAYLOAD

if TYPE_CHECKING:
    from garrison.services.call import Call

_KEYS = {
    "Prefix": "s3:prefix",
    "Delimiter": "s3:delimiter",
    "MaxKeys": "s3:max-keys",
    "VersionId": "s3:VersionId",
    "ACL": "s3:x-amz-acl",
    "GrantFullControl": "s3:x-amz-grant-full-control",
    "GrantRead": "s3:x-amz-grant-read",
    "GrantReadACP": "s3:x-amz-grant-read-acp",
    "GrantWrite": "s3:x-amz-grant-write",
    "GrantWriteACP": "s3:x-amz-grant-write-acp",
    "ServerSideEncryption": "s3:x-amz-server-side-encryption",
    "SSEKMSKeyId": "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "StorageClass": "s3:x-amz-storage-class",
    "CopySource": "s3:x-amz-copy-source",
    "MetadataDirective": "s3:x-amz-metadata-directive",
    "ObjectOwnership": "s3:x-amz-object-ownership",
    "ObjectLockMode": "s3:object-lock-mode",
    "ObjectLockRetainUntilDate": "s3:object-lock-retain-until-date",
    "ObjectLockLegalHoldStatus": "s3:object-lock-legal-hold",
    "IfMatch": "s3:if-match",
    "IfNoneMatch": "s3:if-none-match",
}
_SECONDS_OF_A_DAY = 86_400


def context_of(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The condition values of a request, and of the object that it names."""
    values = {key: request[member] for member, key in _KEYS.items() if member in request}
    values |= _of_signature(call)
    bucket = lookup_bucket(call.unit, request["Bucket"])
    if bucket is None:
        return values
    values["s3:ResourceAccount"] = bucket.account
    values |= _of_tags(request) | _of_retention(call, request)
    if "Key" in request and "\x00" not in request["Key"]:
        found = find_version(call.unit, bucket, request["Key"], request.get("VersionId"))
        if found is not None:
            values |= {f"s3:ExistingObjectTag/{key}": value for key, value in found.tags.items()}
    return values


def _of_signature(call: Call) -> dict[str, Any]:
    """How the call came: over which TLS, and how and when it was signed."""
    values: dict[str, Any] = {}
    if call.tls_version is not None:
        values["s3:TlsVersion"] = call.tls_version.removeprefix("TLSv")
    claim = call.claim
    if claim is not None:
        values["s3:authType"] = "REST-QUERY-STRING" if claim.is_presigned else "REST-HEADER"
        values["s3:signatureversion"] = claim.algorithm
        values["s3:signatureAge"] = int((call.at - claim.at).total_seconds() * 1000)
        values["s3:x-amz-content-sha256"] = claim.payload or UNSIGNED_PAYLOAD
    return values


def _of_tags(request: Mapping[str, Any]) -> dict[str, Any]:
    tagging = request.get("Tagging")
    if isinstance(tagging, str):
        pairs = parse_qsl(tagging, keep_blank_values=True)
    elif isinstance(tagging, Mapping) and "Key" in request:
        pairs = [(tag["Key"], tag["Value"]) for tag in tagging["TagSet"]]
    else:
        return {}
    tags: dict[str, Any] = {f"s3:RequestObjectTag/{key}": value for key, value in pairs}
    return tags | {"s3:RequestObjectTagKeys": [key for key, _ in pairs]}


def _of_retention(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    retention = request.get("Retention") or {}
    mode = retention.get("Mode") or request.get("ObjectLockMode")
    until = retention.get("RetainUntilDate") or request.get("ObjectLockRetainUntilDate")
    values: dict[str, Any] = {"s3:object-lock-mode": mode} if mode else {}
    if until is not None:
        values["s3:object-lock-retain-until-date"] = until
        values["s3:object-lock-remaining-retention-days"] = (until - call.at).total_seconds() // _SECONDS_OF_A_DAY
    if isinstance(request.get("LegalHold"), Mapping):
        values["s3:object-lock-legal-hold"] = request["LegalHold"].get("Status")
    return values
