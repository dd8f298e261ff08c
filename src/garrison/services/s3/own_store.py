"""This server's own S3 as an `ObjectStore`: each call is decided by the bucket's policy and recorded, like any other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.inside import call_as_service
from garrison.services.s3.object_store import ObjectHead, UnderKey

if TYPE_CHECKING:
    from garrison.services.call import Parts


class OwnStore:
    """The buckets of this server, used by a service for an account."""

    def __init__(self, parts: Parts, service: str, account: str, region: str, source_arn: str | None) -> None:
        self._parts = parts
        self._service = service
        self._account = account
        self._region = region
        self._source_arn = source_arn

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        given = {name: value for name, value in parameters.items() if value is not None}
        return call_as_service(
            self._parts,
            self._service,
            self._account,
            self._region,
            "s3",
            operation,
            given,
            source_arn=self._source_arn,
        )

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
        """Keep an object and give its entity tag."""
        answer = self._call(
            "PutObject",
            Bucket=bucket,
            Key=key,
            Body=body,
            ContentType=content_type,
            ContentEncoding=content_encoding,
            Metadata=dict(metadata or {}),
            ACL=acl,
            **(under.members() if under is not None else {}),
        )
        return str(answer["ETag"]).strip('"')

    def get(self, bucket: str, key: str) -> tuple[ObjectHead, Iterator[bytes]]:
        """An object with its bytes."""
        answer = self._call("GetObject", Bucket=bucket, Key=key)
        body = answer["Body"]
        return head_in(key, answer), iter((body,)) if isinstance(body, bytes) else body

    def head(self, bucket: str, key: str) -> ObjectHead | None:
        """What is kept of an object, or None."""
        try:
            return head_in(key, self._call("HeadObject", Bucket=bucket, Key=key))
        except ApiError as error:
            if error.code == "NoSuchKey":
                return None
            raise

    def list(self, bucket: str, prefix: str = "", start_after: str = "") -> Iterator[ObjectHead]:
        """The objects whose keys begin with a prefix."""
        more: dict[str, Any] = {"StartAfter": start_after} if start_after else {}
        while True:
            page = self._call("ListObjectsV2", Bucket=bucket, Prefix=prefix, **more)
            yield from (entry_in(entry) for entry in page["Contents"])
            if not page["IsTruncated"]:
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def delete(self, bucket: str, key: str) -> None:
        """Delete an object."""
        self._call("DeleteObject", Bucket=bucket, Key=key)


def head_in(key: str, answer: Mapping[str, Any]) -> ObjectHead:
    """The head in an answer of GetObject or HeadObject."""
    return ObjectHead(
        key=key,
        size_bytes=answer["ContentLength"],
        etag=answer["ETag"].strip('"'),
        modified_at=answer["LastModified"],
        metadata=dict(answer.get("Metadata") or {}),
        content_type=answer.get("ContentType", ""),
        content_encoding=answer.get("ContentEncoding", ""),
    )


def entry_in(entry: Mapping[str, Any]) -> ObjectHead:
    """The head in an entry of a listing."""
    return ObjectHead(entry["Key"], entry["Size"], entry["ETag"].strip('"'), entry["LastModified"])
