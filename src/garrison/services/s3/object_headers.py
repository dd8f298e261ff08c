"""What a new object is told of itself: content headers, user metadata, storage class, what it asks of encryption and ACLs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.errors import ApiError
from garrison.services.s3.failures import invalid_argument, not_implemented
from garrison.wire.timestamps import to_rfc822

CONTENT_MEMBERS = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "WebsiteRedirectLocation",
)
DEFAULT_TYPE = "binary/octet-stream"
MOST_METADATA_BYTES = 2048
"""Of all names and values (S3 User Guide, "Working with object metadata")."""

_STORAGE_CLASSES = (
    *("STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING"),
    *("GLACIER", "DEEP_ARCHIVE", "GLACIER_IR", "OUTPOSTS", "SNOW", "EXPRESS_ONEZONE", "FSX_OPENZFS", "FSX_ONTAP"),
)


def content_of(request: Mapping[str, Any]) -> dict[str, str]:
    """The content headers of a request, by the API's members."""
    found = {member: request[member] for member in CONTENT_MEMBERS if request.get(member)}
    expires = request.get("Expires")
    if expires is not None:
        found["Expires"] = expires if isinstance(expires, str) else to_rfc822(expires)
    found.setdefault("ContentType", DEFAULT_TYPE)
    return found


def metadata_of(request: Mapping[str, Any]) -> dict[str, str]:
    """The user metadata of a request; MetadataTooLarge beyond 2 KB."""
    metadata: dict[str, str] = request.get("Metadata") or {}
    size = sum(len(name.encode()) + len(value.encode()) for name, value in metadata.items())
    if size > MOST_METADATA_BYTES:
        raise ApiError(
            "MetadataTooLarge",
            "Your metadata headers exceed the maximum allowed metadata size",
            status=400,
            members={"Size": str(size), "MaxSizeAllowed": str(MOST_METADATA_BYTES)},
        )
    return metadata


def check_requested(request: Mapping[str, Any]) -> None:
    """Refuse what a request asks for and this server does not do, in S3's words: nothing is promised that is not kept."""
    check_acl(request)
    encryption = request.get("ServerSideEncryption")
    if encryption not in (None, "AES256", "aws:kms"):
        if not str(encryption).startswith("aws:"):
            raise invalid_argument(
                "The encryption method specified is not supported", "x-amz-server-side-encryption", str(encryption)
            )
        raise not_implemented(f"server-side encryption with {encryption}")
    if any(member.startswith(("SSECustomer", "CopySourceSSECustomer")) for member in request):
        raise not_implemented("server-side encryption with customer-provided keys")
    chosen = request.get("StorageClass")
    if chosen not in (None, "STANDARD"):
        if chosen not in _STORAGE_CLASSES:
            raise ApiError("InvalidStorageClass", "The storage class you specified is not valid", status=400)
        raise not_implemented(f"the storage class {chosen}")
    for member in ("WriteOffsetBytes", "ObjectLockEventHold"):
        if member in request:
            raise not_implemented(member)


def check_acl(request: Mapping[str, Any]) -> None:
    """AccessControlListNotSupported for any ACL but the one that says what holds anyway."""
    grants = any(member.startswith("Grant") for member in request)
    if grants or request.get("ACL") not in (None, "bucket-owner-full-control"):
        raise ApiError("AccessControlListNotSupported", "The bucket does not allow ACLs", status=400)
