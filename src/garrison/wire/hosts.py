"""What a request's Host header says: the service's endpoint, and S3's bucket in virtual-hosted style."""

from __future__ import annotations

import re

from garrison.wire.http import HttpRequest

_S3_LABEL = re.compile(r"s3(?:-accelerate|-[a-z]{2}(?:-[a-z]+)+-\d)?", re.ASCII)
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}", re.ASCII)


def labels_of(request: HttpRequest) -> list[str]:
    """The labels of the host name, without the port; empty for an IPv6 address."""
    host = request.header("host") or ""
    if host.startswith("["):
        return []
    return host.partition(":")[0].lower().split(".")


def virtual_bucket(request: HttpRequest) -> str | None:
    """The bucket before the `s3` label (`photos.s3.localhost`), or None (Amazon S3 User Guide, "Virtual hosting of buckets")."""
    host = request.header("host")
    if host is None or ".s3" not in host:
        return None
    labels = labels_of(request)
    for place in range(len(labels) - 1, 0, -1):
        if _S3_LABEL.fullmatch(labels[place]):
            bucket = ".".join(labels[:place])
            return bucket if _BUCKET.fullmatch(bucket) else None
    return None


def resource_path(endpoint_prefix: str, request: HttpRequest) -> str:
    """The path that a REST operation's URI is matched against: with S3's virtual host put back in front of it."""
    if endpoint_prefix == "s3":
        bucket = virtual_bucket(request)
        if bucket is not None:
            return f"/{bucket}{request.path}" if request.path != "/" else f"/{bucket}"
    return request.path
