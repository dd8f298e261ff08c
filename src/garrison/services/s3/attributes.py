"""GetObjectAttributes: what is known of an object, and of the parts it was uploaded in, without its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.s3.declaring import object_operation
from garrison.services.s3.failures import invalid_argument
from garrison.services.s3.getting import READ_NEEDS, by_version, newest, readable
from garrison.services.s3.listing import checked_limit
from garrison.services.s3.resources import ObjectVersion
from garrison.services.s3.shown import checksum_shown, version_shown

if TYPE_CHECKING:
    from garrison.services.call import Call

_NAMES = frozenset({"ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"})


@object_operation(
    "GetObjectAttributes",
    READ_NEEDS | {"s3:GetObjectAttributes": newest, "s3:GetObjectVersionAttributes": by_version},
)
def get_object_attributes(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that the request names; parts only of what was uploaded in parts."""
    wanted = set(request["ObjectAttributes"])
    if not wanted or not wanted <= _NAMES:
        named = ",".join(sorted(wanted - _NAMES))
        raise invalid_argument("Invalid attribute name specified.", "x-amz-object-attributes", named)
    bucket, found = readable(call, request)
    answer: dict[str, Any] = {"LastModified": found.modified_at} | version_shown(bucket, found)
    known = {"ETag": found.etag, "StorageClass": "STANDARD", "ObjectSize": found.size_bytes}
    if found.checksum is not None:
        known["Checksum"] = checksum_shown(found)
    if "ObjectParts" in wanted and "-" in found.etag:
        known["ObjectParts"] = _parts(request, found)
    return answer | {name: value for name, value in known.items() if name in wanted}


def _parts(request: Mapping[str, Any], found: ObjectVersion) -> dict[str, Any]:
    """A page of the parts; each by itself is shown only where it has a checksum, as in AWS's general purpose buckets."""
    limit, marker = checked_limit(request, "MaxParts", "max-parts"), int(request.get("PartNumberMarker") or 0)
    numbered = list(enumerate(found.pieces, 1))[max(marker, 0) :]
    shown = numbered[:limit]
    answer: dict[str, Any] = {
        "TotalPartsCount": len(found.pieces),
        "PartNumberMarker": marker,
        "MaxParts": limit,
        "IsTruncated": len(numbered) > limit,
    }
    if answer["IsTruncated"] and shown:
        answer["NextPartNumberMarker"] = shown[-1][0]
    if any(piece.checksum for _, piece in shown):
        name = f"Checksum{found.checksum_algorithm}"
        answer["Parts"] = [
            {"PartNumber": number, "Size": piece.size_bytes, name: piece.checksum} for number, piece in shown
        ]
    return answer
