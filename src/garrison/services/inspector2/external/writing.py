"""Write what is too large to hold into a bucket, as the service on behalf of the account: the bucket's policy decides.

Source: Inspector user guide, "Step 2: Configure an S3 bucket" (s3:PutObject, s3:AbortMultipartUpload with aws:SourceArn).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.inside import call_as_service
from garrison.services.inspector2.resources import ExternalReport
from garrison.services.inspector2.service import PRINCIPAL

if TYPE_CHECKING:
    from garrison.services.call import Parts

_PART_BYTES = 8 * 1024 * 1024
"""Of an upload in parts; each but the last has to have 5 MiB (S3 user guide, "Multipart upload limits")."""


class Cancelled(Exception):
    """The report is not wanted any more."""


def put(parts: Parts, report: ExternalReport, operation: str, key: str, **parameters: Any) -> dict[str, Any]:
    """Call S3 for a report; raises `ApiError`."""
    source = f"arn:aws:inspector2:{report.region}:{report.account}:report/{report.report_id}"
    wanted = {"Bucket": report.bucket, "Key": key, **parameters}
    return call_as_service(parts, PRINCIPAL, report.account, report.region, "s3", operation, wanted, source_arn=source)


class BucketWriter:
    """An object that grows. It is there once the writer is left without an error, else nothing of it is."""

    def __init__(
        self, parts: Parts, report: ExternalReport, key: str, content_type: str, is_wanted: Callable[[], bool]
    ) -> None:
        self._parts, self._report, self._key, self._type = parts, report, key, content_type
        self._is_wanted = is_wanted
        self._waiting = bytearray()
        self._upload: str | None = None
        self._sent: list[dict[str, Any]] = []

    def write(self, data: bytes) -> None:
        """Add to it; raises `ApiError`, or `Cancelled`."""
        self._waiting += data
        if len(self._waiting) >= _PART_BYTES:
            self._send()

    def __enter__(self) -> BucketWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._abort()
            return
        try:
            self._finish()
        except BaseException:
            self._abort()
            raise

    def _send(self) -> None:
        if not self._is_wanted():
            raise Cancelled
        if self._upload is None:
            begun = self._put("CreateMultipartUpload", ContentType=self._type)
            self._upload = begun["UploadId"]
        number = len(self._sent) + 1
        answer = self._put("UploadPart", UploadId=self._upload, PartNumber=number, Body=bytes(self._waiting))
        self._sent.append({"PartNumber": number, "ETag": answer["ETag"]})
        self._waiting.clear()

    def _finish(self) -> None:
        if not self._is_wanted():
            raise Cancelled
        if self._upload is None:
            self._put("PutObject", Body=bytes(self._waiting), ContentType=self._type)
            return
        if self._waiting:
            self._send()
        self._put("CompleteMultipartUpload", UploadId=self._upload, MultipartUpload={"Parts": self._sent})

    def _abort(self) -> None:
        if self._upload is not None:
            with suppress(ApiError):
                self._put("AbortMultipartUpload", UploadId=self._upload)

    def _put(self, operation: str, **parameters: Any) -> dict[str, Any]:
        return put(self._parts, self._report, operation, self._key, **parameters)
