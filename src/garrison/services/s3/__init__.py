"""S3: buckets, and objects whose bytes lie sealed in a folder of the home."""

from __future__ import annotations

from garrison.services.s3 import (  # noqa: F401  (each declares its operations)
    acls,
    attributes,
    bucket_policies,
    buckets,
    copying,
    deleting,
    expiring,
    getting,
    held_policies,
    lifecycle,
    listing,
    lock_settings,
    multipart,
    part_listing,
    putting,
    sweeping,
    tagging,
    versioning,
)
from garrison.services.s3.service import service

__all__ = ["service"]
