"""Where what Garrison writes is kept: this server's own S3, or another S3-compatible store that the operator names.

Both give and take the same values, and raise `ApiError` with S3's codes, so that who writes an archive or reads one need not
know which it is.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from garrison import codec
from garrison.errors import ApiError, OperatorError

if TYPE_CHECKING:
    from garrison.services.call import Parts


@dataclass(frozen=True, slots=True)
class ObjectHead:
    """What is kept of an object beside its bytes."""

    key: str
    size_bytes: int
    etag: str
    """Without quotation marks."""
    modified_at: datetime
    metadata: dict[str, str] = field(default_factory=dict)
    """User metadata; listings leave it out."""
    content_type: str = ""
    content_encoding: str = ""


@dataclass(frozen=True, slots=True)
class UnderKey:
    """A key of KMS that an object is to be encrypted by."""

    key: str
    """Its ARN, or that of an alias."""
    context: dict[str, str]
    """What the encryption context has beside the object's ARN."""

    def members(self) -> dict[str, str]:
        """What a request to S3 says of it."""
        context = base64.b64encode(codec.encode(self.context)).decode()
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.key, "SSEKMSEncryptionContext": context}


class ObjectStore(Protocol):
    """Buckets with objects. Every method raises `ApiError` where the store refuses or cannot be reached."""

    def put(
        self,
        bucket: str,
        key: str,
        body: bytes,
        *,
        content_type: str = "application/octet-stream",
        content_encoding: str | None = None,
        metadata: Mapping[str, str] | None = None,
        acl: str | None = None,
        under: UnderKey | None = None,
    ) -> str:
        """Keep an object and give its entity tag; durable when this returns."""
        ...

    def get(self, bucket: str, key: str) -> tuple[ObjectHead, Iterator[bytes]]:
        """An object with its bytes, piece by piece; NoSuchKey where there is none."""
        ...

    def head(self, bucket: str, key: str) -> ObjectHead | None:
        """What is kept of an object, or None where there is none."""
        ...

    def list(self, bucket: str, prefix: str = "", start_after: str = "") -> Iterator[ObjectHead]:
        """The objects whose keys begin with a prefix and come after a key, in the order of keys."""
        ...

    def delete(self, bucket: str, key: str) -> None:
        """Delete an object; that there is none is no error."""
        ...


def archive_store(parts: Parts, service: str, account: str, region: str, source_arn: str | None = None) -> ObjectStore:
    """The store that a service (`cloudtrail.amazonaws.com`) writes an account's archive to, as the settings say.

    Raises `ApiError` (ServiceUnavailable) where another store is named whose key cannot be read.
    """
    if parts.settings.archive_endpoint:
        from garrison.services.s3.external_store import external_store

        try:
            return external_store(parts.settings)
        except OperatorError as problem:
            raise ApiError("ServiceUnavailable", str(problem), status=503) from problem
    from garrison.services.s3.own_store import OwnStore

    return OwnStore(parts, service, account, region, source_arn)
