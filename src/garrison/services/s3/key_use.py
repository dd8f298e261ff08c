"""Objects under a key of KMS: a data key for each, had and opened by KMS with the rights of who writes and reads.

The bytes are sealed as any object's (`garrison.services.s3.sealing`), but by the data key, which is kept beside them only as KMS's
ciphertext. Source: Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys (SSE-KMS)".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from garrison import codec
from garrison.errors import ApiError
from garrison.services.s3.failures import invalid_argument, invalid_request, not_implemented
from garrison.services.s3.resources import Bucket, Protection, bucket_arn, object_arn

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.s3.storing import Stored

ALGORITHM = "aws:kms"
_PRINCIPAL = "s3.amazonaws.com"
_CONTEXT_KEY = "aws:s3:arn"
_ETAG_DIGITS = 32
_DENIED = "AccessDeniedException"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request, or else its bucket, asks for: a key of KMS."""

    key_id: str | None
    """None: the key that AWS manages for S3 in the caller's account."""
    context: dict[str, str]
    is_by_bucket: bool


@dataclass(frozen=True, slots=True)
class DataKey:
    """A data key for one object, and how it is kept."""

    protection: Protection
    plain: bytes = field(repr=False)


def wanted_key(bucket: Bucket, request: Mapping[str, Any]) -> Wanted | None:
    """The key of KMS that a new object is to be under; None where S3's own encryption is to do."""
    rule: dict[str, Any] = next(iter(bucket.encryption or ()), {})
    default: dict[str, Any] = rule.get("ApplyServerSideEncryptionByDefault") or {}
    algorithm = request.get("ServerSideEncryption") or default.get("SSEAlgorithm")
    if algorithm != ALGORITHM:
        _refuse_stray(request)
        return None
    by_bucket = request.get("BucketKeyEnabled")
    by_default = default.get("KMSMasterKeyID") if default.get("SSEAlgorithm") == ALGORITHM else None
    return Wanted(
        request.get("SSEKMSKeyId") or (None if request.get("ServerSideEncryption") else by_default),
        _context(request),
        bool(rule.get("BucketKeyEnabled") if by_bucket is None else by_bucket),
    )


def data_key(call: Call, bucket: Bucket, request: Mapping[str, Any]) -> DataKey | None:
    """A fresh data key for the object of a request; None where no key of KMS is asked for."""
    wanted = wanted_key(bucket, request)
    if wanted is None:
        return None
    about = bucket_arn(bucket.name) if wanted.is_by_bucket else object_arn(bucket.name, request["Key"])
    context = {_CONTEXT_KEY: about, **wanted.context}
    answer = _ask(
        call,
        "GenerateDataKey",
        {"KeyId": wanted.key_id or _managed_key(call), "KeySpec": "AES_256", "EncryptionContext": context},
    )
    protection = Protection(
        key=answer["KeyId"], wrapped=answer["CiphertextBlob"], context=context, is_by_bucket=wanted.is_by_bucket
    )
    return DataKey(protection, bytes(answer["Plaintext"]))


def opened(call: Call, protection: Protection) -> bytes:
    """The data key of an object: KMS opens it for who reads, or refuses."""
    if not call.principal.principal_id:
        raise invalid_argument(
            "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.",
            "Authorization",
            "null",
        )
    parameters = {
        "KeyId": protection.key,
        "CiphertextBlob": protection.wrapped,
        "EncryptionContext": protection.context,
    }
    return bytes(_ask(call, "Decrypt", parameters)["Plaintext"])


def protection_shown(protection: Protection | None) -> dict[str, Any]:
    """What answers tell of an object's encryption."""
    if protection is None:
        return {"ServerSideEncryption": "AES256"}
    shown: dict[str, Any] = {"ServerSideEncryption": ALGORITHM, "SSEKMSKeyId": protection.key}
    return shown | ({"BucketKeyEnabled": True} if protection.is_by_bucket else {})


def context_shown(request: Mapping[str, Any]) -> dict[str, Any]:
    """The encryption context as it was given."""
    given = request.get("SSEKMSEncryptionContext")
    return {"SSEKMSEncryptionContext": given} if given else {}


def etag_of(stored: Stored, protection: Protection | None) -> str:
    """The entity tag of bytes: their MD5, which under a key of KMS would tell of them, and is then another text."""
    if protection is None:
        return stored.md5.hex()
    return hashlib.sha256(stored.md5 + protection.wrapped).hexdigest()[:_ETAG_DIGITS]


def check_default(rules: list[dict[str, Any]]) -> None:
    """Refuse default encryption that this server does not do, or that contradicts itself."""
    for rule in rules:
        chosen = rule.get("ApplyServerSideEncryptionByDefault") or {}
        if chosen.get("SSEAlgorithm", ALGORITHM) not in ("AES256", ALGORITHM):
            raise not_implemented(f"server-side encryption with {chosen['SSEAlgorithm']}")
        if chosen.get("KMSMasterKeyID") and chosen.get("SSEAlgorithm") != ALGORITHM:
            raise invalid_argument(
                "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
                "ApplyServerSideEncryptionByDefault",
                chosen["KMSMasterKeyID"],
            )


def _refuse_stray(request: Mapping[str, Any]) -> None:
    for member in ("SSEKMSKeyId", "SSEKMSEncryptionContext"):
        if request.get(member):
            raise invalid_argument(
                "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms",
                "x-amz-server-side-encryption",
                str(request.get("ServerSideEncryption", "")),
            )
    if request.get("BucketKeyEnabled"):
        raise invalid_request("Bucket keys need server-side encryption with AWS KMS.")


def _context(request: Mapping[str, Any]) -> dict[str, str]:
    """The encryption context of a request: JSON in Base64, text by text."""
    text = request.get("SSEKMSEncryptionContext")
    if not text:
        return {}
    try:
        context = codec.decode(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, msgspec.DecodeError):
        context = None
    if not isinstance(context, dict) or not all(isinstance(value, str) for value in context.values()):
        raise invalid_argument(
            "The header 'x-amz-server-side-encryption-context' shall be Base64-encoded UTF-8 string holding JSON which "
            "represents a string-string map",
            "x-amz-server-side-encryption-context",
            text,
        )
    return {name: value for name, value in context.items() if name != _CONTEXT_KEY}


def _managed_key(call: Call) -> str:
    from garrison.services.kms.aws_managed import aws_managed_key

    return aws_managed_key(call.parts, call.account, call.region, "s3").arn


def _ask(call: Call, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Call KMS with the rights of who calls S3, in S3's errors."""
    from garrison.services.kms.for_services import ask_kms  # a gateway is ready before KMS is loaded

    try:
        return ask_kms(call, _PRINCIPAL, operation, parameters)
    except ApiError as error:
        if error.code == _DENIED:
            raise ApiError("AccessDenied", error.message, status=403) from None
        if error.status is not None and error.status >= 500:
            raise
        raise ApiError(f"KMS.{error.code}", error.message, status=400) from None
