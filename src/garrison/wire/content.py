"""Undoes a request's content encoding within limits: clients may compress bodies (Smithy, requestCompression trait)."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from garrison.errors import ApiError
from garrison.wire.http import HttpRequest
from garrison.wire.limits import Limits

if TYPE_CHECKING:
    from garrison.wire.service import Operation

_RATIO_FLOOR = 1024 * 1024


def decode_content(request: HttpRequest, limits: Limits, operation: Operation | None = None) -> HttpRequest:
    """The request with its body decompressed and the encoding taken off the header.

    An operation whose body is one member's raw bytes keeps them as they are: there the encoding belongs to the object.
    """
    header = request.header("content-encoding")
    if header is None or not request.body or (operation is not None and operation.is_streaming_input):
        return request
    encodings = [name.strip().lower() for name in header.split(",") if name.strip()]
    if not encodings or encodings[-1] != "gzip":
        return request
    if encodings.count("gzip") > 1:
        raise ApiError("InvalidRequest", "A body must not be compressed more than once", status=400)
    body = _gunzip(request.body, limits)
    headers = [(name, value) for name, value in request.headers if name != "content-encoding"]
    if encodings[:-1]:
        headers.append(("content-encoding", ",".join(encodings[:-1])))
    return replace(request, headers=headers, body=body)


def _gunzip(body: bytes, limits: Limits) -> bytes:
    most = min(
        limits.decompressed_bytes,
        max(_RATIO_FLOOR, len(body) * limits.compression_ratio),
    )
    engine = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        content = engine.decompress(body, most + 1)
    except zlib.error:
        raise ApiError(
            "InvalidRequest",
            "The body is not gzip as its Content-Encoding says",
            status=400,
        ) from None
    if len(content) > most:
        raise ApiError(
            "RequestEntityTooLarge",
            "The decompressed body exceeds the limit",
            status=413,
        )
    if not engine.eof or engine.unused_data:
        raise ApiError(
            "InvalidRequest",
            "The gzip body is truncated or has bytes after its end",
            status=400,
        )
    return content
