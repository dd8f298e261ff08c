"""Which names buckets and objects may have.

Rules: Amazon S3 User Guide, "General purpose bucket naming rules" and "Naming Amazon S3 objects". A key is only ever compared,
never turned into the name of a file.
"""

from __future__ import annotations

import re

from garrison.errors import ApiError

LONGEST_KEY_BYTES = 1024

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ADDRESS = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){3}")
_RESERVED_STARTS = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3", "-an")


def checked_bucket_name(name: str) -> str:
    """A name that a new bucket may have; InvalidBucketName where it breaks a rule."""
    if (
        not _BUCKET.fullmatch(name)
        or ".." in name
        or _ADDRESS.fullmatch(name)
        or name.startswith(_RESERVED_STARTS)
        or name.endswith(_RESERVED_ENDS)
    ):
        raise ApiError(
            "InvalidBucketName", "The specified bucket is not valid.", status=400, members={"BucketName": name}
        )
    return name


def checked_key(key: str) -> str:
    """A key that an object may have; KeyTooLongError over 1,024 bytes of UTF-8."""
    size = len(key.encode())
    if size > LONGEST_KEY_BYTES:
        raise ApiError(
            "KeyTooLongError",
            "Your key is too long",
            status=400,
            members={"Size": str(size), "MaxSizeAllowed": str(LONGEST_KEY_BYTES)},
        )
    if "\x00" in key:
        raise ApiError("InvalidArgument", "Object key must not have the character U+0000.", status=400)
    return key
